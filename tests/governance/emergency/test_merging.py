"""Incidents that are merged and come back: their clocks go along as their units do, and nobody is forgotten."""

from dataclasses import replace

from observability import semconv
from services.governance.welfare import gauges
from services.governance.welfare import timers as welfare
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import events_pb2 as events
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.conftest import Governance
from tests.governance.emergency.room import CREW, OTHER_CREW, TUGU, Room, key


async def unattended(governance: Governance) -> float:
    """How many services pages are sent for."""
    ((found, _),) = (await gauges.read(governance.runtime))[semconv.INCIDENTS_UNATTENDED]
    return found


async def late(room: Room, governance: Governance) -> list[tuple[str, str]]:
    """Services that the journal says are late, and where."""
    await welfare.check(governance.runtime)
    asked = pb.ListDispatchEntriesRequest(page_size=200)
    entries = (await room.call("IncidentService.ListDispatchEntries", asked)).entries
    return [(one.incident, one.text) for one in entries if one.what == "unit_late"]


async def responded(room: Room) -> list[tuple[str, int, int]]:
    """What the public is told: services, how often somebody came, and after how many seconds."""
    answer = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    return [(one.service, one.arrived, one.mean_seconds) for one in answer.times]


async def own(room: Room) -> units.Unit:
    """The crew's unit as it is: its incident may be another one by now."""
    found: units.Unit = (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).unit
    return found


async def needs_too(room: Room, one: pb.Incident, service: str = "medical") -> pb.Incident:
    """An incident that needs one more service."""
    seen = await room.seen(one.id)
    grading = pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, service=service, reason="Korban.")
    return await room.ask("GradeIncident", grading)


async def test_a_service_that_nobody_sent_is_needed_where_its_incident_was_merged_into(
    room: Room, governance: Governance
) -> None:
    one = await needs_too(room, await room.opened())
    governance.pass_time(minutes=5)
    other = await room.opened()
    ambulance = await room.unit("medical", OTHER_CREW, TUGU)
    merged = await room.merged(one, other)
    assert [(each.service, each.due_time) for each in merged.clocks] == [
        (each.service, each.due_time) for each in one.clocks
    ], "the earlier call counts"
    advice = await room.call("IncidentService.SuggestForIncident", pb.SuggestForIncidentRequest(id=other.id))
    assert [each.unit for each in advice.units] == [ambulance.code]
    governance.pass_time(minutes=11)
    assert sorted(await late(room, governance)) == [(other.id, "fire"), (other.id, "medical")]
    assert await unattended(governance) == 2
    governance.pass_time(minutes=10)
    assert len(await late(room, governance)) == 2, "once for each service, however many called"
    assert await unattended(governance) == 2
    await room.sent(ambulance, other)
    assert await unattended(governance) == 1
    timeline = (await room.seen(other.id)).timeline
    back = await room.unmerged(one)
    assert [(each.service, each.late, each.HasField("assign_time")) for each in back.clocks] == [
        ("fire", True, False), ("medical", True, False),
    ], "the ambulance was sent to the other"  # fmt: skip
    left = await room.seen(other.id)
    assert [each.service for each in left.clocks] == ["fire"]
    assert await unattended(governance) == 3
    lines = [*back.timeline, *left.timeline]
    assert sorted(each.number for each in lines) == [*(each.number for each in timeline), timeline[-1].number + 1]


