"""Containers, jobs and plans made for tests, as the agency that collects waste uses them."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.environment.gatherings import reactions as gatherings
from services.environment.rounds import timers
from services.kit.caller import Caller
from services.kit.events import Event
from smartcity.branding.v1 import city_events_pb2 as branding_pb2
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.environment.v1 import datastreams_pb2, things_pb2
from smartcity.environment.v1 import rounds_pb2 as pb
from smartcity.types.v1 import place_pb2
from tests.environment.conftest import DLH, Complaint, Environment
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id

PLACES = {
    "kontainer-miroto": (110.41869, -6.98371),
    "kontainer-gabahan": (110.42533, -6.98028),
    "kontainer-tanjung-mas": (110.42925, -6.95201),
    "kontainer-kaligawe": (110.44739, -6.96229),
    "kontainer-bongsari": (110.39413, -6.99342),
}
"""Some that the city's profile has; the last is the other depot's."""
DEPOT = "kaligawe"
EVENT = "0199c0de-0000-7000-8000-000000000031"


@dataclass
class Collecting:
    """The running pillar, whose searches are short."""

    served: Served

    def __post_init__(self) -> None:
        """Searches end in a moment."""
        runtime = self.served.runtime
        runtime.settings = runtime.settings.model_copy(update={"round_seconds": 0.4})

    @property
    def sensing(self) -> Sensing:
        """The same pillar for those who measure."""
        return Sensing(self.served)

    async def call(self, request: Any, caller: Caller = DLH) -> Any:
        """Calls the RPC that takes a request. Raises RefusedError."""
        return await self.sensing.call(request, caller)

    async def container(self, code: str, fill: float | None = None, hours: float = 1.0) -> things_pb2.Thing:
        """A container with a level that was measured some hours ago."""
        lon, lat = PLACES[code]
        point = place_pb2.Point(lon=lon, lat=lat)
        made = await self.sensing.thing(code, DLH, kind=things_pb2.THING_KIND_CONTAINER, location=point)
        level = datastreams_pb2.OBSERVED_PROPERTY_FILL_LEVEL
        stream = await self.sensing.datastream(made, DLH, name="fill", property=level, most=100.0, period_seconds=900)
        if fill is not None:
            await self.sensing.upload(stream, [(self.served.now - timedelta(hours=hours), fill)], DLH)
        return made

    async def job(self, number: int = 1, **fields: Any) -> Complaint:
        """A clean-up job in Sekayu, unless told otherwise."""
        return await Environment(self.served, number).assigned(**fields)

    async def told(
        self, *, waste_round: bool = True, cancelled: bool = False, days: Sequence[int] = (-1,), ago: float = 0,
        expected: int = 4_000,
    ) -> None:  # fmt: skip
        """Branding told so many hours ago of a festival in Miroto, which asks for a round unless told otherwise.
        ``days`` are when it is, counted from today.
        """
        dates = [branding_pb2.OccasionTime(id=EVENT, state=branding_pb2.OCCASION_STATE_PLANNED) for _ in days]
        for one, day in zip(dates, days, strict=True):
            one.starts_at.FromDatetime(self.served.now + timedelta(days=day))
            one.ends_at.FromDatetime(self.served.now + timedelta(days=day, hours=4))
        areas = [place_pb2.Area(code="33.74.01.1001", name="Miroto", district="Semarang Tengah")]
        lon, lat = PLACES["kontainer-miroto"]
        message: Any = branding.EventRescheduled(
            id=EVENT, code="festival", areas=areas, location=place_pb2.Point(lon=lon, lat=lat), occasions=dates,
            expected=expected, waste_round=waste_round,
        )  # fmt: skip
        react: Any = gatherings.on_event_rescheduled
        if cancelled:
            message, react = branding.EventCancelled(id=EVENT, code="festival"), gatherings.on_event_cancelled
        event = Event(
            id=uuid.uuid4(), type=message.DESCRIPTOR.full_name, source="/smartcity/branding",
            time=self.served.now - timedelta(hours=ago), aggregate=EVENT, version=1, correlation=EVENT, causation=None,
            exercise=False, traceparent=None, message=message,
        )  # fmt: skip
        async with self.served.runtime.transaction() as tx:
            await react(tx, event)

    async def asked(self, day: str = "", caller: Caller = DLH, depot: str = DEPOT) -> pb.RoundPlan:
        """A plan that is to be made."""
        request = pb.PlanRoundsRequest(request_id=request_id(), depot=depot, day=day)
        made: pb.RoundPlan = (await self.call(request, caller)).plan
        return made

    async def planned(self, day: str = "", depot: str = DEPOT) -> pb.RoundPlan:
        """A plan that was made."""
        asked = await self.asked(day, depot=depot)
        await timers.make_plans(self.served.runtime)
        return await self.read(asked.id)

    async def read(self, id_: str, caller: Caller = DLH) -> pb.RoundPlan:
        """A plan as it is now."""
        found: pb.RoundPlan = (await self.call(pb.GetRoundPlanRequest(id=id_), caller)).plan
        return found

    async def tick(self, stop: pb.RoundStop, caller: Caller = DLH, **fields: Any) -> pb.RoundStop:
        """A stop that is ticked off as done, unless told otherwise."""
        given = {"request_id": request_id(), "id": stop.id, "etag": stop.etag, "state": pb.ROUND_STOP_STATE_DONE}
        done: pb.RoundStop = (await self.call(pb.TickStopRequest(**{**given, **fields}), caller)).stop
        return done


def stops(plan: pb.RoundPlan) -> list[pb.RoundStop]:
    """All stops of its rounds."""
    return [stop for one in plan.rounds for stop in one.stops]


def causes(found: Sequence[pb.RoundStop]) -> dict[str, str]:
    """The causes by the codes."""
    name = pb.RoundStopCause.Name
    return {one.code: name(one.cause).removeprefix("ROUND_STOP_CAUSE_").lower() for one in found}
