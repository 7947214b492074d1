"""Gauges that speak: what rises and falls by itself, what waits for an officer, and drills."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.environment.criteria.model import Level, Step
from services.environment.raising import model, timers
from services.environment.warnings.model import Change
from tests.environment.warnings.warning import AWAS, BPBD, OTHER, SIAGA, WASPADA, Warnings, level, state
from tests.fixtures.pillars import Standing
from tests.governance.conftest import CITIZEN, MONDAY

TIDE, WEST, SIMONGAN = "pasut-tanjung-emas", "duga-banjir-kanal-barat", "duga-simongan"


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar, by day."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Warnings(served)


async def _told(warnings: Warnings) -> list[Any]:
    return [row for row in await warnings.served.outbox() if ".Warning" in row["type"]]


async def test_what_may_rise_without_a_human_does_so_at_once(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    (raised,) = await warnings.listed(CITIZEN)
    assert (state(raised), level(raised), raised.zone, raised.automatic) == ("in_force", "siaga", "pesisir", True)
    assert raised.hazard == 2
    (row,) = await _told(warnings)
    assert row["correlation"].startswith("story of "), "it belongs to the alarm's story"


async def test_the_gravest_level_waits_for_an_officer(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    await warnings.alarm(TIDE, "awas")
    waiting = await warnings.only()
    assert (level(waiting), waiting.proposal.level, waiting.proposal.automatic) == ("siaga", AWAS, True)
    done = await warnings.act("Approve", waiting)
    assert (level(done), done.automatic) == ("awas", True)


async def test_the_gravest_level_alone_is_only_proposed(warnings: Warnings) -> None:
    alarm = await warnings.alarm(TIDE, "awas")
    assert state(await warnings.only()) == "proposed"
    assert await warnings.listed(CITIZEN) == []
    await warnings.over(alarm)
    assert state(await warnings.only()) == "rejected", "nobody has to decide on what is over"


async def test_the_same_news_twice_changes_nothing(warnings: Warnings) -> None:
    alarm = await warnings.alarm(TIDE, "siaga")
    await warnings.happens(alarm)
    assert len((await warnings.only()).messages) == 1


async def test_alarms_that_no_criterion_names_raise_nothing(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "silence")
    await warnings.alarm("duga-lain", "awas")
    assert await warnings.served.runtime.pool.fetchval("SELECT count(*) FROM warning") == 0


async def test_a_warning_rises_with_its_gauges_and_falls_when_the_last_is_silent(warnings: Warnings) -> None:
    west = await warnings.alarm(WEST, "waspada")
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    assert level(await warnings.only()) == "siaga"
    await warnings.over(upstream)
    asked = await warnings.only()
    assert (level(asked), asked.proposal.level) == ("siaga", WASPADA), "from siaga an officer lets it fall"
    lower = await warnings.act("Approve", asked)
    assert (level(lower), lower.automatic) == ("waspada", True)
    await warnings.over(west)
    clear = await warnings.only()
    assert state(clear) == "cleared", "from waspada it falls by itself"
    assert [one.type for one in clear.messages] == ["Alert", "Update", "Update", "Update"]


async def test_what_a_gauge_proposed_and_says_no_more_is_not_waited_for(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    awas = await warnings.alarm(TIDE, "awas")
    await warnings.over(awas)
    assert not (await warnings.only()).HasField("proposal")


async def test_gauges_lower_nothing_that_officers_decided(warnings: Warnings) -> None:
    await warnings.in_force(zone="pesisir", level=AWAS)
    alarm = await warnings.alarm(TIDE, "waspada")
    await warnings.over(alarm)
    kept = await warnings.only()
    assert (state(kept), level(kept), kept.HasField("proposal")) == ("in_force", "awas", False)


async def test_an_officer_who_wants_more_than_the_gauge_is_still_waited_for(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=AWAS)
    await warnings.alarm(TIDE, "siaga")
    both = await warnings.only()
    assert (state(both), level(both)) == ("in_force", "siaga")
    done = await warnings.act("Approve", both, OTHER)
    assert (level(done), done.automatic) == ("awas", False)


async def test_what_an_officer_wanted_is_overtaken_by_a_gauge_that_says_as_much(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=SIAGA)
    await warnings.alarm(TIDE, "siaga")
    raised = await warnings.only()
    assert (state(raised), raised.HasField("proposal")) == ("in_force", False)


async def test_an_all_clear_that_waits_gives_way_to_a_gauge_that_says_worse(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    await warnings.act("Clear", await warnings.only())
    await warnings.alarm(TIDE, "awas")
    asked = await warnings.only()
    assert (asked.proposal.level, asked.proposal.automatic) == (AWAS, True)


async def test_a_warning_holds_while_its_gauges_speak(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    first = await warnings.only()
    await timers.extend(warnings.served.runtime)
    assert len((await warnings.only()).messages) == 1, "too early"
    warnings.served.pass_time(hours=5, minutes=40)
    await timers.extend(warnings.served.runtime)
    longer = await warnings.only()
    assert longer.expire_time.ToDatetime() > first.expire_time.ToDatetime() + timedelta(hours=5)


async def test_a_warning_that_has_run_out_is_followed_by_another(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "waspada")
    warnings.served.pass_time(hours=7)
    await warnings.alarm(TIDE, "siaga")
    assert [state(one) for one in await warnings.listed()] == ["in_force", "expired"]


async def test_a_drill_is_a_drill_everywhere(warnings: Warnings) -> None:
    real = await warnings.alarm(TIDE, "waspada")
    await warnings.alarm(TIDE, "siaga", exercise=True)
    drill, actual = sorted(await warnings.listed(CITIZEN), key=lambda one: not one.exercise)
    assert (level(drill), level(actual)) == ("siaga", "waspada")
    assert drill.words[0].headline.startswith("LATIHAN.")
    assert drill.words[1].headline.startswith("EXERCISE.")
    assert [row["exercise"] for row in await _told(warnings)] == [False, True]
    await warnings.over(real)
    assert [state(one) for one in await warnings.listed(BPBD)] == ["in_force", "cleared"]


def test_gauges_that_say_nothing_want_nothing() -> None:
    assert model.wanted(None, None, 6) is None
    assert model.wanted(None, Level.SIAGA, 6) == Change(Step.RAISE, Level.SIAGA, 6)
