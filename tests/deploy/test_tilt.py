"""The Tiltfile: run as what it is, a small subset of Python, with Tilt's own functions written down by stand-ins."""

import ast
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml

from deploy import live
from deploy.cluster import chart
from deploy.image import ROOT
from tests.deploy.helm.charts import COMPONENTS, PUBLIC_KEYS, Values, of_kind, pods, render, together

TEXT = (ROOT / "Tiltfile").read_text(encoding="utf-8")
FUNCTIONS = {
    "allow_k8s_contexts", "local", "docker_build", "read_file", "read_yaml", "sync", "k8s_yaml", "helm", "link",
    "workload_to_resource_function", "k8s_resource",
}  # fmt: skip
"""Tilt's functions that are used; none that loads or downloads."""


class Tilt:
    """What was called with what."""

    def __init__(self, *, secrets: bool) -> None:
        self.calls: dict[str, list[tuple[tuple[Any, ...], dict[str, Any]]]] = {name: [] for name in FUNCTIONS}
        self._secrets = secrets

    def run(self) -> "Tilt":
        """Executes the file in the root of the project."""
        names: dict[str, Any] = {name: self._stand_in(name) for name in FUNCTIONS}
        names["read_file"] = lambda path: (ROOT / path).read_text()
        names["read_yaml"] = lambda path: yaml.safe_load((ROOT / path).read_text())
        names["os"] = SimpleNamespace(path=SimpleNamespace(exists=lambda _: self._secrets))
        exec(compile(TEXT, "Tiltfile", "exec"), names)
        return self

    def _stand_in(self, name: str) -> Any:
        def called(*arguments: Any, **named: Any) -> tuple[str, tuple[Any, ...], dict[str, Any]]:
            self.calls[name].append((arguments, named))
            return name, arguments, named

        return called


@pytest.fixture(scope="module")
def tilt() -> Tilt:
    """The file, run where secrets were made already."""
    return Tilt(secrets=True).run()


def test_it_is_starlark_too() -> None:
    """Python that Starlark does not have: imports, classes, while, try, f-strings, with, is, sets."""
    foreign = (
        ast.Import, ast.ImportFrom, ast.ClassDef, ast.While, ast.Try, ast.JoinedStr, ast.With, ast.Is, ast.Set,
    )  # fmt: skip
    tree = ast.parse(TEXT)
    assert [node for node in ast.walk(tree) if isinstance(node, foreign)] == []
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    assert called <= FUNCTIONS | {"str", "list"}
    assert len([node for node in tree.body if isinstance(node, ast.For)]) == 1


def test_every_component_of_the_chart_is_a_resource_labelled_by_its_name(tilt: Tilt) -> None:
    resources = {arguments[0]: named for arguments, named in tilt.calls["k8s_resource"]}
    assert set(chart.values()["components"]) == set(COMPONENTS) <= set(resources)
    assert all(resources[name]["labels"] == [name] for name in COMPONENTS)
    others = set(resources) - set(COMPONENTS)
    assert {label for name in others for label in resources[name]["labels"]} == {"servers"}


def helm_values(tilt: Tilt) -> Values:
    """What the chart is given."""
    ((_, named),) = tilt.calls["helm"]
    given: Values = {"nats": {"publicKeys": PUBLIC_KEYS}}
    for each in named["set"]:
        path, value = each.split("=")
        nested: Any = yaml.safe_load(value)
        for key in reversed(path.split(".")):
            nested = {key: nested}
        given = together(given, nested)
    return given


def test_every_resource_is_a_workload_of_the_rendered_chart(tilt: Tilt) -> None:
    ((arguments, named),) = tilt.calls["helm"]
    assert (arguments[0], named["name"]) == ("deploy/helm/smartcity", "smartcity")
    manifests = render(helm_values(tilt))
    (((short,), _),) = tilt.calls["workload_to_resource_function"]
    workloads = {
        short(SimpleNamespace(name=each["metadata"]["name"]))
        for each in manifests
        if each["kind"] in {"Deployment", "StatefulSet", "Job"}
    }
    assert workloads == {arguments[0] for arguments, _ in tilt.calls["k8s_resource"]}
    assert all(each["spec"]["replicas"] == 1 for each in of_kind(manifests, "Deployment").values())


