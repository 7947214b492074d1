"""Things, datastreams and devices made for tests, over the pillar's own RPCs."""

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp

from services.environment.pillar import PILLAR
from services.kit.caller import Caller
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import datastreams_pb2, devices_pb2, events_pb2, observations_pb2, things_pb2
from tests.environment.conftest import DPU, POINT
from tests.fixtures.pillars import Served
from tests.governance.conftest import MONDAY, RefusedError, request_id

SINCE = MONDAY - timedelta(days=7, hours=2)
REASON = "Dibandingkan dengan mistar ukur."
_codes = count(1)


def stamp(at: datetime) -> Timestamp:
    """A moment as messages have it."""
    made = Timestamp()
    made.FromDatetime(at)
    return made


@dataclass
class Sensing:
    """The running pillar, as agencies that measure use it."""

    served: Served

    async def call(self, request: Any, caller: Caller = DPU) -> Any:
        """Calls the RPC that takes a request."""
        name = type(request).__name__.removesuffix("Request")
        file = type(request).DESCRIPTOR.file
        service = next(one for one in file.services_by_name.values() if name in one.methods_by_name)
        module = importlib.import_module(file.name.replace("/", ".").removesuffix(".proto") + "_pb2_grpc")
        try:
            return await self.served.call(getattr(module, f"{service.name}Stub"), name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def thing(self, code: str = "", caller: Caller = DPU, **fields: Any) -> things_pb2.Thing:
        """A river gauge that an officer has registered."""
        fields = {"kind": things_pb2.THING_KIND_RIVER_GAUGE, "name": "Duga air", "location": POINT, **fields}
        code = code or f"duga-{next(_codes)}"
        request = things_pb2.RegisterThingRequest(request_id=request_id(), code=code, **fields)
        made: things_pb2.Thing = (await self.call(request, caller)).thing
        return made

    async def datastream(
        self, thing: things_pb2.Thing | None = None, caller: Caller = DPU, **fields: Any
    ) -> datastreams_pb2.Datastream:
        """A level that a thing measures each minute, from 0 to 10 m."""
        thing = thing or await self.thing()
        fields = {
            "name": "level",
            "property": datastreams_pb2.OBSERVED_PROPERTY_WATER_LEVEL,
            "sensor": "Radar",
            "feature_of_interest": "Kali Garang",
            "most": 10.0,
            "period_seconds": 60,
            **fields,
        }
        request = datastreams_pb2.AddDatastreamRequest(request_id=request_id(), thing=thing.id, **fields)
        made: datastreams_pb2.Datastream = (await self.call(request, caller)).datastream
        return made

    async def read(self, datastream: datastreams_pb2.Datastream) -> datastreams_pb2.Datastream:
        """A datastream as it is now."""
        answer = await self.call(datastreams_pb2.GetDatastreamRequest(id=datastream.id))
        found: datastreams_pb2.Datastream = answer.datastream
        return found

    async def calibrated(
        self, datastream: datastreams_pb2.Datastream, factor: float, offset: float = 0.0, since: datetime = SINCE
    ) -> datastreams_pb2.Datastream:
        """A datastream with a calibration more."""
        request = datastreams_pb2.CalibrateDatastreamRequest(
            request_id=request_id(),
            id=datastream.id,
            etag=(await self.read(datastream)).etag,
            since=stamp(since),
            factor=factor,
            offset=offset,
            reason=REASON,
        )
        made: datastreams_pb2.Datastream = (await self.call(request)).datastream
        return made

    async def device(self, thing: things_pb2.Thing | None = None, caller: Caller = DPU, **fields: Any) -> Any:
        """A device with its password."""
        thing = thing or await self.thing()
        fields = {"name": f"{thing.code}-1", **fields}
        return await self.call(
            devices_pb2.IssueDeviceRequest(request_id=request_id(), thing=thing.id, **fields), caller
        )

    async def upload(
        self,
        datastream: datastreams_pb2.Datastream,
        readings: Sequence[tuple[datetime, float]],
        caller: Caller = DPU,
        **fields: Any,
    ) -> observations_pb2.UploadObservationsResponse:
        """Brings readings in bulk."""
        series = observations_pb2.RawSeries(
            **{"name": datastream.name, "unit": datastream.unit, **fields},
            readings=[observations_pb2.RawReading(time=stamp(at), value=value) for at, value in readings],
        )
        request = observations_pb2.UploadObservationsRequest(
            request_id=request_id(), thing=datastream.thing, series=[series]
        )
        answer: observations_pb2.UploadObservationsResponse = await self.call(request, caller)
        return answer

    async def happens(self, message: events_pb2.ThingRetired | events_pb2.ThingMoved) -> None:
        """Runs the pillar's reaction to an event of its own, as the consumer does."""
        event: Event[Any] = Event(
            id=uuid7(),
            type=message.DESCRIPTOR.full_name,
            source="/smartcity/semarang/environment",
            time=self.served.now,
            aggregate=message.id,
            version=2,
            correlation=message.id,
            causation=None,
            exercise=False,
            traceparent=None,
            message=message,
        )
        async with self.served.runtime.transaction() as tx:
            for reaction in PILLAR.reactions:
                if isinstance(message, reaction.event):
                    await reaction.handle(tx, event)

    async def emitted(self) -> list[str]:
        """Names of the events so far, without their package."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]
