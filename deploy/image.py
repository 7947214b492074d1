"""What the container's build asks (deploy/Containerfile): which part of the lock runs, and what came into the image.

`python -m deploy.image runtime` prints the stanzas of requirements.lock, hashes included, that the dependencies of the
project need without its extras. It walks the metadata of what is installed, so it runs where the whole lock is.
`python -m deploy.image sbom PREFIX` prints a CycloneDX 1.5 document of the environment at PREFIX.
`python -m deploy.image unused PREFIX` takes out of it the locales of Babel that no page or mail is written in, and the
tests and sources that libraries bring along.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tomllib
import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.metadata import Distribution, PackageNotFoundError, distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = "smartcity"
LOCALES = ("root", "en", "id")
"""What dates and amounts are written in, and what these inherit from. Babel brings a thousand."""
SOURCES = frozenset({".pyi", ".pyx", ".pxd", ".pxi", ".c", ".cpp", ".h", ".hpp", ".a", ".lib"})
"""Stubs, what extensions are compiled from, and what others would be compiled against."""
UNUSED = frozenset({"matplotlib", "scipy"})
"""Asked for by what the project needs, for what it never does: pyvrp would draw plans with Matplotlib, and of SciPy
``services/environment/harmonics/library.py`` tells.
"""
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


def runtime() -> str:
    """The part of the lock that the image installs."""
    stanzas = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    names = closure(dependencies())
    return "".join(text for name, texts in sorted(stanzas.items()) if name in names for text in texts)


def dependencies() -> list[str]:
    """The project's own requirements, without extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return list(project["dependencies"])


def locked(text: str) -> dict[str, list[str]]:
    """Stanzas of a lock file by canonical name, without comments; a name may have several, each with its marker."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines(keepends=True):
        if line.startswith(("#", "    #")) or not line.strip():
            continue
        if not line[0].isspace():
            name = canonicalize_name(line.split("==")[0])
            found.setdefault(name, []).append("")
        found[name][-1] += line
    return found


def closure(requirements: Iterable[str], environment: Mapping[str, str] | None = None) -> set[str]:
    """Canonical names of everything these need, from the metadata of installed distributions.

    ``environment`` replaces markers of this interpreter. A requirement that its marker switches off is not needed; one
    that is needed and not installed raises PackageNotFoundError.
    """
    found: set[tuple[str, str]] = set()
    left = [Requirement(each) for each in requirements]
    while left:
        requirement = left.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) not in found:
                found.add((name, extra))
                left += needs(distribution(name), extra, environment)
    return {name for name, _ in found}


def needs(installed: Distribution, extra: str = "", environment: Mapping[str, str] | None = None) -> list[Requirement]:
    """What a distribution requires here, for one of its extras or for none."""
    chosen = {**(environment or {}), "extra": extra}
    required = [Requirement(text) for text in installed.requires or []]
    used = (each for each in required if canonicalize_name(each.name) not in UNUSED)
    return [each for each in used if each.marker is None or each.marker.evaluate(chosen)]


def sbom(prefix: Path) -> dict[str, Any]:
    """A CycloneDX 1.5 document of the distributions in the environment at ``prefix``; the same for the same content."""
    (packages,) = prefix.glob("lib/python3.*/site-packages")
    lock = locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    hashes = {name: sorted(set(_HASH.findall("".join(texts)))) for name, texts in lock.items()}
    installed: dict[str, Distribution] = {}
    for each in distributions(path=[str(packages)]):
        installed[canonicalize_name(each.metadata["Name"])] = each
    parts = [_component(name, installed[name], hashes.get(name, [])) for name in sorted(installed) if name != PROJECT]
    links = [
        {"ref": _purl(name, found.version), "dependsOn": sorted(_links(found, installed))}
        for name, found in sorted(installed.items())
    ]
    content = json.dumps([parts, links], sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, content)}",
        "version": 1,
        "metadata": {**_moment(), "component": _component(PROJECT, installed[PROJECT], [], kind="application")},
        "components": parts,
        "dependencies": links,
    }


def prune(prefix: Path) -> int:
    """Takes away locales that are not among ``LOCALES``, and of libraries their tests and what only compilers and type
    checkers read; answers with how many bytes.
    """
    (packages,) = prefix.glob("lib/python3.*/site-packages")
    locales = (file for file in packages.glob("babel/locale-data/*.dat") if file.stem not in LOCALES)
    tests = (file for folder in packages.glob("*/**/tests") for file in folder.rglob("*") if file.is_file())
    sources = (file for file in packages.rglob("*") if file.suffix in SOURCES and file.is_file())
    freed = 0
    for file in {*locales, *tests, *sources}:
        freed += file.stat().st_size
        file.unlink()
    return freed


def _component(name: str, installed: Distribution, hashes: list[str], kind: str = "library") -> dict[str, Any]:
    """One distribution; its hashes are those of the files that the lock allows."""
    purl = _purl(name, installed.version)
    found: dict[str, Any] = {"type": kind, "bom-ref": purl, "name": name, "version": installed.version, "purl": purl}
    if hashes:
        found["hashes"] = [{"alg": "SHA-256", "content": each} for each in hashes]
    told = installed.metadata
    classifiers = [text for text in told.get_all("Classifier", []) if text.startswith("License ::")]
    if "License-Expression" in told:
        found["licenses"] = [{"expression": told["License-Expression"]}]
    elif classifiers:
        found["licenses"] = [{"license": {"name": each.split(" :: ")[-1]}} for each in classifiers]
    return found


def _links(installed: Distribution, others: Mapping[str, Distribution]) -> Iterator[str]:
    for requirement in needs(installed):
        name = canonicalize_name(requirement.name)
        if name in others:
            yield _purl(name, others[name].version)


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version}"


def _moment() -> dict[str, str]:
    """When it was built, where the build says so: the same sources make the same document."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return {"timestamp": datetime.fromtimestamp(int(epoch), UTC).isoformat()} if epoch else {}


def main() -> int:
    """Exit code 0, or 2 with how it is called."""
    match sys.argv[1:]:
        case ["runtime"]:
            try:
                sys.stdout.write(runtime())
            except PackageNotFoundError as error:
                sys.stderr.write(f"{error.name} is needed and not installed: install the whole lock first\n")
                return 1
        case ["sbom", prefix]:
            sys.stdout.write(json.dumps(sbom(Path(prefix)), indent=1) + "\n")
        case ["unused", prefix]:
            sys.stdout.write(f"{prune(Path(prefix)) / 1e6:.0f} MB of locales, tests and sources taken out\n")
        case _:
            sys.stderr.write("python -m deploy.image runtime | sbom PREFIX | unused PREFIX\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
