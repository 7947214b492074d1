"""Flags of faults: obeyed on one machine only, and gone without a trace when they are taken in."""

import asyncio
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from services.kit import holding
from services.kit.process import flags
from services.kit.runtime import Runtime, utc_now


def runtime(mode: str) -> Any:
    return Runtime("living", SimpleNamespace(mode=mode), None, None)  # type: ignore[arg-type]


@pytest.fixture
def hoisted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which living's clock is an hour ahead."""
    monkeypatch.setenv(flags.FOLDER, str(tmp_path))
    (tmp_path / "living.skew").write_text("3600")
    return tmp_path


async def test_a_flag_is_obeyed_on_one_machine_and_undone_at_the_end(hoisted: Path) -> None:
    one, true_time = runtime("local"), time.time
    async with flags.obeyed(one):
        assert time.time() > true_time() + 3000
        assert (one.clock() - utc_now()).total_seconds() > 3000
    assert time.time is true_time
    assert one.clock is utc_now


async def test_a_flag_holds_the_loop_and_the_watch_tells_of_it(hoisted: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flags, "LOOK_S", 0.01)
    (hoisted / "living.skew").rename(hoisted / "living.hold")
    (hoisted / "living.hold").write_text("0.1")
    told: list[holding.Hold] = []
    monkeypatch.setattr(holding, "listeners", [told.append])
    with holding.watched():
        async with flags.obeyed(runtime("local")):
            async with asyncio.timeout(20):
                while not told:
                    await asyncio.sleep(0.01)
    assert (told[0].serving, told[0].task) == ("", "_Mischief.run")


async def test_in_production_nothing_is_looked_at(hoisted: Path) -> None:
    one = runtime("production")
    async with flags.obeyed(one):
        assert one.clock is utc_now


async def test_the_flags_of_others_are_not_ours(hoisted: Path) -> None:
    (hoisted / "living.skew").rename(hoisted / "economy.skew")
    one = runtime("local")
    async with flags.obeyed(one):
        assert one.clock is utc_now
