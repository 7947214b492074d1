"""What closes a way between two stops closes it for all trips that go there, whatever other stops their line has."""

from datetime import timedelta

from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import journeys_pb2
from tests.living.alerts.passengers import Passengers, closed

BRANCHES: dict[str, str | bytes | None] = {
    "routes.txt": "route_id,agency_id,route_short_name,route_long_name,route_type\nK,A,K1,Pasar - Terminal,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n"
    + "".join(f"K,daily,K-{number},Timur,0,\n" for number in range(5)),
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    + "".join(
        f"K-{number},{time},{time},{stop},{place}\n"
        for number, stops in enumerate(("P1,Q,R", "P1,Q,R", "P1,Q,R", "P1,R", "P1,U,R"))
        for place, stop in enumerate(stops.split(","))
        for time in [f"08:{10 + number + 10 * place:02}:00"]
    ),
}
"""One line: most trips go over Q, one is an express without a stop between, one goes over U."""


async def _rides(passengers: Passengers) -> set[tuple[str, ...]]:
    """The stops of each ride that is offered."""
    legs = [leg for way in (await passengers.ways()).journeys for leg in way.legs if leg.HasField("ride")]
    return {tuple(call.place.stop for call in leg.ride.calls) for leg in legs}


async def test_what_drives_through_a_flood_is_closed_whatever_stops_its_line_has(passengers: Passengers) -> None:
    await passengers.enter(BRANCHES)
    await passengers.warn("siaga")
    await passengers.look()
    assert await _rides(passengers) == {("P1", "U", "R")}


async def test_nobody_is_sent_on_foot_through_a_flood(passengers: Passengers) -> None:
    asked = journeys_pb2.SearchJourneysRequest(origin="-7.0000,110.4040", destination="-7.0000,110.4150")
    asked.at.FromDatetime(passengers.served.now)
    assert any(len(way.legs) == 1 for way in (await passengers.call(asked)).journeys)
    await passengers.warn("siaga")
    await passengers.look()
    (flood,) = await passengers.listed()
    found = await passengers.call(asked)
    assert not any(len(way.legs) == 1 for way in found.journeys)
    assert [(one.id, one.avoided) for one in found.alerts] == [(flood.id, True)]


async def test_a_stretch_is_closed_on_all_ways_that_a_line_goes_between_its_ends(passengers: Passengers) -> None:
    await passengers.enter(BRANCHES)
    await passengers.publish(closed(from_stop="P", to_stop="R"))
    assert await _rides(passengers) == set()


async def test_journeys_of_another_day_are_told_what_holds_then_and_not_what_holds_now(passengers: Passengers) -> None:
    await passengers.warn("waspada")
    tomorrow = pb.ServiceAlertPeriod()
    tomorrow.start_time.FromDatetime(passengers.served.now + timedelta(hours=20))
    tomorrow.end_time.FromDatetime(passengers.served.now + timedelta(hours=40))
    carnival = await passengers.publish(pb.ServiceAlertEntity(route="N"), periods=[tomorrow])
    (flood,) = [one for one in await passengers.listed() if one.id != carnival.id]
    told = [[one.id for one in (await passengers.ways(days)).alerts] for days in (0, 1, 2)]
    assert told == [[flood.id], [carnival.id], []]
    (shown,) = (await passengers.ways(1)).alerts
    assert list(shown.periods) == [tomorrow]


async def test_a_stretch_touches_the_lines_that_go_there_and_the_stops_between(passengers: Passengers) -> None:
    alert = await passengers.publish(closed(from_stop="P", to_stop="R"))
    assert list(alert.touched.routes) == ["L", "M", "N"]
    assert set(alert.touched.stops) == {"P1", "Q", "U", "R"}
    assert [one.id for one in await passengers.listed(stop="Q")] == [alert.id]


async def test_a_stretch_of_one_line_touches_no_stop_between_of_another(passengers: Passengers) -> None:
    alert = await passengers.publish(closed(route="L", from_stop="P", to_stop="R"))
    assert list(alert.touched.routes) == ["L"]
    assert set(alert.touched.stops) == {"P1", "Q", "R"}
