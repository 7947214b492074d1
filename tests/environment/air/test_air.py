"""The index of a station: made each hour of what was measured, made anew when that changes, told when it matters."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.environment.air import timers
from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import air_pb2 as pb
from smartcity.environment.v1 import datastreams_pb2, events_pb2, things_pb2
from tests.environment.sensing import Sensing, stamp
from tests.environment.things.test_things import ELSEWHERE, NOTE, WHY
from tests.governance.conftest import MONDAY, refused, request_id

HOUR = timedelta(hours=1)
NEWEST = MONDAY - HOUR
"""The hour of the newest index at the pillar's time: the one that ends then is summed up a little later."""
PM10, SO2 = datastreams_pb2.OBSERVED_PROPERTY_PM10, datastreams_pb2.OBSERVED_PROPERTY_SO2


async def _station(sensing: Sensing, *properties: Any, code: str = "") -> dict[Any, datastreams_pb2.Datastream]:
    thing = await sensing.thing(code, kind=things_pb2.THING_KIND_AIR_STATION, name="Stasiun udara")
    return {each: await sensing.datastream(thing, name=f"p{each}", property=each, most=5000.0) for each in properties}


def _hours(values: Sequence[float], last: datetime = NEWEST) -> list[tuple[datetime, float]]:
    """A reading in each of the hours before ``last``, the oldest first."""
    return [(last - (len(values) - place) * HOUR, value) for place, value in enumerate(values)]


async def _tick(sensing: Sensing) -> None:
    await observation_timers.sum_up_hours(sensing.served.runtime)
    await timers.make_indices(sensing.served.runtime)


async def _measured(sensing: Sensing, values: Mapping[Any, Sequence[float]]) -> str:
    made = await _station(sensing, *values)
    for each, measured in values.items():
        await sensing.upload(made[each], _hours(measured))
    await _tick(sensing)
    return next(iter(made.values())).thing_code


async def _read(sensing: Sensing, station: str, **fields: Any) -> pb.GetAirStationResponse:
    found: pb.GetAirStationResponse = await sensing.call(pb.GetAirStationRequest(station=station, **fields))
    return found


async def _told(sensing: Sensing) -> list[tuple[str, int]]:
    """The categories that were told, each with the one before."""
    return [
        (pb.AirCategory.Name(one.index.category).removeprefix("AIR_CATEGORY_"), one.before)
        for one in await _events(sensing)
    ]


async def _events(sensing: Sensing) -> list[events_pb2.AirIndexChanged]:
    return [
        events_pb2.AirIndexChanged.FromString(row["payload"])
        for row in await sensing.served.outbox()
        if row["type"].endswith(".AirIndexChanged")
    ]


async def test_an_index_rests_on_the_mean_of_24_hours_and_names_the_worst(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [0.0] * 6 + [100.0] * 12 + [150.0] * 12, SO2: [52.0] * 24})
    found = (await _read(sensing, code)).station
    assert (found.index.value, found.index.category, found.index.worst) == (88, pb.AIR_CATEGORY_MODERATE, PM10)
    assert found.time.ToDatetime(MONDAY.tzinfo) == NEWEST
    assert [(one.property, one.mean, one.hours, one.value) for one in found.parts] == [
        (PM10, 125.0, 24, 88), (SO2, 52.0, 24, 50),
    ]  # fmt: skip
    assert [one.hours for one in found.missing] == [0] * 5


async def test_too_few_hours_tell_nothing_and_say_so(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [100.0] * 17, SO2: [52.0] * 18})
    found = (await _read(sensing, code)).station
    assert (found.index.value, found.index.worst) == (50, SO2)
    assert (found.missing[0].property, found.missing[0].hours) == (PM10, 17)


async def test_without_enough_hours_there_is_no_index(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [100.0] * 17})
    found = await _read(sensing, code)
    assert not found.station.HasField("index")
    assert found.station.HasField("time")
    assert [one.HasField("index") for one in found.history] == [False] * 17
    assert await _told(sensing) == []


async def test_a_station_that_has_measured_nothing_is_listed_and_says_so(sensing: Sensing) -> None:
    await _station(sensing, PM10, code="udara-baru")
    await _tick(sensing)
    found = await sensing.call(pb.ListAirStationsRequest())
    (station,) = found.stations
    assert (station.code, station.HasField("time"), len(station.missing)) == ("udara-baru", False, 7)
    assert (found.table.version, found.table.least_hours) == ("P.14/2020", 18)
    assert "400" in found.table.doubt


async def test_history_has_each_hour_and_can_be_asked_for_by_time(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [50.0] * 24 + [150.0] * 24})
    found = [one.index.value for one in (await _read(sensing, code)).history]
    assert len(found) == 48
    assert (found[23], found[-1]) == (50, 100)
    assert found[17:] == sorted(found[17:])
    with refused("TIME_INVALID"):
        await _read(sensing, code, start_time=stamp(NEWEST - timedelta(days=60)))


