"""What an administrator types: check, import, list, back, make; and what a local start does by itself."""

import asyncio
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from deploy.cli import app
from deploy.local import runfile
from deploy.operate import gtfs
from services.living.gtfs import archive, checking
from tests.living.feeds.depot import Depot

DAY = "2026-11-27"


@pytest.fixture
def administrator(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> Depot:
    """The depot, whose database the commands find."""
    monkeypatch.setenv("SMARTCITY_POSTGRES_ADMIN_URL", depot.url)
    monkeypatch.setenv("SMARTCITY_NATS_URL", "nats://127.0.0.1:1")
    monkeypatch.setenv("SMARTCITY_NATS_SEED", "unused")
    return depot


async def _run(*words: str) -> tuple[int, str]:
    """Runs `smartcity gtfs`; answers with its exit code and what it printed, errors too."""
    with structlog.testing.capture_logs():  # the pillar is of this process, whose output is taken for the command's
        result = await asyncio.to_thread(CliRunner().invoke, app, ["gtfs", *words])
    return result.exit_code, result.output


async def _told(*words: str) -> tuple[int, Any]:
    code, text = await _run(*words, "-o", "json")
    return code, json.loads(text)


async def test_a_feed_is_made_checked_imported_listed_and_taken_back(administrator: Depot, tmp_path: Path) -> None:
    made, other = tmp_path / "made.zip", await administrator.write(tmp_path / "other.zip")

    assert (await _run("make", str(made), "--year", "2026"))[0] == 0
    code, checked = await _told("check", str(made), "--on", DAY)
    assert (code, checked["findings"], checked["outcome"], checked["counts"]["routes"]) == (0, [], None, 16)

    code, imported = await _told("import", str(made), "--on", DAY)
    assert (code, imported["outcome"]["changed"]) == (0, True)
    assert "holds already" in (await _run("import", str(made), "--on", DAY))[1]
    assert (await _told("import", str(other), "--on", DAY))[0] == 0

    code, listed = await _told("list")
    assert [(one["source"], one["current"], one["previous"], one["made_up"]) for one in listed] == [
        ("other.zip", True, False, False), ("made.zip", False, True, True),
    ]  # fmt: skip
    code, back = await _told("rollback")
    assert (code, back["number"]) == (0, imported["outcome"]["number"])
    assert (await administrator.feed()).source == "made.zip"


async def test_a_feed_is_made_of_the_city_whose_platform_runs_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SMARTCITY_CITY", raising=False)
    monkeypatch.setenv("SMARTCITY_HOME", str(tmp_path))
    feed = str(tmp_path / "made.zip")
    code, text = await _run("make", feed)
    assert (code, "of cities/semarang;" in text) == (0, True), "where nothing runs, as a start would"
    with runfile.lock(tmp_path):
        runfile.write(tmp_path, {"city": "kabupaten-semarang"})
        code, text = await _run("make", feed)
    assert (code, "cities/kabupaten-semarang has no transit.toml" in text) == (1, True)
    assert "nothing to make a feed of" in text


async def test_a_way_back_is_told_only_where_a_feed_was_before(administrator: Depot, tmp_path: Path) -> None:
    first, second = await administrator.write(tmp_path / "1.zip"), tmp_path / "2.zip"
    assert (await _run("make", str(second), "--year", "2026"))[0] == 0

    assert "goes back" not in (await _run("import", str(first), "--on", DAY))[1]
    assert "goes back to feed" in " ".join((await _run("import", str(second), "--on", DAY))[1].split())


async def test_a_feed_comes_through_a_pipe_as_from_a_file_and_no_more_than_an_archive_may_have(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed, pipe = await depot.write(tmp_path / "feed.zip"), tmp_path / "pipe"
    os.mkfifo(pipe)

    async def piped(content: bytes) -> tuple[int, str]:
        sending = asyncio.create_task(asyncio.to_thread(_send, pipe, content))
        done = await _run("check", str(pipe), "--on", DAY)
        await sending
        return done

    assert (await piped(feed.read_bytes()))[0] == 0
    code, text = await piped(b"no zip")
    assert (code, "it is no zip file" in text) == (2, True)
    monkeypatch.setattr(archive, "MOST_BYTES", 1 << 20)
    code, text = await piped(bytes(3 << 20))
    assert (code, "more than 1 MB" in text) == (2, True)


def _send(pipe: Path, content: bytes) -> None:
    with suppress(BrokenPipeError):
        pipe.write_bytes(content)


async def test_without_a_day_it_is_the_citys_and_the_feeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the new year has come to Semarang, and not to Greenwich, a feed is of the new year and has begun."""
    now = datetime(2026, 12, 31, 18, tzinfo=UTC)
    for module in (gtfs, checking):
        monkeypatch.setattr(module, "datetime", SimpleNamespace(now=lambda zone: now.astimezone(zone)))
    monkeypatch.setenv("SMARTCITY_CITY", "semarang")
    feed = str(tmp_path / "made.zip")
    assert (await _run("make", feed))[0] == 0
    code, checked = await _told("check", feed)
    assert (code, checked["first_day"], checked["findings"]) == (0, "2027-01-01", [])
    monkeypatch.setenv("SMARTCITY_CITY", "nowhere")
    assert (await _told("check", feed))[1]["findings"] == [], "whose it is stands in the feed"


async def test_errors_are_listed_by_file_and_line_and_say_the_next_step(administrator: Depot, tmp_path: Path) -> None:
    broken = await administrator.write(tmp_path / "broken.zip", {"stops.txt": None})

    code, text = await _run("import", str(broken), "--on", DAY)

    assert code == 1
    assert "stops.txt missing_required_file the file is missing" in text
    assert "stop_times.txt:2 foreign_key_violation stop_id: 'P1' is no stop_id of stops.txt" in text
    assert "Mend the errors first" in text
    assert await administrator.numbers() == set()


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [(("check", "/nowhere.zip"), 2, "name a folder or a zip file"), (("import", "/nowhere.zip"), 2, "name a folder"),
     (("check", "x.zip", "--on", "tomorrow"), 2, "2026-11-27"), (("rollback",), 1, "smartcity gtfs import"),
     (("list",), 0, "none so far"), (("make", "/nowhere/x.zip"), 1, "cannot be written"),
     (("make", "x.zip", "--city", "kabupaten-semarang"), 1, "no transit.toml")],
)  # fmt: skip
async def test_what_cannot_be_done_is_told(administrator: Depot, words: tuple[str, ...], code: int, told: str) -> None:
    ended, text = await _run(*words)

    assert (ended, told in " ".join(text.split())) == (code, True), text


async def test_a_local_start_imports_the_citys_own_feed_and_no_other(administrator: Depot, tmp_path: Path) -> None:
    assert await asyncio.to_thread(gtfs.enter_city, administrator.url, "kabupaten-semarang") is None
    assert await administrator.numbers() == set()

    await asyncio.to_thread(gtfs.enter_city, administrator.url, "semarang")
    again = await asyncio.to_thread(gtfs.enter_city, administrator.url, "semarang")

    assert again is not None
    assert again.outcome is not None
    assert not again.outcome.changed
    feed = await administrator.feed()
    assert (feed.source, feed.made_up, feed.warnings, feed.infos) == ("profil kota semarang", True, 0, 0)
    await administrator.enter(await administrator.write(tmp_path / "theirs.zip"))
    assert await asyncio.to_thread(gtfs.enter_city, administrator.url, "semarang") is None
    assert (await administrator.feed()).source == "theirs.zip"
