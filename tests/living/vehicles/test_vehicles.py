"""Vehicles over the real server: registered, told where they are, silent after 90 seconds, read as GTFS Realtime."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as rt
from msgspec import structs

from deploy.simulator.driving import lines, names, seen
from observability import semconv
from services.kit.caller import Caller, Scope
from services.living.making.profile import network_of
from services.living.positions import timers
from services.living.progress import gauges, store
from services.living.progress.model import run_of
from services.living.tracking.model import Progress
from services.living.vehicles import actions
from services.living.vehicles import store as vehicles
from smartcity.living.v1 import departures_pb2
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.governance.conftest import ADMIN, RefusedError, request_id
from tests.living.vehicles.fleet import DISHUB, DLH, OPERATOR, REASON, STRANGER, TRANS, Fleet

HERE, FAR, ABROAD = (-6.99, 110.40), (-6.99, 110.50), (-7.80, 110.36)
_CALLS = """
SELECT c.sequence, s.id
  FROM living.stop_time c
  JOIN living.trip t ON t.feed = c.feed AND t.number = c.trip
  JOIN living.stop s ON s.feed = c.feed AND s.number = c.stop
 WHERE t.id = $1
"""


async def _k1(fleet: Fleet) -> tuple[Any, list[tuple[float, float]]]:
    """The line K1 and the first stops of one of its ways."""
    network = network_of(fleet.served.runtime.city)
    assert network is not None
    line = next(one for one in lines(network) if one.route == "K1")
    return line, [(leg.one.lat, leg.one.lon) for leg in line.ways[0]]


async def test_officers_of_transport_register_and_the_plate_is_theirs_alone(fleet: Fleet) -> None:
    """Others are told that their agency runs no vehicles; nobody but the agency sees the registration."""
    made = await fleet.register("ts-1", accessible=departures_pb2.TRANSIT_ACCESS_YES)
    assert (made.agency, made.plate, made.accessible) == ("blu-trans-semarang", "H 1234 XY", 2)
    for caller, reason in ((DLH, "NOT_AN_OPERATOR"), (ADMIN, "AGENCY_REQUIRED"), (TRANS, "NAME_TAKEN")):
        with pytest.raises(RefusedError) as refused:
            await fleet.register("ts-1", caller)
        assert refused.value.reason == reason
    with pytest.raises(RefusedError) as refused:
        await fleet.call(pb.GetVehicleRegistrationRequest(id="ts-1"), DISHUB)
    assert refused.value.reason == "VEHICLE_NOT_FOUND"
    shown = await fleet.vehicle("ts-1")
    assert (shown.label, shown.state, shown.capacity) == ("TS-1", pb.VEHICLE_STATE_SILENT, 40)
    assert "H 1234" not in str(shown)


async def test_nothing_of_a_feed_is_newer_than_the_feed_though_a_vehicles_clock_is_ahead(fleet: Fleet) -> None:
    await fleet.register("ts-1")
    _, ways = await _k1(fleet)
    for ahead, (lat, lon) in ((0, ways[2]), (45, ways[4])):
        fleet.served.pass_time(seconds=60)
        request = pb.ReportPositionsRequest()
        position = request.positions.add(vehicle="ts-1", lat=lat, lon=lon, route="K1")
        position.time.FromDatetime(fleet.served.now + timedelta(seconds=ahead))
        await fleet.call(request, OPERATOR)
        await fleet.follow()
    now = int(fleet.served.now.timestamp())
    positions = rt.FeedMessage.FromString((await fleet.call(pb.GetPositionFeedRequest())).content)
    assert [one.vehicle.timestamp for one in positions.entity] == [positions.header.timestamp] == [now]
    updates = rt.FeedMessage.FromString((await fleet.call(pb.GetTripUpdateFeedRequest())).content)
    assert [one.trip_update.timestamp for one in updates.entity] == [updates.header.timestamp] == [now]


async def test_what_is_painted_on_a_vehicle_is_nobodys_number(fleet: Fleet) -> None:
    with pytest.raises(RefusedError) as refused:
        await fleet.register("ts-1", label="0812 3456 7890")
    assert refused.value.reason == "WORDS_PERSONAL"


async def test_what_was_typed_wrong_is_corrected_by_who_saw_it_last(fleet: Fleet) -> None:
    """Everybody sees label, seats and whether a wheelchair can; an event tells who heard of the registration."""
    await fleet.register("ts-1", plate="H 12 ABCD")
    update = pb.UpdateVehicleRequest(
        request_id=request_id(), id="ts-1", etag="1", label=" TS  1 ", plate="H 1234 XY", capacity=60,
        accessible=departures_pb2.TRANSIT_ACCESS_YES,
    )  # fmt: skip
    made = (await fleet.call(update, TRANS)).registration
    assert (made.label, made.plate, made.capacity, made.etag) == ("TS 1", "H 1234 XY", 60, "2")
    shown = await fleet.vehicle("ts-1")
    assert (shown.label, shown.accessible, shown.capacity) == ("TS 1", departures_pb2.TRANSIT_ACCESS_YES, 60)
    *_, told = await fleet.served.outbox()
    assert (told["type"].rpartition(".")[2], told["version"], b"H 1234" in told["payload"]) == (
        "VehicleUpdated", 2, False
    )  # fmt: skip
    for caller, reason in ((TRANS, "STALE_ETAG"), (DISHUB, "VEHICLE_NOT_FOUND")):
        update.request_id = request_id()
        with pytest.raises(RefusedError) as refused:
            await fleet.call(update, caller)
        assert refused.value.reason == reason


async def test_a_retired_name_is_free_for_its_agency_again_and_passwords_of_before_are_of_no_use(fleet: Fleet) -> None:
    await fleet.register("ts-1")
    async with fleet.served.runtime.transaction(TRANS, Scope.OWN_AGENCY) as tx:
        await actions.issue_credential(tx, "ts-1", "1")
    retire = pb.RetireVehicleRequest(request_id=request_id(), id="ts-1", etag="2", reason=REASON)
    await fleet.call(retire, TRANS)
    with pytest.raises(RefusedError) as refused:
        await fleet.register("ts-1", DISHUB)
    assert refused.value.reason == "NAME_TAKEN", "it is another's bus"
    again = await fleet.register("ts-1", label="TS-1B")
    assert (again.etag, again.label, again.retire_reason, again.HasField("retire_time")) == ("4", "TS-1B", "", False)
    assert (again.generation, again.HasField("credential_revoke_time")) == (1, True)
    async with fleet.served.runtime.transaction(TRANS, Scope.OWN_AGENCY) as tx:
        assert await vehicles.senders(tx, ["ts-1"]) == set()
        assert (await actions.issue_credential(tx, "ts-1", "4")).generation == 2
        assert await vehicles.senders(tx, ["ts-1"]) == {"ts-1"}
    assert await fleet.report(("ts-1", *HERE)) == ["STORED"]


async def test_each_position_is_answered_for_itself(fleet: Fleet) -> None:
    """Of one report: taken, repeated, older, of nobody's, ahead of time, too old, too far, impossibly fast."""
    await fleet.register("ts-1")
    await fleet.register("dh-1", DISHUB)
    assert await fleet.report(("ts-1", *HERE), ("dh-1", *HERE), ("nobody", *HERE)) == [
        "STORED",
        "VEHICLE_UNKNOWN",
        "VEHICLE_UNKNOWN",
    ]
    assert await fleet.report(("ts-1", *HERE), caller=STRANGER) == ["VEHICLE_UNKNOWN"]
    nobodys = Caller("lost-avl", frozenset({"operator"}))
    assert await fleet.report(("ts-1", *HERE), caller=nobodys) == ["VEHICLE_UNKNOWN"]
    assert await fleet.report(("ts-1", *HERE)) == ["OLDER"]
    assert await fleet.report(("ts-1", *HERE), ago=30) == ["OLDER"]
    assert await fleet.report(("ts-1", *HERE), ago=-61) == ["TIME_IN_FUTURE"]
    assert await fleet.report(("ts-1", *HERE), ago=3_601) == ["TIME_TOO_OLD"]
    assert await fleet.report(("ts-1", *ABROAD), ago=-10) == ["OUTSIDE"]
    assert await fleet.report(("ts-1", *FAR), ago=-10) == ["IMPROBABLE"]
    assert (await fleet.vehicle("ts-1")).improbable
    retire = pb.RetireVehicleRequest(request_id=request_id(), id="ts-1", etag="1", reason=REASON)
    assert (await fleet.call(retire, TRANS)).registration.retire_reason == REASON
    fleet.served.pass_time(seconds=20)
    assert await fleet.report(("ts-1", *HERE)) == ["VEHICLE_UNKNOWN"]
    with pytest.raises(RefusedError) as refused:
        await fleet.vehicle("ts-1")
    assert refused.value.reason == "VEHICLE_NOT_FOUND"


