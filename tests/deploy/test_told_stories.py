"""However a story is ended it puts back what it changed, and one that changes something is told once at a time."""

import asyncio
import os
import shutil
import signal
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from deploy.cli import app, practice
from deploy.cli.printing import Output
from deploy.local import demo, stories
from deploy.operate import access, ticket_story, visitor
from deploy.operate.access import Access
from deploy.operate.story import Step, told_alone
from deploy.operate.visitor import StoryError
from services.kit.city import load_city
from tests.fixtures.house import SECOND_CITY


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The home of a platform that is asked nothing."""

    @asynccontextmanager
    async def nobody(_: Access) -> AsyncIterator[None]:
        yield None

    monkeypatch.setattr(access, "find", lambda: Access("", "", "", {"city": "semarang"}, tmp_path))
    monkeypatch.setattr(visitor, "visitor", nobody)
    return tmp_path


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_story_that_is_ended_by_a_signal_puts_back_what_it_changed(platform: Path, how: signal.Signals) -> None:
    changed: list[str] = []

    async def steps(_: Any, run: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        changed.append(run["city"])
        try:
            yield Step("begun", "somebody", "something changed", {})
            os.kill(os.getpid(), how)
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0)  # it asks the platform, and the platform answers
            changed.clear()

    practice._follow("flood", steps, Output.JSON, alone=True)
    assert changed == []


def test_a_story_that_changes_something_is_told_once_at_a_time(
    platform: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def steps(_: Any, __: Mapping[str, Any]) -> AsyncGenerator[Step, None]:
        raise AssertionError("it began")
        yield

    with told_alone(platform, "flood"):
        with pytest.raises(StoryError, match="already"), told_alone(platform, "flood"):
            pass
        with pytest.raises(typer.Exit):
            practice._follow("flood", steps, Output.JSON, alone=True)
    assert "the story flood is told already" in capsys.readouterr().err
    with told_alone(platform, "flood"):
        pass


@pytest.mark.parametrize("words", [["levy"], ["flood"], ["flood", "--exercise"], ["ticket"], ["proposal"], ["permit"]])
def test_where_the_city_lacks_what_a_story_needs_it_is_said_with_what_to_do(
    platform: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    run = {"city": SECOND_CITY, "components": []}
    monkeypatch.setattr(access, "find", lambda: Access("", "", "", run, platform))
    done = CliRunner().invoke(app, ["story", *words])
    assert (done.exit_code, done.stdout) == (1, "")
    assert f"cities/{SECOND_CITY} " in done.stderr
    assert "SMARTCITY_CITY=semarang tells all stories" in done.stderr


def test_the_start_leads_to_the_stories_that_can_be_told() -> None:
    assert stories.told(SECOND_CITY) == []
    assert set(stories.told("semarang")) == {"levy", "flood", "ticket", "proposal", "permit"}
    assert stories.levy("semarang") == stories.Levy("disdag", "33.74.01.1010")


@pytest.mark.parametrize(("city", "served"), [("semarang", True), (SECOND_CITY, False)])
def test_the_event_of_a_story_is_in_the_city_and_at_a_stop_where_there_are_buses(city: str, served: bool) -> None:
    found = ticket_story.venue(city)
    assert load_city(city).locate(found.lon, found.lat) is not None
    assert (bool(found.name), found.served) == (True, served)


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("tickets.toml", 'agencies = ["disbudpar"]', 'agencies = ["dispora"]'),
        ("economy.toml", 'pan = "9360000000000001064"', ""),
    ],
)
def test_a_ticket_needs_that_who_publishes_events_sells_them_and_is_paid_by_qris(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, right: str, wrong: str
) -> None:
    shutil.copytree(demo.CITIES / "semarang", tmp_path / "semarang")
    text = (tmp_path / "semarang" / file).read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "semarang" / file).write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(demo, "CITIES", tmp_path)
    assert "sells no tickets (tickets.toml) at a counter that takes QRIS" in stories.lacking("ticket", "semarang")
