"""What measures, going all the ways that it can, so that each statement is looked at."""

import json
from datetime import timedelta
from typing import Any

from services.environment.ingest import hot
from services.environment.ingest import timers as ingest_timers
from services.environment.ingest.model import Arrived
from services.environment.observations import timers
from smartcity.environment.v1 import datastreams_pb2, devices_pb2, events_pb2, observations_pb2, things_pb2
from tests.environment.conftest import DLH, POINT
from tests.environment.sensing import REASON, SINCE, Sensing, stamp
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id


async def _live(served: Served) -> None:
    sensing = Sensing(served)
    thing, other = await sensing.thing(), await sensing.thing()
    level, _ = await sensing.datastream(thing), await sensing.datastream(thing, name="second")
    rain = datastreams_pb2.OBSERVED_PROPERTY_RAINFALL
    await sensing.datastream(other, property=rain)
    await _lists(sensing, thing, other, rain)
    await _readings(sensing, level)
    await _devices(sensing, thing, other)
    move = things_pb2.MoveThingRequest(
        request_id=request_id(), id=thing.code, etag=thing.etag, location=POINT, note=REASON
    )
    moved = (await sensing.call(move)).thing
    retire = things_pb2.RetireThingRequest(request_id=request_id(), id=thing.id, etag=moved.etag, reason=REASON)
    await sensing.call(retire)
    await sensing.happens(events_pb2.ThingRetired(id=thing.id, code=thing.code))


async def _lists(sensing: Sensing, thing: things_pb2.Thing, other: things_pb2.Thing, rain: Any) -> None:
    await sensing.call(things_pb2.GetThingRequest(id=thing.id))
    await sensing.call(datastreams_pb2.ListObservedPropertiesRequest())
    for request in (
        things_pb2.ListThingsRequest(page_size=1),
        things_pb2.ListThingLocationsRequest(page_size=1),
        things_pb2.ListThingsRequest(page_size=1, kinds=[things_pb2.THING_KIND_RIVER_GAUGE]),
        things_pb2.ListThingsRequest(page_size=1, area="33.74.01.1007"),
        things_pb2.ListThingsRequest(page_size=1, area="33.74.01"),
        things_pb2.ListThingsRequest(page_size=1, agency="dpu"),
        datastreams_pb2.ListDatastreamsRequest(page_size=1),
        datastreams_pb2.ListDatastreamsRequest(page_size=1, things=[thing.id]),
        datastreams_pb2.ListDatastreamsRequest(page_size=1, properties=[rain]),
        datastreams_pb2.ListDatastreamsRequest(page_size=1, things=[thing.id, other.code]),
    ):
        found = await sensing.call(request)
        request.page_token = found.next_page_token
        await sensing.call(request)


async def _readings(sensing: Sensing, level: datastreams_pb2.Datastream) -> None:
    now = sensing.served.now
    await sensing.upload(level, [(now - timedelta(hours=2), 1.0), (now, 2.0), (now - timedelta(minutes=1), 3.0)])
    await sensing.calibrated(level, 1.1)
    fresh = await sensing.read(level)
    datum = datastreams_pb2.SetDatumRequest(
        request_id=request_id(), id=level.id, etag=fresh.etag, since=stamp(SINCE), height=-0.4, reason=REASON
    )
    await sensing.call(datum)
    asked = observations_pb2.ListObservationsRequest(datastream=level.id, page_size=1)
    asked.page_token = (await sensing.call(asked)).next_page_token
    await sensing.call(asked)
    oldest = observations_pb2.ListObservationsRequest(datastream=level.id, page_size=1, oldest_first=True)
    oldest.page_token = (await sensing.call(oldest)).next_page_token
    await sensing.call(oldest)
    await sensing.call(observations_pb2.GetObservationCountRequest(datastream=level.id))
    for seconds in (60, 3600):
        await sensing.call(observations_pb2.ListSeriesRequest(datastreams=[level.id], seconds=seconds))
    await timers.sum_up_hours(sensing.served.runtime)


async def _devices(sensing: Sensing, thing: things_pb2.Thing, other: things_pb2.Thing) -> None:
    device = (await sensing.device(thing)).device
    await sensing.device(thing, name=f"{thing.code}-2")
    message = {"boot": 1, "seq": 0, "sent": 0, "series": []}
    arrived = Arrived(device.id, json.dumps(message).encode(), sensing.served.now)
    async with sensing.served.runtime.transaction() as tx:
        await hot.take(tx, hot.Memory(), [arrived])
    await ingest_timers.prune(sensing.served.runtime)
    await sensing.call(devices_pb2.GetDeviceRequest(id=device.id))
    rotate = devices_pb2.RotateDeviceRequest(request_id=request_id(), id=device.id, etag=device.etag)
    rotated = (await sensing.call(rotate)).device
    revoke = devices_pb2.RevokeDeviceRequest(request_id=request_id(), id=device.id, etag=rotated.etag, reason=REASON)
    await sensing.call(revoke)
    for caller in (None, DLH):
        asked = devices_pb2.ListDevicesRequest(page_size=1, things=[thing.id])
        found = await sensing.call(asked, *([caller] if caller else []))
        asked.page_token = found.next_page_token
        await sensing.call(asked, *([caller] if caller else []))
    await sensing.call(devices_pb2.ListDevicesRequest())
    await sensing.call(devices_pb2.ListDevicesRequest(things=[thing.id, other.id]))


LIVES = {"observations": _live}
