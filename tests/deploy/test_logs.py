"""`smartcity logs`: whole lines, as many as are asked for; runbooks look through all of them."""

from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local.process import StartError
from deploy.operate import logs

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