async def test_reports_at_once_are_committed_together_and_the_newest_stays(fleet: Fleet) -> None:
    """Twenty systems, some with the same bus: where it is, is what the newest says; its track has each moment once."""
    await fleet.register("ts-1")
    answers = await asyncio.gather(*(fleet.report(("ts-1", *HERE), ago=ago % 10) for ago in range(20)))
    assert sum(answer == ["STORED"] for answer in answers) <= 10
    told = (await fleet.vehicle("ts-1")).position_time.ToDatetime(UTC)
    assert told == fleet.served.now
    tracks = await fleet.served.admin.fetchval("SELECT count(DISTINCT at) = count(*) FROM living.vehicle_track")
    assert tracks


async def test_tracks_go_after_a_week_and_no_sooner(fleet: Fleet) -> None:
    """By day, whole days at once; two days stay, whatever the clock says."""
    admin = fleet.served.admin
    await admin.execute("SELECT living.make_track_day(current_date - away) FROM unnest(ARRAY[9, 8, 7, 3]) AS away")
    fleet.served.now = datetime.now(UTC)
    await timers.keep_days(fleet.served.runtime)
    assert await admin.fetchval("SELECT to_regclass($1)", "living.vehicle_track_" + _day(8)) is None
    assert await admin.fetchval("SELECT to_regclass($1)", "living.vehicle_track_" + _day(7)) is not None
    fleet.served.pass_time(days=400)
    await timers.keep_days(fleet.served.runtime)
    assert await admin.fetchval("SELECT to_regclass($1)", "living.vehicle_track_" + _day(3)) is None
    assert await admin.fetchval("SELECT to_regclass($1)", "living.vehicle_track_" + _day(0)) is not None


