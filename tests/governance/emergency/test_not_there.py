"""Crews that said too early that they are there: the clock runs again, and what was no arrival counts no more."""

from services.governance.welfare import timers as welfare
from smartcity.governance.v1 import incidents_pb2 as pb
from tests.governance.conftest import Governance
from tests.governance.emergency.room import DISPATCHER, Room
from tests.governance.emergency.test_merging import responded


async def test_a_crew_that_said_too_early_that_it_is_there_takes_it_back(room: Room, governance: Governance) -> None:
    one, unit = await room.opened(), await room.unit()
    there = await room.moved(await room.sent(unit, one), "on_scene")
    assert await responded(room) == [("fire", 1, 0)]
    governance.pass_time(minutes=4)
    back = await room.moved(there, "en_route")
    seen = await room.seen(one.id)
    assert (seen.state, seen.clocks[0].HasField("arrive_time")) == (pb.INCIDENT_STATE_DISPATCHED, False)
    assert await responded(room) == [], "it is counted no more"
    assert [(line.what, line.text) for line in seen.timeline][-2:] == [
        ("unit_moved", "on_scene"), ("unit_moved", "en_route"),
    ]  # fmt: skip
    await room.moved(back, "on_scene")
    assert await responded(room) == [("fire", 1, 240)]


async def test_an_incident_that_nobody_came_to_after_all_is_late_once_its_unit_turns_back(
    room: Room, governance: Governance
) -> None:
    one, unit = await room.opened(), await room.unit()
    there = await room.moved(await room.sent(unit, one), "on_scene")
    await room.moved(await room.moved(there, "en_route"), "available")
    governance.pass_time(hours=1)
    await welfare.check(governance.runtime)
    assert (await room.journal()).count("unit_late") == 1


async def test_who_else_is_there_still_counts_when_one_takes_back_that_it_is(
    room: Room, governance: Governance
) -> None:
    one, first, second = await room.opened(), await room.unit(), await room.unit(crew=None)
    there = await room.moved(await room.sent(first, one), "on_scene")
    governance.pass_time(minutes=4)
    await room.moved(await room.sent(second, one), "on_scene", DISPATCHER)
    await room.moved(there, "en_route")
    assert await responded(room) == [("fire", 1, 240)]
