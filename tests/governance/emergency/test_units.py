"""Units as dispatchers see them: when their crews were heard of."""

from services.governance.welfare import timers as welfare
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.conftest import Governance
from tests.governance.emergency.room import CREW, DISPATCHER, Room, key


async def signed_on(room: Room, code: str) -> units.Unit:
    asked = units.SignOnUnitRequest(request_id=key(), code=code)
    found: units.Unit = (await room.call("UnitService.SignOnUnit", asked, CREW)).unit
    return found


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
