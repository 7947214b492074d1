"""`smartcity logs`: whole lines, as many as are asked for; runbooks look through all of them."""

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local.process import StartError
from deploy.operate import logs
from tests.deploy.kubernetes_api import NAMESPACE, ApiServer, run

LONG = [f"{number} {'x' * 400}" for number in range(300)]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A platform's home whose economy has printed much, and whose gateway little."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "economy.log").write_text("\n".join(["event is poison", *LONG]) + "\n")
    (tmp_path / "logs" / "gateway.log").write_text("up\n")
    monkeypatch.setenv("SMARTCITY_HOME", str(tmp_path))
    return tmp_path


def shown(*words: str) -> list[str]:
    done = CliRunner().invoke(app, ["logs", *words])
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


@pytest.mark.usefixtures("home")
def test_without_a_number_all_is_shown_so_that_grep_finds_what_was_long_ago() -> None:
    assert shown("economy") == [f"economy      {line}" for line in ["event is poison", *LONG]]
    assert len(shown()) == 302


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("most", [0, 1, 7, 200])
def test_as_many_as_are_asked_for_are_shown_and_whole_however_long_they_are(most: int) -> None:
    assert shown("economy", "-n", str(most)) == [f"economy      {line}" for line in LONG[len(LONG) - most :]]


def test_the_name_of_a_service_means_all_of_its_processes(home: Path) -> None:
    (home / "logs" / "economy-2.log").write_text("the second\n")
    assert shown("economy", "-n", "1") == [f"economy      {LONG[-1]}", "economy-2    the second"]
    assert shown("economy-2") == ["economy-2    the second"]


@pytest.mark.parametrize("words", [[], ["-f"], ["governance"]], ids=str)
def test_where_nothing_ever_ran_it_is_said_how_to_begin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("SMARTCITY_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["logs", *words])
    assert (done.exit_code, "start it with `smartcity up`" in done.stderr) == (1, True)


@pytest.mark.parametrize("words", [["--all"], ["mail-down"]], ids=str)
def test_no_fault_is_said_to_be_off_where_nothing_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("SMARTCITY_HOME", str(tmp_path))
    done = CliRunner().invoke(app, ["fault", "off", *words])
    assert (done.exit_code, f"nothing runs in {tmp_path}" in done.stderr) == (1, True)


def test_with_follow_the_last_ten_come_first_and_each_new_line_once(home: Path) -> None:
    followed = logs.lines(["economy"], 10, follow=True)
    assert [next(followed) for _ in range(10)] == [("economy", line) for line in LONG[-10:]]
    with (home / "logs" / "economy.log").open("a") as log:
        log.write("news\n")
    assert next(followed) == ("economy", "news")


def test_what_is_followed_goes_on_in_the_log_of_the_next_start(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log = home / "logs" / "economy.log"
    followed = logs.lines(["economy"], 1, follow=True)
    assert next(followed) == ("economy", LONG[-1])
    log.rename(log.with_suffix(".log.1"))
    waited = count()

    def wait(_: float) -> None:
        if next(waited):  # it was looked for once before it is there again, shorter than it was
            log.write_text("up again\n")

    monkeypatch.setattr(logs, "time", SimpleNamespace(sleep=wait))
    assert next(followed) == ("economy", "up again")


@pytest.mark.usefixtures("home")
def test_a_log_that_is_not_there_is_said_with_those_that_are() -> None:
    with pytest.raises(StartError, match="There are: economy, gateway"):
        list(logs.lines(["nope"], None, follow=False))


GOVERNANCE = ("smartcity-governance-87ae45ccc-441f1", "smartcity-governance-87ae45ccc-c7c9a")
"""Pods of the recorded release."""


def test_in_a_cluster_the_pods_of_a_component_are_shown_each_with_its_name(api: ApiServer, kubeconfig: Path) -> None:
    api.printed = {GOVERNANCE[0]: ["timer failed", "serving"], GOVERNANCE[1]: ["serving"]}
    done = run(kubeconfig, "logs", "governance", "--namespace", NAMESPACE)
    assert done.exit_code == 0, done.stderr
    names = [each.removeprefix("smartcity-") for each in GOVERNANCE]
    assert done.stdout.splitlines() == [f"{names[0]} timer failed", f"{names[0]} serving", f"{names[1]} serving"]


def test_a_runbooks_command_runs_in_a_cluster_that_the_environment_names(api: ApiServer, kubeconfig: Path) -> None:
    api.printed = {GOVERNANCE[0]: LONG}
    done = run(kubeconfig, "logs", "governance", "--lines", "2", SMARTCITY_NAMESPACE=NAMESPACE)
    assert [line.split(" ", 1)[1] for line in done.stdout.splitlines()] == LONG[-2:]
    status = run(kubeconfig, "status", SMARTCITY_NAMESPACE=NAMESPACE)
    assert "All is well." in status.stdout


def test_a_component_that_a_cluster_does_not_have_is_said_with_those_that_it_has(
    api: ApiServer, kubeconfig: Path
) -> None:
    done = run(kubeconfig, "logs", "nope", "--namespace", NAMESPACE)
    assert done.exit_code == 1
    assert "no pods of nope" in done.stderr
    assert "environment, gateway, governance, migrate" in done.stderr
    api.forbidden = "pods"
    done = run(kubeconfig, "logs", "--namespace", NAMESPACE)
    assert 'cannot list resource "pods"' in done.stderr


def test_to_follow_the_logs_of_a_cluster_kubectl_is_named(kubeconfig: Path) -> None:
    done = run(kubeconfig, "logs", "-f", "--namespace", NAMESPACE)
    assert done.exit_code == 1
    assert f"kubectl logs -f -n {NAMESPACE} -l app.kubernetes.io/instance=smartcity" in done.stderr


def test_where_no_platform_runs_here_it_is_said_how_to_ask_a_cluster(kubeconfig: Path) -> None:
    for words in (["logs", "governance"], ["status"]):
        done = run(kubeconfig, *words)
        assert "SMARTCITY_NAMESPACE" in done.stderr