def _day(away: int) -> str:
    return (datetime.now(UTC).date() - timedelta(days=away)).strftime("%Y%m%d")


async def test_a_bus_is_live_for_ninety_seconds(fleet: Fleet) -> None:
    """At the stop ahead of it, with its age; by the timetable's run time from there. Then its line's headway is all."""
    _, stops = await _k1(fleet)
    await fleet.register("ts-1", simulated=True)
    (lat, lon), (further, along) = stops[3], stops[4]
    for ago, part in ((20, 0.2), (0, 0.5)):
        where = (lat + part * (further - lat), lon + part * (along - lon))
        assert await fleet.report(("ts-1", *where), ago=ago, route="K1") == ["STORED"]
        await fleet.follow()
    bus = await fleet.vehicle("ts-1")
    assert (bus.state, bus.route, bus.headway) == (pb.VEHICLE_STATE_LIVE, "K1", True)
    assert not bus.HasField("delay_seconds")
    stop = bus.calls[0].stop
    assert bus.calls[0].arrival_time.ToDatetime(UTC) > fleet.served.now
    live = [one for one in await fleet.board(stop) if one.basis == departures_pb2.DEPARTURE_BASIS_LIVE]
    assert [(one.vehicle, one.route, one.simulated) for one in live] == [("ts-1", "K1", True)]
    assert live[0].position_time.ToDatetime(UTC) == fleet.served.now
    fleet.served.pass_time(seconds=91)
    assert (await fleet.vehicle("ts-1")).state == pb.VEHICLE_STATE_SILENT
    basis = {one.basis for one in await fleet.board(stop)}
    assert basis == {departures_pb2.DEPARTURE_BASIS_HEADWAY}
    counted = await gauges.read(fleet.served.runtime)
    assert (counted[semconv.VEHICLES_LIVE], counted[semconv.VEHICLES_SILENT]) == ([(0, {})], [(1, {})])


