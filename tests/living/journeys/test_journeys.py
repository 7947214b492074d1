"""Journeys over the real server, from the process that has the timetable."""

import asyncio
import os
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from google.protobuf.timestamp_pb2 import Timestamp

from deploy.faults import living
from observability import semconv
from services.living.journeys.actions import place
from services.living.journeys.gauges import GAUGES
from services.living.journeys.model import Answer, Question
from services.living.resources import resources
from smartcity.living.v1 import departures_pb2
from smartcity.living.v1 import journeys_pb2 as pb
from tests.fixtures.edge import edge_before
from tests.governance.conftest import RefusedError
from tests.living.journeys.transit import CAIRNS_NOW, Transit

CENTRE, PALM_COVE = "-16.9203,145.7710", "-16.7436,145.6682"
"""Two ends of the longest line of Cairns."""


def stamp(at: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(at)
    return made


async def test_ways_across_cairns_are_told_in_full(cairns_town: Transit) -> None:
    """Distinct ways, each leg where the last ended, on lines of the feed's shapes, walks labelled as guesses."""
    found = await cairns_town.call(pb.SearchJourneysRequest(origin=CENTRE, destination=PALM_COVE))
    assert 1 <= len(found.journeys) <= 5
    assert not found.made_up
    for journey in found.journeys:
        assert journey.start_time.ToDatetime(UTC) >= CAIRNS_NOW
        assert journey.transfers == sum(leg.HasField("ride") for leg in journey.legs) - 1
        assert not journey.estimated
        for before, after in zip(journey.legs, list(journey.legs)[1:], strict=False):
            assert before.destination == after.origin
            assert before.end_time.ToDatetime() <= after.start_time.ToDatetime()
        for leg in journey.legs:
            assert len(leg.line.lons) == len(leg.line.lats) >= 2
            if leg.HasField("ride"):
                assert leg.ride.basis == departures_pb2.DEPARTURE_BASIS_SCHEDULED
                assert leg.line_basis == pb.LINE_BASIS_SHAPE
                assert len(leg.ride.calls) >= 2
            else:
                assert leg.walk_basis == pb.WALK_BASIS_STRAIGHT_LINE
    beaten = [
        (a, b)
        for a in found.journeys
        for b in found.journeys
        if a is not b
        and a.start_time.ToDatetime() >= b.start_time.ToDatetime()
        and a.end_time.ToDatetime() <= b.end_time.ToDatetime()
        and a.transfers <= b.transfers
    ]
    assert beaten == []


async def test_one_arrives_in_time(cairns_town: Transit) -> None:
    """And as late as can be: an hour later one would be late."""
    by = CAIRNS_NOW + timedelta(hours=3)
    request = pb.SearchJourneysRequest(origin=CENTRE, destination=PALM_COVE, at=stamp(by), arrive_by=True)
    found = await cairns_town.call(request)
    assert found.journeys
    assert all(one.end_time.ToDatetime(UTC) <= by for one in found.journeys)


async def test_why_there_is_no_way_is_told(cairns_town: Transit) -> None:
    """Each reason there is, and refusals that name the field."""

    async def missing(**fields: Any) -> int:
        request = pb.SearchJourneysRequest(**{"origin": CENTRE, "destination": PALM_COVE, **fields})
        found = await cairns_town.call(request)
        assert not found.journeys
        return int(found.missing)

    assert await missing(origin="-16.0,145.0") == pb.NO_JOURNEY_ORIGIN_FAR
    assert await missing(destination="-16.0,145.0") == pb.NO_JOURNEY_DESTINATION_FAR
    assert await missing(at=stamp(datetime(2026, 1, 1, tzinfo=UTC))) == pb.NO_JOURNEY_OUTSIDE_SERVICE
    assert await missing(accessible=True) == pb.NO_JOURNEY_NOT_ACCESSIBLE
    assert await missing(origin="750000", destination="750000") == pb.NO_JOURNEY_SAME_PLACE
    for fields, reason in (
        ({"origin": "nowhere"}, "ORIGIN_NOT_FOUND"),
        ({"destination": "nowhere"}, "DESTINATION_NOT_FOUND"),
        ({"origin": "95,200"}, "ORIGIN_INVALID"),
    ):
        with pytest.raises(RefusedError) as refused:
            await missing(**fields)
        assert refused.value.reason == reason


async def test_at_the_edge_lines_are_geojson(cairns_town: Transit) -> None:
    """And points may be given as a map has them."""
    async with edge_before(cairns_town.served) as client:
        answer = await client.get(
            "/v1/journeys", params={"from": CENTRE, "to": PALM_COVE, "at": CAIRNS_NOW.isoformat()}
        )
        assert answer.status_code == 200, answer.text
        (first, *_) = answer.json()["journeys"]
        assert all(leg["line"]["type"] == "LineString" for leg in first["legs"])
        assert all(len(point) == 2 for leg in first["legs"] for point in leg["line"]["coordinates"])
        refused = await client.get("/v1/journeys", params={"from": "nowhere", "to": PALM_COVE})
        assert refused.status_code == 404
        assert refused.json()["reason"] == "ORIGIN_NOT_FOUND"


async def test_semarang_is_told_as_estimates_with_fares(semarang: Transit) -> None:
    """Lines by headway, made up as the whole feed is, and what each class pays."""
    found = await semarang.call(pb.SearchJourneysRequest(origin="Terminal Mangkang", destination="-6.9837,110.4105"))
    assert found.made_up
    (first, *_) = found.journeys
    assert first.estimated
    rides = [leg.ride for leg in first.legs if leg.HasField("ride")]
    assert all(ride.basis == departures_pb2.DEPARTURE_BASIS_HEADWAY for ride in rides)
    assert all(ride.headway_seconds > 0 for ride in rides)
    told = {(one.rider_name, one.medium): one.price.units for one in first.fares}
    assert 3_500 * len(rides) in told.values()
    assert 1_000 * len(rides) in told.values()
    assert {one.price.currency for one in first.fares} == {"IDR"}


async def test_no_feed_says_so(bare: Transit) -> None:
    """In a city that has none."""
    await resources(bare.served.runtime).keeper.look()
    with pytest.raises(RefusedError) as refused:
        await bare.call(pb.SearchJourneysRequest(origin=CENTRE, destination=PALM_COVE))
    assert refused.value.reason == "FEED_NOT_FOUND"


async def test_a_process_that_was_killed_is_started_again(cairns_town: Transit) -> None:
    """Who asks meanwhile is told to try again; then the same answers come."""
    keeper = resources(cairns_town.served.runtime).keeper
    request = pb.SearchJourneysRequest(origin=CENTRE, destination=PALM_COVE)
    before = await cairns_town.call(request)
    assert keeper.process is not None
    keeper.process.kill()
    await keeper.process.ended()
    with pytest.raises(RefusedError) as refused:
        await cairns_town.call(request)
    assert refused.value.reason in {"PLANNER_GONE", "TIMETABLE_LOADING"}
    await keeper.look()
    assert await cairns_town.call(request) == before
    readings = await GAUGES.read(cairns_town.served.runtime)
    assert readings[semconv.PLANNER_BEHIND] == [(0.0, {})]
    assert [value > 1_000_000 for value, _ in readings[semconv.PLANNER_MEMORY]] == [True]


async def test_another_feed_takes_its_place_without_a_failure(cairns_town: Transit) -> None:
    """Who asks all the while is answered, by the old or by the new, and the old process ends."""
    keeper = resources(cairns_town.served.runtime).keeper
    assert keeper.process is not None
    old, over, failed = keeper.process, asyncio.Event(), list[RefusedError]()

    async def ask() -> None:
        while not over.is_set():
            try:
                await cairns_town.call(departures_pb2.ListDeparturesRequest(stop="750000"))
            except RefusedError as error:
                # The other feed has no such stop: an answer, not a failure.
                if error.reason != "STOP_NOT_FOUND":
                    failed.append(error)

    asking = [asyncio.create_task(ask()) for _ in range(3)]
    await cairns_town.enter_semarang()
    assert keeper.process is not old
    over.set()
    await asyncio.gather(*asking)
    assert failed == []
    async with asyncio.timeout(10):
        await old.ended()


async def test_a_timetable_that_cannot_be_loaded_is_told(cairns_town: Transit) -> None:
    """As the fault does it; the one before goes on answering meanwhile."""
    runtime = cairns_town.served.runtime
    keeper = resources(runtime).keeper
    request = departures_pb2.ListDeparturesRequest(stop="750000")
    try:
        for statement in living.UNPLANNED:
            await cairns_town.served.admin.execute(statement)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await keeper.look()
        ((behind, _),) = (await GAUGES.read(runtime))[semconv.PLANNER_BEHIND]
        assert behind > 0
        await cairns_town.call(request)
    finally:
        for statement in living.PLANNED:
            await cairns_town.served.admin.execute(statement)
    await keeper.look()
    assert (await GAUGES.read(runtime))[semconv.PLANNER_BEHIND] == [(0.0, {})]


async def test_a_timetable_whose_words_cannot_be_read_leaves_no_process_behind(
    cairns_town: Transit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is tried."""
    keeper = resources(cairns_town.served.runtime).keeper
    assert keeper.process is not None
    keeper.process.kill()
    await keeper.process.ended()
    before = _planners()

    async def away(*_: object) -> None:
        raise ConnectionError

    with monkeypatch.context() as patched:
        patched.setattr("services.living.apart.keeping.feeds.all_words", away)
        for _ in range(2):
            with pytest.raises(ConnectionError):
                await keeper.look()
    assert _planners() == before
    await keeper.look()
    assert len(_planners()) == len(before) + 1


def _planners() -> set[str]:
    """Numbers of the processes that this one has started for timetables."""
    started = {pid for path in Path("/proc/self/task").glob("*/children") for pid in path.read_text().split()}
    return {pid for pid in started if b"services.living.planner.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()}


async def test_a_process_that_hangs_is_ended(cairns_town: Transit, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits is told so, and another is started."""
    keeper = resources(cairns_town.served.runtime).keeper
    process = keeper.process
    assert process is not None
    monkeypatch.setattr("services.living.apart.running.PATIENCE_S", 0.2)
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(RefusedError) as refused:
        await cairns_town.call(departures_pb2.ListDeparturesRequest(stop="750000"))
    assert refused.value.reason in {"PLANNER_GONE", "TIMETABLE_LOADING"}
    async with asyncio.timeout(10):
        await process.ended()
    monkeypatch.undo()
    await keeper.look()
    assert (await cairns_town.call(departures_pb2.ListDeparturesRequest(stop="750000"))).departures is not None


async def test_who_asks_and_hangs_up_keeps_nobody_waiting(cairns_town: Transit) -> None:
    """Before: each of their questions was answered before anybody else's, for seconds."""
    process = resources(cairns_town.served.runtime).keeper.process
    assert process is not None
    origin, target = (place(each, "from", "ORIGIN_INVALID") for each in (CENTRE, PALM_COVE))
    question = Question(origin, target, int(CAIRNS_NOW.timestamp()))
    before = process.asked
    crowd = [asyncio.create_task(process.ask("journeys", question, Answer)) for _ in range(16)]
    await asyncio.sleep(0)
    for one in crowd:
        one.cancel()
    await asyncio.gather(*crowd, return_exceptions=True)
    await cairns_town.call(departures_pb2.ListDeparturesRequest(stop="750000"))
    assert process.asked - before <= 2
