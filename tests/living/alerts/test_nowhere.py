"""What an officer closes and nothing runs: refused, for buses would go on where everybody is told that they do not."""

from typing import Any

import pytest

from smartcity.living.v1 import alerts_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.governance.conftest import RefusedError, request_id
from tests.living.alerts.passengers import DISHUB, Passengers, closed
from tests.society.pages import reader


async def _refused(call: Any) -> tuple[str, str]:
    """Why, and in which words."""
    with pytest.raises(RefusedError) as raised:
        await call
    return raised.value.reason, str(raised.value)


def _detour(route: str, *skipped: str) -> pb.ServiceAlertDetour:
    return pb.ServiceAlertDetour(route=route, skipped_stops=skipped)


@pytest.mark.parametrize("route", ["", "L"])
async def test_a_stretch_the_wrong_way_round_is_refused_with_the_right_one(passengers: Passengers, route: str) -> None:
    reason, words = await _refused(passengers.write(closed(route=route, from_stop="R", to_stop="Q")))
    assert (reason, "Q → R" in words) == ("STRETCH_REVERSED", True)


async def test_a_stretch_that_no_line_goes_is_refused(passengers: Passengers) -> None:
    reason, words = await _refused(passengers.write(closed(from_stop="Q", to_stop="U")))
    assert (reason, "Q → U" in words) == ("STRETCH_NOWHERE", True)


async def test_a_stretch_that_only_another_line_goes_is_refused(passengers: Passengers) -> None:
    reason, _ = await _refused(passengers.write(closed(route="M", from_stop="P", to_stop="Q")))
    assert reason == "STRETCH_NOWHERE"


async def test_a_stop_of_a_line_that_never_calls_there_is_refused(passengers: Passengers) -> None:
    reason, words = await _refused(passengers.write(closed(route="N", stop="Q")))
    assert (reason, "Q" in words) == ("STOP_OFF_LINE", True)


async def test_a_detour_that_leaves_out_a_stop_of_another_line_is_refused(passengers: Passengers) -> None:
    asked = passengers.write(pb.ServiceAlertEntity(route="M"), detours=[_detour("M", "Q")])
    assert (await _refused(asked))[0] == "STOP_OFF_LINE"


async def test_of_several_lines_with_a_stop_one_that_calls_there_is_enough(passengers: Passengers) -> None:
    """A form has lines and stops apart, and closes each of these on each of those."""
    assert await passengers.write(closed(route="L", stop="Q"), closed(route="N", stop="Q"))


async def test_of_several_lines_with_a_stretch_one_that_goes_there_is_enough(passengers: Passengers) -> None:
    stretch = {"from_stop": "P", "to_stop": "Q"}
    assert await passengers.write(closed(route="L", **stretch), closed(route="M", **stretch))


async def test_what_is_only_told_of_closes_nothing_and_is_not_refused(passengers: Passengers) -> None:
    assert await passengers.write(pb.ServiceAlertEntity(route="N", stop="Q"))


async def test_a_station_is_on_the_lines_of_its_platforms(passengers: Passengers) -> None:
    alert = await passengers.write(closed(route="L", stop="P"), detours=[_detour("M", "P", "U")])
    assert list(alert.touched.routes) == ["L", "M"]


async def test_a_draft_is_looked_at_again_by_the_timetable_in_which_it_is_published(passengers: Passengers) -> None:
    draft = await passengers.write(closed(route="L", stop="Q"))
    times = "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n" + "".join(
        f"{line}-{hour},{hour:02}:{20 + place}:00,{hour:02}:{20 + place}:00,{stop},{place}\n"
        for line, stops in (("L", "P1,U,R"), ("M", "P1,Q,R"), ("N", "P1,R"))
        for hour in range(6, 12)
        for place, stop in enumerate(stops.split(","))
    )
    await passengers.enter({"stop_times.txt": times})
    asked = pb.PublishServiceAlertRequest(request_id=request_id(), id=draft.id, etag=draft.etag)
    assert (await _refused(passengers.call(asked, DISHUB)))[0] == "STOP_OFF_LINE"


async def test_the_desk_says_at_the_end_of_a_stretch_which_way_buses_go(passengers: Passengers) -> None:
    entries = {"header": "Jalan ditutup", "stretch_from": "R", "stretch_to": "Q", "closes": "yes"}
    async with stand_before(passengers.served) as stand:
        officer = await reader(stand, DISHUB)
        page = await officer.send("/petugas/gangguan/baru", "alert-form", **entries)
        (said,) = page.xpath("//*[@id='stretch_to-error']")
        assert "Q → R" in said.text_content()
        await officer.client.aclose()