def test_links_lead_to_portal_docs_and_traces_where_ports_are_forwarded(tilt: Tilt) -> None:
    resources = {arguments[0]: named for arguments, named in tilt.calls["k8s_resource"]}
    links = {name: [each[1] for each in named["links"]] for name, named in resources.items() if named["links"]}
    assert links["gateway"] == [("http://localhost:8080/", "portal"), ("http://localhost:8080/docs", "API")]
    assert links["dev-viewer"] == [("http://localhost:8081/", "traces")]
    assert resources["gateway"]["port_forwards"] == ["8080:8080"]
    assert resources["dev-viewer"]["port_forwards"] == ["8081:4318"]
    dev = chart.values()["dev"]
    assert (dev["publicUrl"], dev["tracesUrl"]) == ("http://localhost:8080", "http://localhost:8081")


def test_changed_files_go_where_they_may_be_written(tilt: Tilt) -> None:
    ((arguments, named),) = tilt.calls["docker_build"]
    assert arguments == ("smartcity", ".")
    assert [each[1] for each in named["live_update"]] == [(name, f"/live/{name}") for name in live.PACKAGES]
    contents = named["dockerfile_contents"]
    assert contents.startswith((ROOT / "deploy" / "Containerfile").read_text())
    assert contents.rstrip().endswith('USER 10001:10001\nENTRYPOINT ["python", "-m", "deploy.live"]')
    assert "*.pyc" in contents, "compiled files of the image are never looked at again"
    manifests = render(helm_values(tilt))
    for _, spec, labels in pods(manifests):
        if labels["app.kubernetes.io/component"] in COMPONENTS:
            assert spec["containers"][0]["securityContext"]["readOnlyRootFilesystem"] is False


def test_what_is_copied_into_the_image_is_watched(tilt: Tilt) -> None:
    ((_, named),) = tilt.calls["docker_build"]
    copied = [line.split()[1:-1] for line in named["dockerfile_contents"].splitlines() if line.startswith("COPY ")]
    whole = {name.split("/")[0] for names in copied for name in names if not name.startswith(("--", "/"))}
    assert whole == set(named["only"])


def test_secrets_are_made_once(tilt: Tilt) -> None:
    assert tilt.calls["local"] == []
    (((command,), _),) = Tilt(secrets=False).run().calls["local"]
    assert command == ".venv/bin/smartcity secrets --dev --write .smartcity/tilt"
    assert tilt.calls["k8s_yaml"][0] == ((".smartcity/tilt/secrets.yaml",), {})


def test_only_clusters_of_ones_own_machine_are_touched(tilt: Tilt) -> None:
    (((contexts,), _),) = tilt.calls["allow_k8s_contexts"]
    assert all(each.startswith(("kind-", "minikube")) for each in contexts)


def until(path: Path, text: str) -> None:
    """Waits until a file says so."""
    deadline = time.monotonic() + 20
    while not path.exists() or path.read_text() != text:
        assert time.monotonic() < deadline, path.read_text() if path.exists() else "nothing"
        time.sleep(0.02)


def start(root: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    code = (
        "import signal, sys; from pathlib import Path; from deploy import live; live.LOOK_S = 0.05;"
        f"it = live.Live({list(arguments)!r}, Path({str(root)!r}));"
        "signal.signal(signal.SIGTERM, it.stop); sys.exit(it.run())"
    )
    paths = {"PYTHONPATH": f"{root}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, **paths}, cwd=root)


def test_a_service_is_started_again_when_a_file_changes_even_after_a_mistake(tmp_path: Path) -> None:
    package, said = tmp_path / "cities", tmp_path / "said"
    package.mkdir()
    service = package / "service.py"

    def write(text: str) -> None:
        service.write_text(
            f"from pathlib import Path\nPath({str(said)!r}).write_text({text!r})\nimport time\ntime.sleep(60)\n"
        )

    write("one")
    process = start(tmp_path, "cities.service")
    try:
        until(said, "one")
        write("two")
        until(said, "two")
        service.write_text("a mistake")
        time.sleep(0.3)
        assert process.poll() is None
        write("three")
        until(said, "three")
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == -signal.SIGTERM % 256 or process.returncode == 256 - signal.SIGTERM
    finally:
        process.kill()


def test_work_that_is_done_once_ends_with_its_exit_code() -> None:
    process = start(ROOT, "deploy.wait")
    assert process.wait(30) == 1, "an IndexError: it was not told what to wait for"