async def test_the_days_buses_are_followed_and_read_back(fleet: Fleet) -> None:
    """The simulator's, over a quarter of an hour: their lines are found, and both feeds say the same as the API."""
    network = network_of(fleet.served.runtime.city)
    assert network is not None
    line = next(one for one in lines(network) if one.route == "K1")
    for bus, label in names(line):
        await fleet.register(bus, label=label, simulated=True)
    zone = fleet.served.runtime.city.timezone
    for _ in range(8):
        fleet.served.pass_time(seconds=20)
        told = list(seen(line, fleet.served.now.astimezone(zone)))
        fields = {one.bus: one for one in told}
        request = pb.ReportPositionsRequest()
        for one in fields.values():
            position = request.positions.add(vehicle=one.bus, lat=one.lat, lon=one.lon, route="K1", bearing=one.bearing)
            position.time.FromDatetime(fleet.served.now)
        await fleet.call(request, OPERATOR)
        await fleet.follow()
    vehicles = (await fleet.call(pb.ListVehiclesRequest(route="K1", page_size=200))).vehicles
    on_way = [one for one in vehicles if one.calls]
    assert len(on_way) >= 0.7 * len(told) > 5
    positions = rt.FeedMessage.FromString((await fleet.call(pb.GetPositionFeedRequest())).content)
    assert positions.header.gtfs_realtime_version == "2.0"
    assert positions.header.timestamp == int(fleet.served.now.timestamp())
    assert {one.id for one in positions.entity} >= {one.id for one in on_way}
    assert not any(one.vehicle.vehicle.license_plate for one in positions.entity)
    assert all(one.vehicle.vehicle.label.endswith(" (simulated)") for one in positions.entity)
    updates = rt.FeedMessage.FromString((await fleet.call(pb.GetTripUpdateFeedRequest())).content)
    by_bus = {one.trip_update.vehicle.id: one.trip_update for one in updates.entity}
    for one in on_way:
        update = by_bus[one.id]
        assert update.trip.schedule_relationship == rt.TripDescriptor.UNSCHEDULED
        assert update.trip.route_id == "K1"
        assert (update.trip.start_date, len(update.trip.start_time)) == ("20261124", 8)
        assert not update.HasField("delay")
        assert update.stop_time_update[0].stop_id == one.calls[0].stop
        assert update.stop_time_update[0].arrival.time == one.calls[0].arrival_time.seconds
        assert update.stop_time_update[0].arrival.uncertainty >= 30
        times = [each.arrival.time for each in update.stop_time_update]
        assert times == sorted(times)
        calls = await fleet.served.admin.fetch(_CALLS, update.trip.trip_id)
        of_feed = {row["sequence"]: row["id"] for row in calls}
        assert [of_feed[each.stop_sequence] for each in update.stop_time_update] == [
            each.stop_id for each in update.stop_time_update
        ]
    placed = [one.vehicle for one in positions.entity if one.vehicle.stop_id]
    assert placed
    assert all(one.current_stop_sequence for one in placed), "without it their status counts for nothing"
    async with fleet.served.runtime.snapshot() as tx:
        assert await store.delays(tx, fleet.served.now) == [], "headway trips have none"
    fleet.served.pass_time(minutes=31)
    asked = pb.ListVehiclesRequest(route="K1")
    assert list((await fleet.call(asked)).vehicles) == [], "who has been silent for so long is on no line any more"


async def test_two_buses_too_close_are_told(fleet: Fleet) -> None:
    """Both on one way, a minute apart where ten lie between two."""
    _, stops = await _k1(fleet)
    for bus in ("ts-1", "ts-2"):
        await fleet.register(bus)
    (lat, lon), (further, along) = stops[5], stops[6]
    for ago, parts in ((20, (0.1, 0.3)), (0, (0.4, 0.6))):
        told = [
            (bus, lat + part * (further - lat), lon + part * (along - lon))
            for bus, part in zip(("ts-1", "ts-2"), parts, strict=True)
        ]
        await fleet.report(*told, ago=ago, route="K1")
        await fleet.follow()
    assert (await fleet.vehicle("ts-1")).bunched_behind == "ts-2"
    assert (await fleet.vehicle("ts-2")).bunched_behind == ""


async def test_a_run_of_the_timetable_is_told_once(fleet: Fleet) -> None:
    """By the real vehicle that is nearest to it in time, of those taken for it."""
    now = fleet.served.now
    for bus in ("ts-0", "ts-1", "ts-2"):
        await fleet.register(bus, simulated=bus == "ts-0")
    timed = Progress("", "K1", "K1", "", "eight", start_day=now.date().isoformat(), start_second=28_800)
    delays = {"ts-0": 0, "ts-1": 540, "ts-2": -20}
    runs = [structs.replace(timed, vehicle=bus, delay=late) for bus, late in delays.items()]
    async with fleet.served.runtime.transaction() as tx:
        await store.save(tx, [run_of(one, 1, now, *HERE) for one in runs])
    async with fleet.served.runtime.snapshot() as tx:
        since = now - timedelta(minutes=1)
        assert [one.vehicle for one in await store.live(tx, "", since, 10)] == ["ts-2"]
        assert [one.delay for one in await store.delays(tx, since)] == [-20]


async def test_a_run_by_headway_is_told_once_and_not_before_it_has_begun(fleet: Fleet) -> None:
    """Who waits at the first stop begins another with each position, and all who wait there the same one."""
    now = fleet.served.now
    often = Progress("", "K1", "K1", "", "often", headway=600, start_day=now.date().isoformat(), start_second=28_800)
    begun = {"ts-0": (28_800, 10), "ts-1": (28_800, 10), "ts-2": (28_000, 900), "ts-3": (28_000, 900)}
    runs = []
    for bus, (second, metres) in begun.items():
        await fleet.register(bus)
        runs.append(structs.replace(often, vehicle=bus, start_second=second, metres=metres))
    async with fleet.served.runtime.transaction() as tx:
        await store.save(tx, [run_of(one, 1, now, *HERE) for one in runs])
    async with fleet.served.runtime.snapshot() as tx:
        assert [one.vehicle for one in await store.live(tx, "", now - timedelta(minutes=1), 10)] == ["ts-2"]
