"""`smartcity status` of a cluster: against recorded answers of an API server, and a real one where it is given."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import Result

from deploy.local.ready import postgres_answers
from deploy.operate import access, status
from deploy.operate.access import Access, AccessError
from tests.deploy.kubernetes_api import NAMESPACE, ApiServer, environment, run


def command(kubeconfig: Path, *arguments: str, **env: str) -> Result:
    """`smartcity status` with a home in which nothing runs."""
    return run(kubeconfig, "status", *arguments, **env)


def state_of(kubeconfig: Path, *arguments: str, **env: str) -> tuple[int, dict[str, Any]]:
    done = command(kubeconfig, "--release", "smartcity", *arguments, "-o", "json", **env)
    assert done.stdout, done.stderr
    return done.exit_code, json.loads(done.stdout)


def component(state: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in state["components"] if each["name"] == name)


def test_a_release_that_is_well_shows_pods_scaling_versions_and_its_migration(kubeconfig: Path) -> None:
    code, state = state_of(kubeconfig)
    assert (code, state["healthy"], state["attention"]) == (0, True, [])
    assert [each["name"] for each in state["components"]] == ["migrate", "environment", "gateway", "governance"]
    gateway = component(state, "gateway")
    assert (gateway["state"], gateway["ready"], gateway["wanted"], gateway["version"]) == ("ready", 3, 3, "0.1.0")
    assert gateway["autoscaling"] == {"min": 2, "now": 3, "max": 10}
    assert component(state, "governance")["restarts"] == 1
    migration = component(state, "migrate")
    assert (migration["state"], migration["version"], migration["once"]) == ("done", "0.1.0", True)
    assert (state["version"], state["namespace"]) == ("0.1.0", NAMESPACE)


def test_without_addresses_of_postgresql_and_nats_it_says_how_to_give_them(kubeconfig: Path) -> None:
    code, state = state_of(kubeconfig)
    assert (code, state["pillars"]) == (0, [])
    (note,) = state["notes"]
    assert "SMARTCITY_POSTGRES_ADMIN_URL" in note
    assert f"kubectl port-forward -n {NAMESPACE}" in note


def test_what_is_wrong_with_a_release_is_said_with_the_command_to_run_next(api: ApiServer, kubeconfig: Path) -> None:
    api.recording = "trouble"
    code, state = state_of(kubeconfig)
    assert (code, state["healthy"]) == (1, False)
    assert state["attention"] == [
        "migrate is failed (BackoffLimitExceeded); log: kubectl logs -n kota job/smartcity-migrate-0-1-0-9a8b7c6d",
        "environment is short (Unschedulable); log: kubectl logs -n kota deployment/smartcity-environment",
        "governance is stuck (CrashLoopBackOff); log: kubectl logs -n kota deployment/smartcity-governance",
    ]
    assert component(state, "governance")["restarts"] == 7
    assert component(state, "governance")["version"] == "0.1.0, 0.2.0"


def test_a_rollout_under_way_is_no_trouble_while_enough_pods_are_ready(api: ApiServer, kubeconfig: Path) -> None:
    api.recording = "trouble"
    _, state = state_of(kubeconfig)
    gateway = component(state, "gateway")
    assert (gateway["state"], gateway["ok"]) == ("rolling out", True)


def test_pods_that_the_server_refuses_are_said_with_its_own_words(api: ApiServer, kubeconfig: Path) -> None:
    api.recording = "refused"
    code, state = state_of(kubeconfig)
    (said,) = state["attention"]
    assert (code, component(state, "environment")["state"]) == (1, "stuck")
    assert said.startswith("environment is stuck (FailedCreate: ")
    assert "is forbidden: exceeded quota: pods, requested: pods=1, used: pods=0, limited: pods=0" in said


def test_where_no_release_is_the_exit_code_is_2(api: ApiServer, kubeconfig: Path) -> None:
    api.recording = "nothing"
    done = command(kubeconfig, "--release", "smartcity")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "no release smartcity in namespace kota" in done.stderr


def test_a_permission_that_lacks_is_named(api: ApiServer, kubeconfig: Path) -> None:
    api.forbidden = "horizontalpodautoscalers"
    done = command(kubeconfig, "--release", "smartcity")
    assert done.exit_code == 2
    assert 'cannot list resource "horizontalpodautoscalers"' in done.stderr


def test_a_cluster_that_does_not_answer_is_not_there(api: ApiServer, kubeconfig: Path) -> None:
    text = kubeconfig.read_text().replace(str(api.server_port), "9")
    kubeconfig.write_text(text)
    done = command(kubeconfig, "--release", "smartcity")
    assert done.exit_code == 2
    assert "Traceback" not in done.stderr


def test_where_no_client_of_kubernetes_is_installed_it_says_so(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the image, which leaves it out."""
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    done = command(kubeconfig, "--release", "smartcity")
    assert done.exit_code == 2
    assert "smartcity[cluster]" in done.stderr
    assert "Traceback" not in done.stderr