async def test_a_unit_that_is_there_already_is_there_for_what_its_incident_is_merged_into(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    await room.moved(await room.sent(await room.unit(), one), "on_scene")
    governance.pass_time(minutes=5)
    other = await room.opened()
    merged = await room.merged(one, other)
    assert [(each.service, each.HasField("arrive_time"), each.late) for each in merged.clocks] == [
        ("fire", True, False)
    ]
    governance.pass_time(minutes=30)
    assert (await late(room, governance), await unattended(governance)) == ([], 0)
    assert await responded(room) == [("fire", 1, 0)], "it came once"
    await room.unmerged(one)
    assert await unattended(governance) == 1, "nobody came to the other"
    assert await late(room, governance) == [(other.id, "fire")]
    await room.moved(await own(room), "returning")
    assert (await room.seen(one.id)).state == pb.INCIDENT_STATE_CLEARED


async def test_who_arrives_after_the_merge_is_counted_once_and_from_the_earlier_call(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    governance.pass_time(minutes=6)
    other = await room.opened()
    unit = await room.sent(await room.unit(), other)
    await room.merged(one, other)
    governance.pass_time(minutes=4)
    await room.moved(unit, "on_scene")
    assert await responded(room) == [("fire", 1, 600)]
    assert await unattended(governance) == 0
    await room.moved(await own(room), "returning")
    await room.ask("CloseIncident", room.closing(await room.seen(other.id)))
    governance.pass_time(hours=1)
    assert (await late(room, governance), await unattended(governance)) == ([], 0)


async def test_a_unit_that_arrived_while_they_were_merged_was_there_for_its_own_incident(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    await room.sent(await room.unit(), one)
    governance.pass_time(minutes=2)
    other = await room.opened()
    await room.merged(one, other)
    governance.pass_time(minutes=3)
    await room.moved(await own(room), "on_scene")
    assert await responded(room) == [("fire", 1, 300)]
    back = await room.unmerged(one)
    assert [(each.HasField("assign_time"), each.HasField("arrive_time")) for each in back.clocks] == [(True, True)]
    governance.pass_time(minutes=30)
    assert await late(room, governance) == [(other.id, "fire")], "nobody came to that one"
    assert [each.late for each in (await room.seen(one.id)).clocks] == [False]
    assert await unattended(governance) == 1


async def arrived_for_the_later(room: Room, governance: Governance) -> tuple[pb.Incident, pb.Incident]:
    """An incident and a later one, which was merged into it: a unit that was sent to the later one has arrived."""
    one = await room.opened()
    governance.pass_time(minutes=6)
    other = await room.opened()
    await room.sent(await room.unit(), other)
    await room.merged(other, one)
    governance.pass_time(minutes=4)
    await room.moved(await own(room), "on_scene")
    assert await responded(room) == [("fire", 1, 600)], "the earlier call counts"
    return one, other


async def test_an_arrival_counts_for_the_call_that_it_was_for_once_they_are_two_matters_after_all(
    room: Room, governance: Governance
) -> None:
    one, other = await arrived_for_the_later(room, governance)
    await room.unmerged(other)
    assert await responded(room) == [("fire", 1, 240)], "nobody came to that one"
    governance.pass_time(minutes=10)
    colleagues = replace(CREW, subject="crew-3")
    second = await room.sent(await room.unit(crew=colleagues), one)
    await room.moved(second, "on_scene", colleagues)
    assert await responded(room) == [("fire", 2, 720)], "240 s and 1,200 s"
    told = [row for row in await room.served.outbox() if row["type"].endswith("IncidentResponded")]
    seconds = [events.IncidentResponded.FromString(row["payload"]).seconds for row in told]
    assert list(zip(seconds, [row["version"] for row in told], strict=True)) == [(600, 1), (240, 1), (1200, 2)]
    assert told[0]["aggregate"] == told[2]["aggregate"] != told[1]["aggregate"]


async def test_an_arrival_counts_once_however_often_they_are_merged_and_come_back(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    other = await room.opened()
    await room.sent(await room.unit(), other)
    await room.merged(one, other)
    await room.moved(await own(room), "on_scene")
    await room.unmerged(one)
    assert await responded(room) == [("fire", 1, 0)]
    await room.merged(one, other)
    await room.unmerged(one)
    assert await responded(room) == [("fire", 1, 0)], "once more changes nothing"


async def test_an_arrival_counts_once_also_where_what_comes_back_had_been_merged_into_what_is_closed(
    room: Room, governance: Governance
) -> None:
    one, other = await arrived_for_the_later(room, governance)
    await room.moved(await own(room), "returning")
    await room.ask("CloseIncident", room.closing(await room.seen(one.id)))
    back = await room.unmerged(other)
    assert [each.HasField("arrive_time") for each in back.clocks] == [True]
    assert await responded(room) == [("fire", 1, 240)], "nobody came to the one that is closed"
    left = await room.seen(one.id)
    assert (left.state, [each.HasField("arrive_time") for each in left.clocks]) == (
        pb.INCIDENT_STATE_CLOSED, [False],
    )  # fmt: skip
    governance.pass_time(minutes=30)
    assert (await late(room, governance), await unattended(governance)) == ([], 0), "what is closed waits for nobody"


async def test_an_arrival_that_the_version_before_counted_is_not_counted_again(room: Room) -> None:
    one = await room.opened()
    await room.moved(await room.sent(await room.unit(), one), "on_scene")
    await room.served.admin.execute("UPDATE governance.incident_clock SET told_at = NULL, told = 0")
    other = await room.opened()
    await room.merged(one, other)
    await room.unmerged(one)
    assert await responded(room) == [("fire", 1, 0)]
    told = [row for row in await room.served.outbox() if row["type"].endswith("IncidentResponded")]
    assert len(told) == 1


async def test_who_had_left_before_a_call_came_was_not_there_for_it(room: Room, governance: Governance) -> None:
    one = await room.opened()
    there = await room.moved(await room.sent(await room.unit(), one), "on_scene")
    await room.moved(there, "available")
    governance.pass_time(minutes=30)
    again = await room.opened()
    merged = await room.merged(again, one)
    assert [(each.service, each.HasField("arrive_time")) for each in merged.clocks] == [("fire", False)]
    governance.pass_time(minutes=16)
    assert await late(room, governance) == [(one.id, "fire")]
    assert await unattended(governance) == 1


async def test_a_service_that_both_need_is_needed_still_when_one_of_them_is_a_matter_of_its_own_again(
    room: Room, governance: Governance
) -> None:
    one = await needs_too(room, await room.opened())
    other = await room.opened()
    await room.merged(one, other)
    assert len((await needs_too(room, other)).clocks) == 2, "one of each service is shown"
    await room.unmerged(one)
    assert [each.service for each in (await room.seen(other.id)).clocks] == ["fire", "medical"]
    assert [each.service for each in (await room.seen(one.id)).clocks] == ["fire", "medical"]
    governance.pass_time(minutes=16)
    assert await unattended(governance) == 4


async def test_the_middle_of_a_chain_comes_back_with_what_was_merged_into_it(
    room: Room, governance: Governance
) -> None:
    first, second, third = [await room.opened() for _ in range(3)]
    unit = await room.sent(await room.unit(), first)
    await room.merged(first, second)
    await room.merged(second, third)
    back = await room.unmerged(second)
    assert (back.state, [work.unit for work in back.assignments]) == (pb.INCIDENT_STATE_DISPATCHED, [unit.code])
    assert (await own(room)).incident == second.id
    left = await room.seen(third.id)
    assert (left.state, len(left.assignments)) == (pb.INCIDENT_STATE_WAITING, 0)
    assert {line.incident for line in back.timeline} == {first.id, second.id}
    governance.pass_time(minutes=16)
    assert await late(room, governance) == [(third.id, "fire")]
    apart = await room.unmerged(first)
    assert [work.unit for work in apart.assignments] == [unit.code]
    assert await late(room, governance) == [(third.id, "fire"), (second.id, "fire")]


async def test_who_was_there_and_left_is_told_where_the_incident_is_merged_into_one_that_waits(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    there = await room.moved(await room.sent(await room.unit(), one), "on_scene")
    other = await room.opened()
    governance.pass_time(minutes=1)
    await room.moved(there, "available")
    merged = await room.merged(one, other)
    assert (merged.state, [work.unit for work in merged.assignments]) == (pb.INCIDENT_STATE_CLEARED, [there.code])
    assert [each.HasField("arrive_time") for each in merged.clocks] == [True]
    back = await room.unmerged(one)
    assert (back.state, len(back.assignments)) == (pb.INCIDENT_STATE_CLEARED, 1)
    left = await room.seen(other.id)
    assert (left.state, len(left.assignments)) == (pb.INCIDENT_STATE_WAITING, 0)


async def test_an_incident_waits_where_who_was_there_had_left_before_its_call_came(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    await room.moved(await room.moved(await room.sent(await room.unit(), one), "on_scene"), "available")
    governance.pass_time(minutes=1)
    merged = await room.merged(one, await room.opened())
    assert (merged.state, [each.HasField("arrive_time") for each in merged.clocks]) == (
        pb.INCIDENT_STATE_WAITING, [False],
    )  # fmt: skip
