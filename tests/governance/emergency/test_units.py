"""Units as dispatchers see them: when their crews were heard of, and what keeps nobody from sending one."""

import grpc
import grpc.aio
import pytest

from services.governance.welfare import timers as welfare
from services.kit.caller import Caller
from smartcity.governance.v1 import incidents_pb2 as incidents
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.conftest import Governance
from tests.governance.emergency.room import CREW, DISPATCHER, NEXT, OTHER_CREW, Room, key
from tests.kit.serving import Refusal


async def signed_on(room: Room, code: str) -> units.Unit:
    asked = units.SignOnUnitRequest(request_id=key(), code=code)
    found: units.Unit = (await room.call("UnitService.SignOnUnit", asked, CREW)).unit
    return found


async def refused(room: Room, unit: units.Unit, incident: str) -> str:
    """Why a unit is not sent."""
    asked = units.AssignUnitRequest(request_id=key(), code=unit.code, etag=unit.etag, incident=incident)
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.call("UnitService.AssignUnit", asked, NEXT)
    return Refusal.of(caught.value).reason


async def test_sending_a_unit_is_no_word_of_its_crew(room: Room, governance: Governance) -> None:
    unit = await room.unit()
    governance.pass_time(hours=2)
    sent = await room.sent(unit, await room.opened())
    assert (sent.hear_time, sent.move_time) == (unit.hear_time, room.now())
    governance.pass_time(minutes=1)
    assert (await room.moved(sent, "en_route")).hear_time == room.now()


async def test_what_a_dispatcher_was_told_over_the_radio_is_word_of_the_crew(
    room: Room, governance: Governance
) -> None:
    sent = await room.sent(await room.unit(), await room.opened())
    governance.pass_time(minutes=1)
    assert (await room.moved(sent, "en_route", DISPATCHER)).hear_time == room.now()


async def test_what_a_phone_tells_by_itself_is_no_word_of_the_crew(room: Room, governance: Governance) -> None:
    unit = await room.unit(crew=None)
    governance.pass_time(minutes=1)
    await signed_on(room, unit.code)
    word = room.now()
    governance.pass_time(minutes=10)
    assert await room.tells(unit.code)
    (seen,) = (await room.call("UnitService.ListUnits", units.ListUnitsRequest())).units
    assert (seen.crew_hear_time, seen.hear_time) == (word, room.now())


async def test_a_unit_that_nobody_ever_heard_of_says_no_time(room: Room, governance: Governance) -> None:
    unit = await room.unit(crew=None)
    assert not unit.HasField("hear_time")
    governance.pass_time(minutes=1)
    assert (await signed_on(room, unit.code)).hear_time == room.now()


async def test_a_crew_is_asked_whether_it_is_well_some_time_after_it_was_sent_not_at_once(
    room: Room, governance: Governance
) -> None:
    unit = await room.unit()
    governance.pass_time(hours=2)
    await room.sent(unit, await room.opened())
    for minutes, asked in ((1, False), (21, True)):
        governance.pass_time(minutes=minutes)
        await welfare.check(governance.runtime)
        assert ("welfare_asked" in await room.journal()) is asked


async def test_a_crew_that_was_asked_or_given_up_meanwhile_moves_as_it_is_seen(
    room: Room, governance: Governance
) -> None:
    seen = await room.moved(await room.sent(await room.unit(), await room.opened()), "en_route")
    for minutes, told in ((21, "welfare_asked"), (6, "unit_silent")):
        governance.pass_time(minutes=minutes)
        await welfare.check(governance.runtime)
        assert (await room.journal())[-1] == told
    moved = await room.moved(seen, "on_scene")
    assert (moved.state, moved.HasField("check_time"), moved.escalated) == (units.UNIT_STATE_ON_SCENE, False, False)


async def test_a_unit_is_sent_though_a_crew_signed_on_meanwhile(room: Room) -> None:
    unit = await room.unit(crew=None)
    await signed_on(room, unit.code)
    assert (await room.sent(unit, await room.opened())).state == units.UNIT_STATE_DISPATCHED


async def test_a_unit_that_its_crew_left_meanwhile_is_looked_at_again_before_it_is_sent(room: Room) -> None:
    unit, other = await room.unit(), await room.unit(crew=None)
    await signed_on(room, other.code)
    assert await refused(room, unit, (await room.opened()).id) == "STALE_ETAG"


async def test_dispatchers_hear_that_a_crew_left_a_unit_for_another(room: Room) -> None:
    unit, other = await room.unit(), await room.unit(crew=None)
    one = await room.opened()
    await room.sent(unit, one)
    await signed_on(room, other.code)
    assert (await room.journal())[-2:] == ["unit_signed_off", "unit_signed_on"]
    assert [each.what for each in (await room.seen(one.id)).timeline][-1] == "unit_signed_off"
    await signed_on(room, other.code)
    assert (await room.journal()).count("unit_signed_off") == 1, "of their own they are the crew still"


