"""Generates `proto/gen` from the contracts; run by `make proto` and by the build hook at installation.

The tree is made beside its final place and swapped in when it is complete, so a contract with a mistake leaves
the previous tree as it was and nobody imports half of one.
"""

import importlib.metadata
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path

from proto.codegen import reasons

PROTO = Path(__file__).resolve().parents[1]
GENERATED = PROTO / "gen"
CONTRACTS = PROTO / "smartcity"
THIRD_PARTY = PROTO / "third_party"
"""Google's annotations, copied from the wheel that ships them: buf resolves them in a module of ours."""
_ANNOTATIONS = ("annotations", "http")


class GenerationError(Exception):
    """A contract could not be compiled; the message is the compiler's own."""


def generate(target: Path = GENERATED, *, contracts: Path = CONTRACTS, roots: Sequence[Path] = (PROTO,)) -> None:
    """Compile every `.proto` under `contracts` into `target`, replacing what was there.

    `roots` are the folders that imports are resolved in; Google's well-known types are always found.
    Raises GenerationError with the compiler's message when a contract is wrong.
    """
    _copy_annotations()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as folder:
        fresh = Path(folder) / "new"
        fresh.mkdir()
        _compile(sorted(contracts.rglob("*.proto")), roots, fresh, launcher=_launcher(Path(folder)))
        if contracts == CONTRACTS:
            _tell_reasons(fresh)
        _make_packages(fresh)
        if target.exists():
            target.rename(Path(folder) / "old")
        fresh.rename(target)


def _copy_annotations() -> None:
    shipped = importlib.metadata.distribution("googleapis-common-protos")
    found = Path(str(shipped.locate_file("google/api")))
    into = THIRD_PARTY / "google" / "api"
    into.mkdir(parents=True, exist_ok=True)
    for name in _ANNOTATIONS:
        copied, text = into / f"{name}.proto", (found / f"{name}.proto").read_bytes()
        if not copied.exists() or copied.read_bytes() != text:  # another generation may be reading it
            copied.write_bytes(text)


def _compile(files: Sequence[Path], roots: Sequence[Path], target: Path, *, launcher: Path) -> None:
    """Run protoc once for all files with the Python, type stub, gRPC and view generators."""
    if not files:
        raise GenerationError("there is no .proto file to compile")
    scripts = Path(sys.executable).parent
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc"),
        *(f"--proto_path={root}" for root in (*roots, THIRD_PARTY)),
        f"--plugin=protoc-gen-mypy={_script(scripts, 'protoc-gen-mypy')}",
        f"--plugin=protoc-gen-mypy_grpc={_script(scripts, 'protoc-gen-mypy_grpc')}",
        f"--plugin=protoc-gen-views={launcher}",
        f"--python_out={target}",
        f"--mypy_out=quiet:{target}",
        f"--grpc_python_out={target}",
        f"--mypy_grpc_out=quiet,only_async:{target}",
        f"--views_out=version={project_version()}:{target}",
        *map(str, files),
    ]
    outcome = subprocess.run(command, capture_output=True, text=True, check=False, env=_environment())
    if outcome.returncode != 0:
        raise GenerationError(f"the contracts do not compile:\n{outcome.stderr.strip() or outcome.stdout.strip()}")


def _tell_reasons(tree: Path) -> None:
    """Write why requests are refused, which the API's documentation shows."""
    reasons.write(tree / reasons.WRITTEN.relative_to(GENERATED), reasons.reasons().values())


def project_version() -> str:
    """The version in pyproject.toml."""
    project = tomllib.loads((PROTO.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return str(project["version"])


def _script(folder: Path, name: str) -> Path:
    """The console script beside the running interpreter (the PATH may hold another environment's)."""
    for candidate in (folder / name, folder / f"{name}.exe"):
        if candidate.exists():
            return candidate
    raise GenerationError(f"{name} is not installed beside {sys.executable}: install requirements.lock first")


def _launcher(folder: Path) -> Path:
    """Write the executable that protoc starts for our own plugin, bound to the running interpreter."""
    launcher = folder / "protoc-gen-views"
    launcher.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m proto.codegen.plugin "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)
    return launcher


def _environment() -> dict[str, str]:
    """The environment of the compiler: `proto.codegen` must be importable in the plugin's process."""
    path = os.pathsep.join(filter(None, (str(PROTO.parent), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path}


def _make_packages(tree: Path) -> None:
    """Give every generated folder an `__init__.py`, and the top ones the marker of a typed package."""
    for folder in (each for each in tree.rglob("*") if each.is_dir()):
        (folder / "__init__.py").touch()
        if folder.parent == tree:
            (folder / "py.typed").touch()


def main() -> int:
    """Regenerate the project's own contracts; returns the exit status."""
    try:
        generate()
    except GenerationError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    modules = len(list(GENERATED.rglob("*_pb2.py")))
    sys.stdout.write(f"proto/gen: {modules} contracts\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