def test_people_see_the_same_table_without_what_only_one_machine_has(kubeconfig: Path) -> None:
    done = command(kubeconfig, "--namespace", NAMESPACE)
    assert done.exit_code == 0
    head = done.stdout.splitlines()[0].split()
    assert head == ["component", "state", "ready", "restarts", "scales", "for", "version"]
    assert "3 of 2–10" in done.stdout
    assert "All is well." in done.stdout


def test_it_goes_on_looking_and_ends_with_the_exit_code_of_what_it_saw_last(api: ApiServer, kubeconfig: Path) -> None:
    arguments = [sys.executable, "-m", "deploy.cli", "status", "--namespace", NAMESPACE, "--watch", "-o", "json"]
    with started(arguments, environment(kubeconfig)) as watching:
        assert watching.stdout is not None
        assert json.loads(watching.stdout.readline())["healthy"]
        api.recording = "trouble"
        while json.loads(watching.stdout.readline())["healthy"]:
            pass
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 1


@contextmanager
def started(arguments: list[str], env: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(arguments, env=env, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("ports", "state"), [({}, "ready"), ({"health": 1}, "silent")])
async def test_what_has_no_port_is_as_well_as_its_supervisor_says(ports: dict[str, int], state: str) -> None:
    run = {"version": "1.0", "components": [{"name": "simulator", "state": "ready", "ports": ports}]}
    (found,) = await status._components(Access("", "", "", run))
    assert (found["state"], found["ok"]) == (state, state == "ready")


async def test_what_holds_the_command_itself_makes_nobody_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients of PostgreSQL and NATS are imported by then, for seconds on a machine that is busy."""
    monkeypatch.setenv("SMARTCITY_PATIENCE_S", "0.3")

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(8)
        writer.write(b"N")
        writer.close()

    async def importing(_: Access) -> list[dict[str, Any]]:
        await asyncio.sleep(0)
        time.sleep(0.6)  # noqa: ASYNC251 - the loop is held, as by an import
        return []

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    ports = {"sql": server.sockets[0].getsockname()[1]}
    run = {"components": [{"name": "postgres", "state": "ready", "ports": ports, "once": False, "log": ""}]}
    monkeypatch.setattr(status, "find", lambda: Access("", "", "", run))
    monkeypatch.setattr(status, "pillars", importing)
    async with server:
        assert (await status.status())["attention"] == []


def test_nothing_in_a_home_is_exit_code_2(kubeconfig: Path) -> None:
    done = command(kubeconfig)
    assert done.exit_code == 2
    assert "start it with `smartcity up`" in done.stderr


def test_the_pillars_of_a_cluster_are_read_where_addresses_are_given(
    kubeconfig: Path, postgres: str, nats: Any
) -> None:
    given = {
        "SMARTCITY_POSTGRES_ADMIN_URL": postgres,
        "SMARTCITY_NATS_URL": nats.url,
        "SMARTCITY_NATS_SEED": nats.admin_seed,
    }
    code, state = state_of(kubeconfig, **given)
    assert (code, state["notes"]) == (1, [])
    assert state["attention"] == ["all pillars: is not migrated: run `smartcity migrate`"]


def test_in_the_pod_of_the_operator_the_pillars_alone_are_asked(
    kubeconfig: Path, postgres: str, nats: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The image has no client of Kubernetes, and the pod no account there."""
    monkeypatch.setitem(sys.modules, "kubernetes", None)
    given = {
        "SMARTCITY_POSTGRES_ADMIN_URL": postgres,
        "SMARTCITY_NATS_URL": nats.url,
        "SMARTCITY_NATS_SEED": nats.admin_seed,
        "KUBERNETES_SERVICE_HOST": "10.96.0.1",
    }
    done = command(kubeconfig, "-o", "json", **given)
    state = json.loads(done.stdout)
    assert (state["components"], len(state["pillars"])) == ([], 6)
    assert state["attention"] == ["all pillars: is not migrated: run `smartcity migrate`"]


def test_consumers_that_nobody_could_be_asked_of_are_not_without_lag(kubeconfig: Path, postgres: str) -> None:
    given = {
        "SMARTCITY_POSTGRES_ADMIN_URL": postgres,
        "SMARTCITY_NATS_URL": "nats://127.0.0.1:1",
        "SMARTCITY_NATS_SEED": "mistyped",
    }
    code, state = state_of(kubeconfig, **given)
    assert (code, state["healthy"]) == (1, False)
    assert sum("SMARTCITY_NATS_SEED" in one for one in state["attention"]) == 1, "of all pillars, it is said once"
    assert all("SMARTCITY_NATS_SEED" in one["errors"][-1] for one in state["pillars"])


@pytest.mark.parametrize(
    "place", ["secret", "postgresql://a:secret@127.0.0.1:543x/b", "postgresql://a:secret@127.0.0.1:99999/b"]
)
def test_an_address_with_a_slip_is_said_without_repeating_the_password(kubeconfig: Path, place: str) -> None:
    given = {"POSTGRES_ADMIN_URL": place, "NATS_URL": "nats://127.0.0.1:1", "NATS_SEED": "unused"}
    done = command(kubeconfig, **{f"SMARTCITY_{name}": value for name, value in given.items()})
    assert "SMARTCITY_POSTGRES_ADMIN_URL is no address of a database" in " ".join(done.output.split())
    assert (done.exit_code, "secret" in done.output) == (1, False)


@pytest.fixture
def hanging() -> Iterator[int]:
    """The port of a server that was stopped by a signal: the kernel lets connections in, and nobody answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


async def test_a_postgresql_that_hangs_is_not_ready(
    postgres: str, hanging: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SMARTCITY_PATIENCE_S", "0.3")
    assert not await postgres_answers(hanging)()
    monkeypatch.delenv("SMARTCITY_PATIENCE_S")
    assert await postgres_answers(urlsplit(postgres).port or 5432)()


async def test_of_a_server_that_hangs_the_error_and_its_log_are_named(
    hanging: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "PATIENCE_S", 0.3)
    run = {"components": [{"name": "postgres"}]}
    words = r"PostgreSQL does not answer \(TimeoutError\): `smartcity logs postgres` has its log"
    with pytest.raises(AccessError, match=words):
        async with access.database(Access(f"postgresql://a@127.0.0.1:{hanging}/b", "", "", run)):
            pass


def test_a_real_cluster_is_told_of_as_it_is(tmp_path: Path) -> None:
    real = os.environ.get("SMARTCITY_KUBECONFIG", "")
    if not real:
        pytest.skip("SMARTCITY_KUBECONFIG names no cluster with a release `smartcity`")
    namespace = os.environ.get("SMARTCITY_KUBE_NAMESPACE", "default")
    done = command(tmp_path / "none", "--namespace", namespace, "-o", "json", KUBECONFIG=real)
    assert done.exit_code in (0, 1), done.stderr
    names = {each["name"] for each in json.loads(done.stdout)["components"]}
    assert {"governance", "economy", "living", "environment", "society", "branding", "gateway"} <= names