async def test_what_changes_the_category_is_told_once(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [100.0] * 24})
    await _tick(sensing)
    assert await _told(sensing) == [("MODERATE", pb.AIR_CATEGORY_UNSPECIFIED)]
    assert (await _read(sensing, code)).station.index.value == 75


async def test_a_loggers_late_readings_make_the_indices_since_anew(sensing: Sensing) -> None:
    made = (await _station(sensing, PM10))[PM10]
    await sensing.upload(made, _hours([40.0] * 20))
    await _tick(sensing)
    late = [(NEWEST - timedelta(days=3) + place * HOUR, 90.0) for place in range(30)]
    await sensing.upload(made, late)
    await _tick(sensing)
    history = (await _read(sensing, made.thing_code, start_time=stamp(NEWEST - timedelta(days=4)))).history
    by_hour = {one.time.ToDatetime(MONDAY.tzinfo): one.index.value for one in history}
    assert by_hour[NEWEST - timedelta(days=3) + 24 * HOUR] == 70
    assert by_hour[NEWEST] == 40


async def test_a_calibration_that_reaches_back_makes_them_anew_and_tells(sensing: Sensing) -> None:
    made = (await _station(sensing, PM10))[PM10]
    await sensing.upload(made, _hours([45.0] * 24))
    await _tick(sensing)
    await sensing.calibrated(made, 2.0)
    await _tick(sensing)
    assert (await _read(sensing, made.thing_code)).station.index.value == 70
    assert await _told(sensing) == [("GOOD", 0), ("MODERATE", pb.AIR_CATEGORY_GOOD)]


async def test_hours_that_were_missed_are_made_up_for(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [45.0] * 24})
    sensing.served.pass_time(days=5)
    await _tick(sensing)
    found = await _read(sensing, code, start_time=stamp(NEWEST - HOUR), end_time=stamp(NEWEST + timedelta(days=6)))
    assert len(found.history) == 25
    assert not found.station.HasField("index")
    assert (await _told(sensing))[-1] == ("UNSPECIFIED", pb.AIR_CATEGORY_GOOD)


async def test_a_thing_that_is_no_air_station_has_no_index(sensing: Sensing) -> None:
    thing = await sensing.thing()
    with refused("AIR_STATION_NOT_FOUND"):
        await _read(sensing, thing.code)


async def test_the_air_of_a_retired_station_is_told_no_more(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [200.0] * 24})
    thing = (await sensing.call(things_pb2.GetThingRequest(id=code))).thing
    await sensing.call(things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, reason=WHY))
    for _ in range(2):
        sensing.served.pass_time(hours=1)
        await _tick(sensing)
        assert await _told(sensing) == [("UNHEALTHY", 0), ("UNSPECIFIED", pb.AIR_CATEGORY_UNHEALTHY)]
    (*_, newest) = await _events(sensing)
    assert not newest.HasField("index")
    found = await _read(sensing, code)
    assert not found.station.HasField("index")
    assert found.history


async def test_a_retired_station_that_a_process_of_the_version_before_passed_over_is_told_no_more_either(
    sensing: Sensing,
) -> None:
    code = await _measured(sensing, {PM10: [200.0] * 24})
    thing = (await sensing.call(things_pb2.GetThingRequest(id=code))).thing
    await sensing.call(things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=thing.etag, reason=WHY))
    await sensing.served.admin.execute("UPDATE environment.air_station SET due = 'infinity'")
    await timers.prune(sensing.served.runtime)
    await _tick(sensing)
    assert await _told(sensing) == [("UNHEALTHY", 0), ("UNSPECIFIED", pb.AIR_CATEGORY_UNHEALTHY)]


async def test_the_air_of_a_moved_station_is_told_of_where_it_stands(sensing: Sensing) -> None:
    code = await _measured(sensing, {PM10: [200.0] * 24})
    thing = (await sensing.call(things_pb2.GetThingRequest(id=code))).thing
    request = things_pb2.MoveThingRequest(
        request_id=request_id(), id=thing.id, etag=thing.etag, location=ELSEWHERE, note=NOTE
    )
    moved = (await sensing.call(request)).thing
    await sensing.happens(events_pb2.ThingMoved(id=thing.id, code=code))
    assert [(one.area.code, one.index.value) for one in await _events(sensing)] == [
        (thing.area.code, 125), (moved.area.code, 125),
    ]  # fmt: skip


async def test_a_moved_station_without_air_tells_nothing(sensing: Sensing) -> None:
    thing = await sensing.thing(kind=things_pb2.THING_KIND_AIR_STATION)
    await sensing.happens(events_pb2.ThingMoved(id=thing.id, code=thing.code))
    assert await _events(sensing) == []
