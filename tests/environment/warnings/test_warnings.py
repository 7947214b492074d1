"""Warnings over the real server: two officers, the night, and what everybody sees."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from services.environment.raising import timers
from services.environment.warnings import store
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.conftest import DPU
from tests.environment.warnings.warning import (
    AWAS,
    BPBD,
    DADAPSARI,
    NOTE,
    OTHER,
    SIAGA,
    TANJUNG_MAS,
    WASPADA,
    Warnings,
    level,
    state,
)
from tests.fixtures.pillars import Standing
from tests.governance.conftest import ADMIN, CITIZEN, MONDAY, RefusedError, refused


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar, by day (MONDAY is a working hour)."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Warnings(served)


async def _night(warnings: Warnings) -> None:
    """Half past eleven at night in the city."""
    local = warnings.served.now.astimezone(warnings.served.runtime.city.timezone)
    warnings.served.now = local.replace(hour=23, minute=30)


async def test_one_proposes_and_another_approves(warnings: Warnings) -> None:
    proposed = await warnings.propose(note=NOTE)
    assert state(proposed) == "proposed"
    assert proposed.proposal.mine
    assert not proposed.messages
    done = await warnings.act("Approve", proposed, OTHER)
    assert (state(done), level(done)) == ("in_force", "siaga")
    assert [one.type for one in done.messages] == ["Alert"]
    assert NOTE in done.words[0].description
    assert done.expire_time.ToDatetime() - done.raise_time.ToDatetime() == timedelta(hours=6)
    assert await warnings.sensing.emitted() == ["WarningRaised"]


async def test_nobody_approves_their_own(warnings: Warnings) -> None:
    proposed = await warnings.propose()
    with refused("OWN_MATTER"):
        await warnings.act("Approve", proposed)
    raised = await warnings.act("Approve", proposed, OTHER)
    for verb in ("Update", "Clear", "Cancel"):
        asked = await warnings.act(verb, raised)
        assert state(asked) == "in_force", "nothing happens before it is approved"
        with refused("OWN_MATTER"):
            await warnings.act("Approve", asked)
        raised = await warnings.act("Reject", asked)
    assert len(raised.messages) == 1


async def test_only_the_agency_that_the_criteria_name_acts(warnings: Warnings) -> None:
    with refused("WARNING_AGENCY_ONLY"):
        await warnings.propose(DPU)
    raised = await warnings.in_force()
    for verb in ("Update", "Clear", "Cancel", "Approve", "Reject"):
        with refused("WARNING_AGENCY_ONLY"):
            await warnings.act(verb, raised, DPU)


async def test_at_night_one_officer_alone_may_do_what_the_criteria_say(warnings: Warnings) -> None:
    await _night(warnings)
    raised = await warnings.propose()
    assert state(raised) == "in_force"
    lowered = await warnings.act("Update", raised, level=WASPADA)
    assert level(lowered) == "waspada"
    assert not lowered.HasField("proposal")


@pytest.mark.parametrize(("verb", "fields"), [("Update", {"level": AWAS}), ("Clear", {}), ("Cancel", {})])
async def test_the_rest_waits_for_another_at_night_too(warnings: Warnings, verb: str, fields: dict[str, Any]) -> None:
    await _night(warnings)
    raised = await warnings.propose()
    asked = await warnings.act(verb, raised, **fields)
    assert (state(asked), level(asked)) == ("in_force", "siaga")
    assert asked.HasField("proposal")


async def test_a_grave_warning_waits_for_another_at_night_too(warnings: Warnings) -> None:
    await _night(warnings)
    assert state(await warnings.propose(level=AWAS)) == "proposed"


async def test_a_warning_is_raised_lowered_extended_and_cleared(warnings: Warnings) -> None:
    raised = await warnings.in_force()
    higher = await warnings.act("Approve", await warnings.act("Update", raised, level=AWAS), OTHER)
    longer = await warnings.act("Approve", await warnings.act("Update", higher, OTHER, hours=12, level=AWAS))
    assert longer.expire_time.seconds > higher.expire_time.seconds
    clear = await warnings.ended("Clear", longer)
    assert (state(clear), level(clear)) == ("cleared", "awas")
    assert [one.type for one in clear.messages] == ["Alert", "Update", "Update", "Update"]
    assert await warnings.sensing.emitted() == ["WarningRaised", "WarningUpdated", "WarningUpdated", "WarningCleared"]


async def test_a_mistake_is_taken_back(warnings: Warnings) -> None:
    gone = await warnings.ended("Cancel", await warnings.in_force())
    assert state(gone) == "cancelled"
    assert [one.type for one in gone.messages] == ["Alert", "Cancel"]
    with refused("WARNING_NOT_IN_FORCE"):
        await warnings.act("Clear", gone)


async def test_a_warning_whose_time_is_over_ends_by_itself(warnings: Warnings) -> None:
    raised = await warnings.in_force(hours=1)
    waiting = await warnings.act("Clear", raised)
    warnings.served.pass_time(hours=1)
    with refused("WARNING_NOT_IN_FORCE"):
        await warnings.act("Approve", waiting, OTHER)
    await timers.expire(warnings.served.runtime)
    over = await warnings.read(raised.id)
    assert state(over) == "expired"
    assert not over.HasField("proposal")
    assert await warnings.sensing.emitted() == ["WarningRaised", "WarningCleared"]


async def test_what_is_rejected_was_never_published(warnings: Warnings) -> None:
    gone = await warnings.act("Reject", await warnings.propose(), OTHER)
    assert state(gone) == "rejected"
    with refused("NOTHING_WAITS"):
        await warnings.act("Approve", gone, OTHER)
    with refused("WARNING_NOT_FOUND"):
        await warnings.read(gone.id, CITIZEN)
    assert await warnings.listed(CITIZEN) == []


async def test_what_is_proposed_is_for_officers_alone(warnings: Warnings) -> None:
    proposed = await warnings.propose()
    for stranger in (CITIZEN, DPU):
        with refused("WARNING_NOT_FOUND"):
            await warnings.read(proposed.id, stranger)
    raised = await warnings.act("Approve", proposed, OTHER)
    await warnings.act("Clear", raised)
    for stranger in (CITIZEN, DPU):
        assert not (await warnings.read(proposed.id, stranger)).HasField("proposal")
    for insider in (BPBD, OTHER, ADMIN):
        waiting = (await warnings.call(pb.ListWarningProposalsRequest(), insider)).warnings
        assert [(one.id, one.proposal.mine) for one in waiting] == [(proposed.id, insider is BPBD)]
    with refused("WARNING_AGENCY_ONLY"):
        await warnings.call(pb.ListWarningProposalsRequest(), DPU)


async def test_the_newest_word_on_a_warning_is_its_last_message_not_what_officers_propose(warnings: Warnings) -> None:
    raised = await warnings.in_force()
    said = raised.update_time
    for decide in ("Reject", "Approve"):
        warnings.served.pass_time(minutes=7)
        asked = await warnings.act("Update", raised)
        assert [asked.update_time, (await warnings.read(raised.id, CITIZEN)).update_time] == [said, said]
        assert (await warnings.listed(CITIZEN))[0].update_time == said
        warnings.served.pass_time(minutes=7)
        raised = await warnings.act(decide, asked, OTHER)
    assert (raised.update_time.seconds - said.seconds) == 28 * 60
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    assert (await warnings.read(raised.id, CITIZEN)).update_time == raised.update_time


async def test_one_thing_at_a_time_is_proposed_about_a_warning(warnings: Warnings) -> None:
    asked = await warnings.act("Clear", await warnings.in_force())
    with refused("PROPOSAL_WAITING"):
        await warnings.act("Update", asked, OTHER)


async def test_an_officer_must_have_seen_what_they_decide_on(warnings: Warnings) -> None:
    proposed = await warnings.propose()
    with refused("ETAG_REQUIRED"):
        await warnings.act("Approve", proposed, OTHER, etag="")
    await warnings.act("Approve", proposed, OTHER)
    with refused("STALE_ETAG"):
        await warnings.act("Clear", proposed, OTHER)


async def test_those_in_force_stand_first(warnings: Warnings) -> None:
    old = await warnings.in_force()
    warnings.served.pass_time(minutes=5)
    newer = await warnings.ended("Clear", await warnings.in_force(areas=[DADAPSARI]))
    assert [one.id for one in await warnings.listed(CITIZEN)] == [old.id, newer.id]
    first = await warnings.call(pb.ListWarningsRequest(page_size=1), CITIZEN)
    second = await warnings.call(pb.ListWarningsRequest(page_size=1, page_token=first.next_page_token), CITIZEN)
    assert [second.warnings[0].id, second.next_page_token] == [newer.id, ""]


async def test_what_is_real_stands_before_however_many_drills(
    warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "NOW_MOST", 1)
    real = await warnings.in_force(hours=1)
    await warnings.in_force(exercise=True)
    async with warnings.served.runtime.snapshot() as tx:
        assert [str(one.id) for one in await store.in_force(tx)] == [real.id]


async def test_a_zone_has_one_warning(warnings: Warnings) -> None:
    made = await warnings.propose(zone="pesisir")
    assert TANJUNG in [one.code for one in made.areas]
    with refused("ZONE_WARNED"):
        await warnings.propose(OTHER, zone="pesisir")
    assert state(await warnings.propose(zone="pesisir", exercise=True)) == "proposed", "a drill goes on beside it"


async def test_two_officers_who_choose_the_same_areas_at_once_warn_of_them_once(warnings: Warnings) -> None:
    areas = [TANJUNG_MAS, DADAPSARI]
    asked = [warnings.propose(who, areas=each) for who, each in ((BPBD, areas), (OTHER, areas[::-1]))]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    (made,) = [one for one in answers if isinstance(one, pb.Warning)]
    (again,) = [one for one in answers if isinstance(one, RefusedError)]
    assert (again.reason, again.metadata["warning"]) == ("AREAS_WARNED", made.id)
    assert state(await warnings.propose(areas=areas, exercise=True)) == "proposed", "a drill goes on beside it"
    assert state(await warnings.propose(areas=areas[:1])) == "proposed", "so does what is warned of elsewhere"
    await warnings.act("Reject", made, OTHER)
    assert state(await warnings.propose(areas=areas)) == "proposed"


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"zone": "nirgends"}, "ZONE_UNKNOWN"),
        ({"areas": []}, "WARNING_AREAS_REQUIRED"),
        ({"areas": ["33.74.02"]}, "AREA_UNKNOWN"),
        ({"areas": ["33.74.99.9999"]}, "AREA_UNKNOWN"),
        ({"hazard": 0}, "HAZARD_UNKNOWN"),
        ({"level": 0}, "LEVEL_UNKNOWN"),
        ({"hours": 73}, "HOURS_INVALID"),
    ],
)
async def test_what_cannot_be_proposed(warnings: Warnings, fields: dict[str, Any], reason: str) -> None:
    with refused(reason):
        await warnings.propose(**fields)


async def test_everybody_reads_the_criteria(warnings: Warnings) -> None:
    found = await warnings.call(pb.GetWarningCriteriaRequest(), CITIZEN)
    assert list(found.agencies) == ["bpbd"]
    assert list(found.raises) == [WASPADA, SIAGA]
    assert (found.night_since, found.night_until) == ("21:00", "05:30")
    assert all(one.made_up and one.criteria for one in found.zones)


async def test_a_rule_that_is_paused_or_gone_is_said_to_warn_nobody(warnings: Warnings) -> None:
    async def awake() -> list[tuple[str, str]]:
        zones = (await warnings.call(pb.GetWarningCriteriaRequest(), CITIZEN)).zones
        return [(one.thing, one.rule) for zone in zones for one in zone.criteria if not one.asleep]

    assert await awake() == []
    for rule in ("waspada", "siaga"):
        await warnings.rule("duga-banjir-kanal-timur", rule)
    await warnings.pause("duga-banjir-kanal-timur", "siaga")
    assert await awake() == [("duga-banjir-kanal-timur", "waspada")]
    await warnings.retire("duga-banjir-kanal-timur")
    assert await awake() == []


TANJUNG = "33.74.02.1008"
