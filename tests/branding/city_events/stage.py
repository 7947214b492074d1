"""Events at work in this process, for the tests of several rooms."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import grpc.aio

from services.branding.city_events import timers
from services.kit.caller import ANONYMOUS, Caller
from smartcity.branding.v1 import city_events_pb2 as pb
from smartcity.branding.v1.city_events_pb2_grpc import CityEventServiceStub
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
WRITER, PUBLISHER = officer("disbudpar"), Caller("officer-disbudpar-2", frozenset({"officer"}), "disbudpar")
DINKES = officer("dinkes")
ORGANISER = Caller("citizen-organiser", frozenset({"citizen"}))
STRANGER = Caller("citizen-stranger", frozenset({"citizen"}))
JAKARTA = ZoneInfo("Asia/Jakarta")
WHY = "Jalan di sekitar lokasi tergenang."
WEEKLY = pb.EventSchedule(rule="FREQ=WEEKLY;BYDAY=SA", start="2026-11-28T19:00", end="2026-11-28T22:00")
"""Saturday evenings."""


def content(name: str = "Malam Keroncong", schedule: pb.EventSchedule = WEEKLY, **more: Any) -> pb.CityEventContent:
    """What an event says."""
    said: dict[str, Any] = {
        "kind": pb.CITY_EVENT_KIND_PERFORMANCE,
        "venue": "Taman Srigunting, Kota Lama",
        "location": place_pb2.Point(lon=110.428, lat=-6.968),
        **more,
    }
    return pb.CityEventContent(name=name, schedule=schedule, **said)


@dataclass
class Stage:
    """The running pillar."""

    served: Served

    async def enter(self) -> "Stage":
        """Enters what the city's profile names."""
        await timers.enter_profile(self.served.runtime)
        return self

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        try:
            return await self.served.call(CityEventServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def write(self, caller: Caller = WRITER, **said: Any) -> pb.CityEvent:
        """A draft."""
        asked = pb.CreateCityEventRequest(request_id=request_id(), content=content(**said))
        made: pb.CityEvent = (await self.call(asked, caller)).event
        return made

    async def rewrite(self, it: pb.CityEvent, caller: Caller = WRITER, **said: Any) -> pb.CityEvent:
        """Something else is to be said."""
        asked = pb.UpdateCityEventRequest(request_id=request_id(), id=it.id, etag=it.etag, content=content(**said))
        done: pb.CityEvent = (await self.call(asked, caller)).event
        return done

    async def publish(self, it: pb.CityEvent, caller: Caller = PUBLISHER) -> pb.CityEvent:
        """What was written is said."""
        asked = pb.PublishCityEventRequest(request_id=request_id(), id=it.id, etag=it.etag)
        done: pb.CityEvent = (await self.call(asked, caller)).event
        return done

    async def published(self, **said: Any) -> pb.CityEvent:
        """One that is published."""
        return await self.publish(await self.write(**said))

    async def cancel(self, it: pb.CityEvent, caller: Caller = WRITER) -> pb.CityEvent:
        """It is called off."""
        asked = pb.CancelCityEventRequest(request_id=request_id(), id=it.id, etag=it.etag, reason=WHY)
        done: pb.CityEvent = (await self.call(asked, caller)).event
        return done

    async def cancel_date(self, it: pb.CityEvent, occasion: str, caller: Caller = WRITER) -> pb.CityEvent:
        """One date is called off."""
        asked = pb.CancelOccasionRequest(request_id=request_id(), id=occasion, etag=it.etag, reason=WHY)
        done: pb.CityEvent = (await self.call(asked, caller)).event
        return done

    async def read(self, name: str, caller: Caller = ANONYMOUS) -> pb.CityEvent:
        """One."""
        found: pb.CityEvent = (await self.call(pb.GetCityEventRequest(id=name), caller)).event
        return found

    async def emitted(self) -> list[str]:
        """Names of the events, oldest first."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]


def dates(it: pb.CityEvent) -> list[tuple[str, str]]:
    """When an event's dates begin on the city's clocks, with their state."""
    found = [(one.starts_at.ToDatetime(UTC), one.state) for one in it.occasions]
    names = {pb.OCCASION_STATE_PLANNED: "planned", pb.OCCASION_STATE_CANCELLED: "cancelled"}
    return [(at.astimezone(JAKARTA).strftime("%Y-%m-%dT%H:%M"), names[state]) for at, state in found]