@pytest.mark.parametrize("caller", [CREW, DISPATCHER], ids=lambda caller: caller.subject)
async def test_a_unit_whose_crew_signed_off_stands_without_a_crew(room: Room, caller: Caller) -> None:
    unit = await room.unit()
    assert unit.crewed
    off = units.SignOffUnitRequest(request_id=key(), code=unit.code)
    assert not (await room.call("UnitService.SignOffUnit", off, caller)).unit.crewed
    assert (await room.journal())[-1] == "unit_signed_off"
    advice = await room.call(
        "IncidentService.SuggestForIncident", incidents.SuggestForIncidentRequest(id=(await room.opened()).id)
    )
    assert [list(each.reasons)[-1] for each in advice.units if each.unit == unit.code] == ["nobody_signed_on"]
    assert not (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).HasField("unit")


async def test_nobody_is_there_is_said_of_the_crew_that_was_seen_and_of_none_that_signed_on_since(
    room: Room, governance: Governance
) -> None:
    seen = await room.unit()
    governance.pass_time(minutes=1)
    now = await signed_on(room, seen.code)
    assert await _refused_to_sign_off(room, DISPATCHER, code=seen.code, crew_mark=seen.crew_mark) == "STALE_ETAG"
    off = units.SignOffUnitRequest(request_id=key(), code=seen.code, crew_mark=now.crew_mark)
    left = (await room.call("UnitService.SignOffUnit", off)).unit
    assert (left.crewed, left.crew_mark) == (False, "")


async def test_a_crew_does_not_sign_off_at_work_and_a_dispatcher_signs_it_off(room: Room) -> None:
    sent = await room.sent(await room.unit(), await room.opened())
    assert await _refused_to_sign_off(room, CREW, code=sent.code) == "UNIT_NOT_FREE"
    off = units.SignOffUnitRequest(request_id=key(), code=sent.code, crew_mark=sent.crew_mark)
    assert not (await room.call("UnitService.SignOffUnit", off)).unit.crewed


async def _refused_to_sign_off(room: Room, caller: Caller, **fields: str) -> str:
    """Why a crew is not signed off."""
    with pytest.raises(grpc.aio.AioRpcError) as caught:
        await room.call("UnitService.SignOffUnit", units.SignOffUnitRequest(request_id=key(), **fields), caller)
    return Refusal.of(caught.value).reason


async def test_nobody_signs_the_crew_of_others_off(room: Room) -> None:
    assert await _refused_to_sign_off(room, OTHER_CREW, code=(await room.unit()).code) == "NOT_YOURS"


async def test_a_late_incident_is_told_again_when_its_unit_turns_back(room: Room, governance: Governance) -> None:
    one, unit = await room.opened(), await room.unit()
    governance.pass_time(hours=1)
    await welfare.check(governance.runtime)
    sent = await room.sent(unit, one)
    await welfare.check(governance.runtime)
    assert (await room.journal()).count("unit_late") == 1
    await room.moved(await room.moved(sent, "en_route"), "available")
    for _ in range(2):
        await welfare.check(governance.runtime)
    assert (await room.journal()).count("unit_late") == 2


async def test_where_a_drill_has_all_units_what_is_real_is_advised_to_call_them_away(room: Room) -> None:
    drill, unit = await room.opened(exercise=True), await room.unit()
    assert (await room.sent(unit, drill)).exercise
    for one, advised in ((await room.opened(), [(unit.code, True)]), (drill, [])):
        advice = await room.call("IncidentService.SuggestForIncident", incidents.SuggestForIncidentRequest(id=one.id))
        assert [(each.unit, "in_a_drill" in each.reasons) for each in advice.units] == advised


async def test_a_unit_leaves_a_drill_when_it_is_sent_to_what_is_real(room: Room, governance: Governance) -> None:
    drill, real, unit = await room.opened(exercise=True), await room.opened(), await room.unit()
    there = await room.moved(await room.sent(unit, drill), "on_scene")
    governance.pass_time(minutes=1)
    sent = await room.sent(there, real)
    assert (sent.incident, sent.exercise, sent.hear_time) == (real.id, False, there.hear_time)
    left = await room.seen(drill.id)
    assert (left.state, left.assignments[0].end_time) == (incidents.INCIDENT_STATE_CLEARED, room.now())
    assert [(one.what, one.unit) for one in left.timeline][-1] == ("unit_moved", unit.code)
    assert (await room.journal())[-2:] == ["unit_moved", "unit_assigned"]
    moved = [row["exercise"] for row in await room.served.outbox() if row["type"].endswith(("UnitMoved", "Assigned"))]
    assert moved == [True, True, True, False]


@pytest.mark.parametrize(("first", "then"), [(True, True), (False, False), (False, True)])
async def test_a_unit_leaves_its_incident_for_no_drill_and_none_that_is_real(
    room: Room, first: bool, then: bool
) -> None:
    sent = await room.sent(await room.unit(), await room.opened(exercise=first))
    assert await refused(room, sent, (await room.opened(exercise=then)).id) == "UNIT_NOT_FREE"


async def test_of_two_dispatchers_who_send_a_unit_one_is_refused(room: Room) -> None:
    unit, one, other = await room.unit(), await room.opened(), await room.opened()
    await room.sent(unit, one)
    assert await refused(room, unit, other.id) == "STALE_ETAG"
