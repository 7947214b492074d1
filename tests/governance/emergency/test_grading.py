"""Incidents that are graded anew: what their clocks say then, who is paged, and what the public is told."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import incidents_pb2 as pb
from smartcity.governance.v1 import units_pb2 as units
from tests.governance.conftest import Governance
from tests.governance.emergency.room import CREW, OTHER_CREW, Room, key
from tests.governance.emergency.test_figures import on_paper
from tests.governance.emergency.test_merging import late, needs_too, responded, unattended
from tests.governance.emergency.test_rpc import refused

ORDER = replace(CREW, agency="satpol-pp")


async def graded(room: Room, one: pb.Incident, **fields: Any) -> pb.Incident:
    """An incident that was graded anew."""
    seen = await room.seen(one.id)
    return await room.ask(
        "GradeIncident",
        pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, reason="Penelepon kedua.", **fields),
    )


def due(incident: pb.Incident) -> dict[str, int]:
    """Minutes from the call until somebody should be there, by service."""
    return {one.service: (one.due_time.seconds - incident.call_time.seconds) // 60 for one in incident.clocks}


async def counted(room: Room) -> list[tuple[str, int, int, int, int]]:
    """What the public is told: service, priority, target in minutes, how often somebody came, and how often on time."""
    answer = await room.call("IncidentService.GetResponseTimes", pb.GetResponseTimesRequest(), ANONYMOUS)
    return [
        (one.service, one.priority, one.target_seconds // 60, one.arrived, one.on_time) for one in answer.times
    ]  # fmt: skip


async def test_what_is_graded_more_urgent_is_due_earlier_and_keeps_the_time_that_it_has_run(
    room: Room, governance: Governance
) -> None:
    one = await room.opened(kind="order")
    assert due(one) == {"order": 30}
    governance.pass_time(minutes=20)
    assert await unattended(governance) == 0
    assert due(await graded(room, one, priority=1)) == {"order": 15}
    assert (await unattended(governance), await late(room, governance)) == (1, [(one.id, "order")])
    assert (await room.seen(one.id)).clocks[0].late
    await room.moved(await room.sent(await room.unit("order", ORDER), one), "on_scene", ORDER)
    assert await counted(room) == [("order", 1, 15, 1, 0)]


async def test_what_can_wait_after_all_is_due_later_and_is_told_late_anew_once_it_is(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    governance.pass_time(minutes=16)
    assert await late(room, governance) == [(one.id, "fire")]
    assert due(await graded(room, one, priority=3)) == {"fire": 60}
    assert (await unattended(governance), await late(room, governance)) == (0, [(one.id, "fire")])
    governance.pass_time(minutes=45)
    assert (await unattended(governance), await late(room, governance)) == (1, [(one.id, "fire")] * 2)
    await graded(room, one, priority=2)
    assert await late(room, governance) == [(one.id, "fire")] * 2, "it is late as it was"


async def test_another_kind_brings_its_priority_for_what_is_needed_already(room: Room) -> None:
    one = await room.opened(kind="order")
    assert due(await graded(room, one, kind="medical")) == {"medical": 15, "order": 15}


async def test_an_arrival_stays_as_it_was_counted_whatever_is_graded_afterwards(
    room: Room, governance: Governance
) -> None:
    one = await needs_too(room, await room.opened())
    await room.moved(await room.sent(await room.unit(), one), "on_scene")
    assert due(await graded(room, one, priority=3)) == {"fire": 15, "medical": 60}
    assert await counted(room) == [("fire", 1, 15, 1, 1)]


async def test_what_a_paper_form_told_of_is_due_as_it_was(room: Room) -> None:
    one = await on_paper(room)
    assert due(await graded(room, one, priority=3)) == {"fire": 15}


async def test_grading_counts_for_all_calls_about_a_matter_until_they_are_two_after_all(
    room: Room, governance: Governance
) -> None:
    one = await room.opened(kind="order")
    governance.pass_time(minutes=6)
    other = await room.opened(kind="order")
    await room.merged(one, other)
    whole = await graded(room, other, priority=1)
    assert whole.clocks[0].due_time.seconds - one.call_time.seconds == 15 * 60, "the earlier call counts"
    governance.pass_time(minutes=10)
    assert (await unattended(governance), await late(room, governance)) == (1, [(other.id, "order")])
    await room.moved(await room.sent(await room.unit("order", ORDER), other), "on_scene", ORDER)
    assert await counted(room) == [("order", 1, 15, 1, 0)]
    back = await room.unmerged(one)
    assert (back.priority, due(back), await unattended(governance)) == (2, {"order": 30}, 0)
    assert await counted(room) == [("order", 1, 15, 1, 1)], "it had been sent to the other, and was there in time"
    assert due(await room.seen(other.id)) == {"order": 15}
    governance.pass_time(minutes=15)
    assert await late(room, governance) == [(other.id, "order"), (one.id, "order")]


async def test_a_unit_that_was_there_before_its_service_was_needed_is_counted_from_the_call(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    ambulance = await room.sent(await room.unit("medical", OTHER_CREW), one)
    governance.pass_time(minutes=7)
    await room.moved(ambulance, "on_scene", OTHER_CREW)
    assert await responded(room) == []
    governance.pass_time(minutes=2)
    graded = await needs_too(room, one)
    assert [(each.service, each.HasField("arrive_time")) for each in graded.clocks] == [
        ("fire", False), ("medical", True),
    ]  # fmt: skip
    assert await responded(room) == [("medical", 1, 420)]
    seen = await room.seen(one.id)
    again = pb.GradeIncidentRequest(request_id=key(), id=one.id, etag=seen.etag, priority=2, reason="Tidak parah.")
    await room.ask("GradeIncident", again)
    assert await responded(room) == [("medical", 1, 420)], "once"


async def test_a_unit_that_is_there_is_counted_for_what_needs_it_until_that_is_another_matter_after_all(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    hurt = await room.opened(kind="medical")
    ambulance = await room.sent(await room.unit("medical", OTHER_CREW), one)
    governance.pass_time(minutes=7)
    await room.moved(ambulance, "on_scene", OTHER_CREW)
    await room.merged(hurt, one)
    assert await responded(room) == [("medical", 1, 420)]
    await room.unmerged(hurt)
    assert await responded(room) == []


async def test_a_service_that_is_not_needed_after_all_pages_nobody_and_counts_nowhere_until_it_is_needed_again(
    room: Room, governance: Governance
) -> None:
    one = await room.opened()
    after = await graded(room, one, kind="medical", unneeded_services=["fire"])
    assert [(each.service, each.unneeded) for each in after.clocks] == [("fire", True), ("medical", False)]
    assert after.timeline[-1].text == "Penelepon kedua. (fire→medical +medical -fire)"
    await room.moved(await room.sent(await room.unit("medical", OTHER_CREW), one), "on_scene", OTHER_CREW)
    governance.pass_time(minutes=16)
    assert (await late(room, governance), await unattended(governance)) == ([], 0)
    engine = await room.sent(await room.unit(), one)
    assert not (await room.call("UnitService.GetOwnUnit", units.GetOwnUnitRequest(), CREW)).job.HasField("due_time")
    await room.moved(engine, "on_scene")
    seen = (await room.seen(one.id)).clocks[0]
    assert (seen.late, seen.HasField("assign_time"), seen.HasField("arrive_time")) == (False, False, False)
    assert await responded(room) == [("medical", 1, 0)]
    again = await graded(room, one, service="fire")
    assert [(each.service, each.unneeded, each.late) for each in again.clocks] == [
        ("fire", False, True), ("medical", False, False),
    ]  # fmt: skip
    assert await responded(room) == [("fire", 1, 960), ("medical", 1, 0)], "it is there, and it is needed"


async def test_a_service_of_which_a_unit_is_at_work_is_needed_until_it_leaves(room: Room) -> None:
    one = await needs_too(room, await room.opened())
    unit = await room.sent(await room.unit(), one)
    grading = pb.GradeIncidentRequest(request_id=key(), id=one.id, reason="Sudah padam.", unneeded_services=["fire"])
    grading.etag = (await room.seen(one.id)).etag
    assert await refused(room, "IncidentService.GradeIncident", grading) == "SERVICE_AT_WORK"
    await room.moved(unit, "available")
    after = await graded(room, one, unneeded_services=["fire"])
    assert [(each.service, each.unneeded) for each in after.clocks] == [("fire", True), ("medical", False)]
    grading.etag = after.etag
    for more, reason in (
        ({}, "GRADING_EMPTY"),
        ({"service": "fire"}, "UNNEEDED_AND_NEEDED"),
        ({"unneeded_services": ["fire", "plumbing"]}, "EMERGENCY_SERVICE_UNKNOWN"),
    ):
        asked = pb.GradeIncidentRequest(**more)
        asked.MergeFrom(grading)
        assert await refused(room, "IncidentService.GradeIncident", asked) == reason


async def test_what_a_matter_does_not_need_is_needed_still_by_what_is_another_after_all(
    room: Room, governance: Governance
) -> None:
    one, other, quiet = await room.opened(), await room.opened(), await room.opened()
    await graded(room, quiet, unneeded_services=["fire"])
    for each in (one, quiet):
        await room.merged(each, other)
    assert [each.unneeded for each in (await room.seen(other.id)).clocks] == [False]
    after = await graded(room, other, unneeded_services=["fire"])
    assert [each.unneeded for each in after.clocks] == [True]
    governance.pass_time(minutes=16)
    assert await unattended(governance) == 0
    back = [await room.unmerged(each) for each in (one, quiet)]
    assert [each.clocks[0].unneeded for each in back] == [False, True]
    assert (await unattended(governance), await late(room, governance)) == (1, [(one.id, "fire")])


async def test_a_kind_that_needs_a_service_needs_it_again_unless_it_is_said_that_it_does_not(room: Room) -> None:
    one = await room.opened()
    await graded(room, one, unneeded_services=["fire"])
    after = await graded(room, one, kind="collapse", unneeded_services=["fire"])
    assert [(each.service, each.unneeded) for each in after.clocks] == [("disaster", False), ("fire", True)]
    after = await graded(room, one, kind="rescue")
    assert [(each.service, each.unneeded) for each in after.clocks] == [("disaster", False), ("fire", False)]


async def test_what_nobody_graded_is_due_as_it_was_once_a_merging_by_mistake_is_taken_back(
    room: Room, governance: Governance
) -> None:
    waiting = await room.opened(kind="order", priority=3)
    governance.pass_time(minutes=25)
    one = await room.opened(kind="order")
    whole = await room.merged(waiting, one)
    assert due(whole) == {"order": 30}
    await room.merged(one, await room.opened(kind="order", priority=3))
    assert due(await room.unmerged(one)) == {"order": 30}
    governance.pass_time(minutes=10)
    assert (await unattended(governance), await late(room, governance)) == (0, [])
    assert due(await room.unmerged(waiting)) == {"order": 60}


async def test_what_was_graded_within_what_comes_back_is_due_as_it_was_graded_there(room: Room) -> None:
    first, second, third = [await room.opened(kind="order", priority=3) for _ in range(3)]
    await room.merged(first, second)
    assert due(await graded(room, second, priority=2)) == {"order": 30}
    await room.merged(second, third)
    other = await room.opened(kind="order", priority=3)
    assert due(await room.merged(third, other)) == {"order": 30}
    assert due(await room.unmerged(third)) == {"order": 30}
    assert due(await graded(room, third, priority=1)) == {"order": 15}
    assert due(await room.unmerged(second)) == {"order": 30}
    assert due(await room.unmerged(first)) == {"order": 60}


async def test_an_arrival_that_counts_for_what_comes_back_is_counted_as_that_was_graded_itself(
    room: Room, governance: Governance
) -> None:
    other = await room.opened(kind="order")
    governance.pass_time(minutes=6)
    one = await room.opened(kind="order")
    await room.sent(await room.unit("order", ORDER), one)
    await room.merged(one, other)
    await graded(room, other, priority=1)
    governance.pass_time(minutes=20)
    (unit,) = (await room.call("UnitService.ListUnits", units.ListUnitsRequest())).units
    await room.moved(unit, "on_scene", ORDER)
    assert await counted(room) == [("order", 1, 15, 1, 0)]
    back = await room.unmerged(one)
    assert (back.priority, due(back), back.clocks[0].late) == (2, {"order": 30}, False)
    assert await counted(room) == [("order", 2, 30, 1, 1)]


async def test_an_incident_of_a_priority_that_the_protocol_has_no_more_needs_one_service_more_as_urgently_as_before(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The city took the level out; within how many minutes somebody comes is what the next more urgent one says."""
    one = await room.opened(kind="order")
    await without_second_priority(governance, tmp_path, monkeypatch)
    assert due(await graded(room, one, service="medical")) == {"order": 30, "medical": 15}
    assert (await room.seen(one.id)).priority == 2


