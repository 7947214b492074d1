"""The air, going all the ways that it can, so that each statement is looked at."""

from datetime import timedelta

from services.environment.air import timers
from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import air_pb2, datastreams_pb2, events_pb2, things_pb2
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    sensing = Sensing(served)
    station = await sensing.thing(kind=things_pb2.THING_KIND_AIR_STATION)
    await sensing.thing(kind=things_pb2.THING_KIND_AIR_STATION)
    pm10 = datastreams_pb2.OBSERVED_PROPERTY_PM10
    measured = await sensing.datastream(station, property=pm10, most=1000.0)
    await sensing.upload(measured, [(served.now - timedelta(hours=count), 60.0) for count in range(26)])
    await observation_timers.sum_up_hours(served.runtime)
    await timers.make_indices(served.runtime)
    found = await sensing.call(air_pb2.ListAirStationsRequest(page_size=1))
    await sensing.call(air_pb2.ListAirStationsRequest(page_size=1, page_token=found.next_page_token))
    await sensing.call(air_pb2.GetAirStationRequest(station=station.code))
    await sensing.happens(events_pb2.ThingMoved(id=station.id))
    served.now += timedelta(hours=1)
    retire = things_pb2.RetireThingRequest(
        request_id="retire-air", id=station.id, etag=station.etag, reason="Alat rusak dan ditarik."
    )
    await sensing.call(retire)
    await timers.make_indices(served.runtime)
    await timers.prune(served.runtime)


LIVES = {"air": _live}
