"""Gauges that speak: what rises and falls by itself, and what waits for an officer."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from services.environment.criteria.model import Automatic, Hazard, Level, Step
from services.environment.raising import model, timers
from services.environment.warnings.model import Change, FloodWarning, State
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.warnings.warning import AWAS, NOTE, OTHER, SIAGA, WASPADA, Warnings, level, state, texts
from tests.governance.conftest import CITIZEN, MONDAY

TIDE, WEST, SIMONGAN = "pasut-tanjung-emas", "duga-banjir-kanal-barat", "duga-simongan"


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
    assert (level(done), done.automatic, done.approved) == ("awas", True, True)


async def test_what_an_officer_approved_is_not_said_to_be_raised_by_a_gauge(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    raised = await warnings.only()
    assert not raised.approved
    assert "Raised by a gauge" in raised.words[1].description
    await warnings.alarm(TIDE, "awas")
    done = await warnings.act("Approve", await warnings.only())
    assert "approved by an officer" in done.words[1].description
    (*_, newest) = await warnings.bodies(done)
    assert texts(newest, "cap:info/cap:description")[1] == done.words[1].description


async def test_where_the_gravest_level_comes_first_the_most_that_may_rises_at_once(warnings: Warnings) -> None:
    alarm = await warnings.alarm(TIDE, "awas")
    asked = await warnings.only()
    assert (state(asked), level(asked), asked.automatic) == ("in_force", "siaga", True)
    assert (asked.proposal.level, asked.proposal.automatic) == (AWAS, True)
    await warnings.over(alarm)
    left = await warnings.only()
    assert (level(left), left.proposal.step) == ("siaga", pb.WARNING_STEP_CLEAR), "awas is not waited for any more"


async def test_the_same_news_twice_changes_nothing(warnings: Warnings) -> None:
    alarm = await warnings.alarm(TIDE, "siaga")
    await warnings.opened(alarm)
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


async def test_who_proposed_what_a_gauge_then_did_is_told_that_it_waits_no_more(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=SIAGA)
    await warnings.alarm(TIDE, "siaga")
    found = await warnings.call(pb.ListWarningProposalsRequest())
    ((told,), waiting) = (found.overtaken, found.warnings)
    assert (list(waiting), told.proposal.level, told.proposal.mine) == ([], SIAGA, True)
    warnings.served.pass_time(days=2)
    assert not (await warnings.call(pb.ListWarningProposalsRequest())).overtaken


async def test_what_an_officer_wants_waits_on_when_the_gauge_ends_its_own_warning(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=AWAS, note=NOTE)
    gauge = await warnings.alarm(TIDE, "waspada")
    await warnings.over(gauge)
    found = await warnings.call(pb.ListWarningProposalsRequest())
    (asked,) = found.warnings
    assert (state(asked), asked.proposal.level, asked.proposal.note, asked.proposal.mine) == (
        "proposed", AWAS, NOTE, True,
    )  # fmt: skip
    assert not found.overtaken
    done = await warnings.act("Approve", asked, OTHER)
    assert (state(done), level(done), done.automatic) == ("in_force", "awas", False)


async def test_what_an_officer_wants_has_waited_since_they_proposed_it_whatever_gauges_did(warnings: Warnings) -> None:
    asked = await warnings.propose(zone="pesisir", level=AWAS)
    warnings.served.pass_time(hours=3)
    await warnings.over(await warnings.alarm(TIDE, "waspada"))
    (waits,) = (await warnings.call(pb.ListWarningProposalsRequest())).warnings
    assert waits.id != asked.id
    assert waits.proposal.create_time == asked.proposal.create_time


async def test_what_an_officer_wants_waits_on_when_the_warning_runs_out_and_no_gauge_speaks(warnings: Warnings) -> None:
    raised = await warnings.in_force(zone="pesisir", level=SIAGA, hours=1)
    await warnings.act("Update", raised, level=AWAS)
    warnings.served.pass_time(hours=2)
    await timers.expire(warnings.served.runtime)
    (asked,) = (await warnings.call(pb.ListWarningProposalsRequest())).warnings
    assert (state(asked), asked.proposal.level, asked.proposal.step) == ("proposed", AWAS, pb.WARNING_STEP_RAISE)


async def test_an_all_clear_that_waits_stays_when_a_gauge_asks_for_less_than_there_is(warnings: Warnings) -> None:
    await warnings.alarm(WEST, "waspada")
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.act("Clear", await warnings.only())
    await warnings.over(upstream)
    assert (await warnings.only()).proposal.step == pb.WARNING_STEP_CLEAR


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
    await warnings.alarm(TIDE, "awas")  # worse than may rise without an officer
    await timers.extend(warnings.served.runtime)
    longer = await warnings.only()
    assert (level(longer), longer.proposal.level) == ("siaga", AWAS)
    assert longer.expire_time.ToDatetime() > first.expire_time.ToDatetime() + timedelta(hours=5)


async def test_a_warning_that_has_run_out_is_followed_by_another(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "waspada")
    warnings.served.pass_time(hours=7)
    await warnings.alarm(TIDE, "siaga")
    assert [state(one) for one in await warnings.listed()] == ["in_force", "expired"]


async def test_a_warning_that_has_run_out_is_followed_by_what_its_gauges_say(warnings: Warnings) -> None:
    await warnings.alarm(WEST, "waspada")
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.over(upstream)
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    newer, over = await warnings.listed()
    assert (state(over), level(over)) == ("expired", "siaga")
    assert (state(newer), level(newer), newer.automatic) == ("in_force", "waspada", True)


async def test_an_officers_wish_outlives_the_warning_that_it_is_about(warnings: Warnings) -> None:
    await warnings.alarm(WEST, "waspada")
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.over(upstream)
    await warnings.act("Update", await warnings.act("Reject", await warnings.only()), note=NOTE)
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    (asked,) = (await warnings.call(pb.ListWarningProposalsRequest())).warnings
    assert (level(asked), asked.proposal.level, asked.proposal.mine) == ("waspada", AWAS, True)
    assert asked.proposal.note == NOTE


async def test_an_officers_warning_that_has_run_out_is_followed_by_its_gauges(warnings: Warnings) -> None:
    await warnings.in_force(zone="pesisir", level=SIAGA)
    await warnings.alarm(TIDE, "siaga")
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    newer, over = await warnings.listed()
    assert (state(over), state(newer), newer.automatic) == ("expired", "in_force", True)


async def test_what_an_officer_told_besides_stays_when_a_gauge_changes_the_warning(warnings: Warnings) -> None:
    await warnings.in_force(zone="pesisir", level=WASPADA, note=NOTE)
    await warnings.alarm(TIDE, "siaga")
    higher = await warnings.only()
    assert level(higher) == "siaga"
    assert all(NOTE in one.description for one in higher.words)


async def test_what_an_officer_only_proposes_to_tell_is_not_told_by_a_gauge(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=AWAS, note=NOTE)
    await warnings.alarm(TIDE, "siaga")
    assert NOTE not in (await warnings.only()).words[0].description


async def test_what_is_proposed_is_shown_at_the_level_that_it_is_proposed_at(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=WASPADA)
    await warnings.alarm(TIDE, "awas")
    raised = await warnings.only()
    assert (level(raised), raised.proposal.level) == ("siaga", AWAS)


_BOTH = Automatic(
    raises=frozenset({Level.WASPADA, Level.SIAGA}), lowers=frozenset({Level.WASPADA}), hours=6, clear_minutes=60
)
_NOTHING = Automatic(raises=frozenset(), hours=6, clear_minutes=60)


def _held(at: Level, *, automatic: bool = True) -> FloodWarning:
    return FloodWarning(
        id=uuid4(), version=2, state=State.IN_FORCE, zone="pesisir", hazard=Hazard.ROB, level=at, areas=(),
        exercise=False, automatic=automatic, correlation="", created_at=MONDAY, updated_at=MONDAY,
        expires_at=MONDAY + timedelta(hours=6),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("held", "spoken", "may", "taken", "asked"),
    [
        (None, None, _BOTH, None, None),
        (None, Level.SIAGA, _BOTH, Change(Step.RAISE, Level.SIAGA, 6), None),
        (None, Level.AWAS, _BOTH, Change(Step.RAISE, Level.SIAGA, 6), Change(Step.UPDATE, Level.AWAS, 6)),
        (None, Level.AWAS, _NOTHING, None, Change(Step.RAISE, Level.AWAS, 6)),
        (Level.WASPADA, Level.AWAS, _BOTH, Change(Step.UPDATE, Level.SIAGA, 6), Change(Step.UPDATE, Level.AWAS, 6)),
        (Level.SIAGA, Level.AWAS, _BOTH, None, Change(Step.UPDATE, Level.AWAS, 6)),
        (Level.SIAGA, Level.SIAGA, _BOTH, None, None),
        (Level.SIAGA, Level.WASPADA, _BOTH, None, Change(Step.UPDATE, Level.WASPADA, 6)),
        (Level.SIAGA, None, _BOTH, None, Change(Step.CLEAR, Level.SIAGA)),
        (Level.WASPADA, None, _BOTH, Change(Step.CLEAR, Level.WASPADA), None),
    ],
)
def test_what_gauges_want(
    held: Level | None, spoken: Level | None, may: Automatic, taken: Change | None, asked: Change | None
) -> None:
    assert model.wanted(_held(held) if held else None, spoken, may) == (taken, asked)


@pytest.mark.parametrize("spoken", [None, *Level])
def test_gauges_want_no_less_than_officers_decided(spoken: Level | None) -> None:
    assert model.wanted(_held(Level.AWAS, automatic=False), spoken, _BOTH) == (None, None)


@pytest.mark.parametrize(
    ("spoken", "on"), [(None, False), (Level.WASPADA, False), (Level.SIAGA, True), (Level.AWAS, True)]
)
def test_a_warning_holds_on_while_gauges_say_as_much_or_worse(spoken: Level | None, on: bool) -> None:
    assert model.speaks_on(_held(Level.SIAGA), spoken) is on
    assert not model.speaks_on(_held(Level.SIAGA, automatic=False), spoken)