async def test_what_was_merged_comes_back_with_a_priority_that_the_protocol_has_no_more(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = [await room.opened(kind="order", priority=2) for _ in range(2)]
    await room.merged(one, other)
    assert due(await graded(room, other, priority=1)) == {"order": 15}
    await without_second_priority(governance, tmp_path, monkeypatch)
    assert (await room.unmerged(one)).priority == 2


async def test_a_service_that_the_protocol_has_no_more_is_taken_off_an_incident_that_waits_for_it(
    room: Room, governance: Governance, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No unit of it can come, and its clock would run until it is late."""
    one = await room.opened(kind="order")
    await graded(room, one, service="medical")
    city = governance.runtime.city
    text = (city.folder / "emergency_protocol.toml").read_text(encoding="utf-8").replace('"medical"', '"ambulance"')
    (tmp_path / "emergency_protocol.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(governance.runtime, "city", replace(city, folder=tmp_path))
    after = await graded(room, one, unneeded_services=["medical"])
    assert {each.service: each.unneeded for each in after.clocks} == {"medical": True, "order": False}


async def without_second_priority(governance: Governance, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city takes level 2 out of its protocol; what was of it is of level 3 from now on."""
    city = governance.runtime.city
    first, *others = (city.folder / "emergency_protocol.toml").read_text(encoding="utf-8").split("[[priorities]]")
    kept = "[[priorities]]".join([first, *(one for one in others if "level = 2" not in one)])
    (folder / "emergency_protocol.toml").write_text(kept.replace("priority = 2", "priority = 3"), encoding="utf-8")
    monkeypatch.setattr(governance.runtime, "city", replace(city, folder=folder))
