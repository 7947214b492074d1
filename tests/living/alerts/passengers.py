"""Public transport with two ways from here to there, one of which is flooded at times; for the tests of several rooms.

Line L goes from P1 by Q to R, line M by U, which takes longer and lies elsewhere; line N goes from P1 to R without a
stop between, through the kelurahan of Q.
"""

import asyncio
import tempfile
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import grpc.aio

from services.kit.caller import ANONYMOUS, Caller
from services.kit.events import Event
from services.living.alerts import reactions
from services.living.following import telling
from services.living.imports.running import enter
from services.living.resources import resources
from smartcity.branding.v1 import city_events_pb2
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.environment.v1 import events_pb2 as told
from smartcity.environment.v1 import warnings_pb2
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import journeys_pb2
from smartcity.living.v1.alerts_pb2_grpc import AlertServiceStub
from smartcity.living.v1.journeys_pb2_grpc import JourneyServiceStub
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, officer, request_id
from tests.living.feeds.depot import packed

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
"""Eight in the morning."""
DISHUB, TRANS, DINKES = officer("dishub"), officer("blu-trans-semarang"), officer("dinkes")
BENDUNGAN = "33.74.09.1008"
"""The kelurahan of Q."""
WARNING = "0199c0de-0000-7000-8000-000000000001"
DRILL = "0199c0de-0000-7000-8000-000000000002"
_RUNS = {"L": ("Q", 10), "M": ("U", 15), "N": ("", 5)}
FILES: dict[str, str | bytes | None] = {
    "stops.txt": (
        "stop_id,stop_name,stop_lat,stop_lon,location_type,parent_station\n"
        "P,Pasar Besar,-7.0000,110.4000,1,\nP1,Pasar Besar,-7.0000,110.4000,0,P\n"
        "Q,Tugu Kota,-7.0000,110.4100,0,\nR,Terminal Timur,-7.0000,110.4200,0,\nU,Pantai,-6.9750,110.4100,0,\n"
    ),
    "routes.txt": (
        "route_id,agency_id,route_short_name,route_long_name,route_type\n"
        "L,A,L1,Pasar - Tugu - Terminal,3\nM,A,M1,Pasar - Pantai - Terminal,3\nN,A,N1,Pasar - Terminal,3\n"
    ),
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id,shape_id\n"
    + "".join(f"{line},daily,{line}-{hour},Timur,0,\n" for line in _RUNS for hour in range(6, 12)),
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    + "".join(
        f"{line}-{hour},{time},{time},{stop},{place}\n"
        for line, (middle, minutes) in _RUNS.items()
        for hour in range(6, 12)
        for place, stop in enumerate(one for one in ("P1", middle, "R") if one)
        for time in [f"{hour:02}:{20 + place * minutes:02}:00"]
    ),
    "shapes.txt": None,
}


@dataclass
class Passengers:
    """The running pillar with this feed in it, and who uses it."""

    served: Served

    async def enter(self, files: dict[str, str | bytes | None] | None = None) -> "Passengers":
        """Lets the feed hold, and waits until it is in memory."""
        url = self.served.runtime.settings.postgres_url.get_secret_value()
        with tempfile.TemporaryDirectory() as folder:
            archive = Path(folder) / "feed.zip"
            await asyncio.to_thread(archive.write_bytes, packed({**FILES, **(files or {})}).getvalue())
            report = await asyncio.to_thread(enter, str(archive), url, NOW.date(), lambda *_: None)
        assert report.outcome is not None, report.findings
        await resources(self.served.runtime).keeper.look()
        return self

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        stub = JourneyServiceStub if name == "SearchJourneys" else AlertServiceStub
        try:
            return await self.served.call(stub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def write(self, *entities: pb.ServiceAlertEntity, caller: Caller = DISHUB, **more: Any) -> pb.ServiceAlert:
        """A draft about something; about Q, which is closed, unless it is given."""
        asked = pb.CreateServiceAlertRequest(request_id=request_id(), **{**said(*entities), **more})
        made: pb.ServiceAlert = (await self.call(asked, caller)).alert
        return made

    async def publish(self, *entities: pb.ServiceAlertEntity, **more: Any) -> pb.ServiceAlert:
        """The same, published, and known to the planner."""
        draft = await self.write(*entities, **more)
        asked = pb.PublishServiceAlertRequest(request_id=request_id(), id=draft.id, etag=draft.etag)
        done: pb.ServiceAlert = (await self.call(asked, DISHUB)).alert
        await self.look()
        return done

    async def end(self, alert: pb.ServiceAlert, reason: str = "Sudah dibuka.") -> pb.ServiceAlert:
        """Ends one."""
        asked = pb.EndServiceAlertRequest(request_id=request_id(), id=alert.id, etag=alert.etag, reason=reason)
        done: pb.ServiceAlert = (await self.call(asked, DISHUB)).alert
        await self.look()
        return done

    async def listed(self, **wanted: str) -> list[pb.ServiceAlert]:
        """What is told."""
        return list((await self.call(pb.ListServiceAlertsRequest(**wanted))).alerts)

    async def look(self) -> None:
        """Tells the planner what is so now, as each process of the pillar does each second."""
        await telling.look(self.served.runtime, resources(self.served.runtime).keeper)

    async def ways(self, days: int = 0) -> journeys_pb2.SearchJourneysResponse:
        """From the market to the terminal, now or at this time in some days, without walks all the way."""
        asked = journeys_pb2.SearchJourneysRequest(origin="P", destination="R", minutes=59)
        asked.at.FromDatetime(self.served.now + timedelta(days=days))
        found: journeys_pb2.SearchJourneysResponse = await self.call(asked)
        return found

    async def lines(self) -> set[str]:
        """The lines of those of these ways that nothing beats."""
        found = [way for way in (await self.ways()).journeys if not way.further]
        return {leg.ride.line for way in found for leg in way.legs if leg.HasField("ride")}

    async def warn(
        self, level: str, *, update: bool = False, exercise: bool = False, warning: str = WARNING
    ) -> None:  # fmt: skip
        """The city's warning of Bendungan is raised or changed, as its event tells it."""
        message = (told.WarningUpdated if update else told.WarningRaised)(
            id=warning,
            hazard=warnings_pb2.WARNING_HAZARD_FLOOD,
            level=warnings_pb2.WarningLevel.Value(f"WARNING_LEVEL_{level.upper()}"),
            areas=[place_pb2.Area(code=BENDUNGAN, name="Bendungan", district="Gajahmungkur")],
        )
        message.expires.FromDatetime(self.served.now + timedelta(hours=6))
        react = reactions.on_warning_updated if update else reactions.on_warning_raised
        await self._react(react, message, exercise=exercise)

    async def crowd(self, *days: int, extra: bool = True, first: bool = True, off: bool = False) -> None:
        """Branding tells of an event in Bendungan in so many days, each of them."""
        dates = [city_events_pb2.OccasionTime(state=city_events_pb2.OCCASION_STATE_PLANNED) for _ in days]
        for date, day in zip(dates, days, strict=True):
            date.starts_at.FromDatetime(self.served.now + timedelta(days=day))
            date.ends_at.FromDatetime(self.served.now + timedelta(days=day, hours=3))
        areas = [place_pb2.Area(code=BENDUNGAN, name="Bendungan", district="Gajahmungkur")]
        make = branding.EventPublished if first else branding.EventRescheduled
        react: Any = reactions.on_event_published if first else reactions.on_event_rescheduled
        message: Any = make(id=WARNING, code="festival", areas=areas, occasions=dates, extra_service=extra)
        if off:
            message, react = branding.EventCancelled(id=WARNING, code="festival"), reactions.on_event_cancelled
        await self._react(react, message)

    async def clear(self) -> None:
        """It is cleared."""
        state = warnings_pb2.WARNING_STATE_CLEARED
        await self._react(reactions.on_warning_cleared, told.WarningCleared(id=WARNING, state=state))

    async def _react(self, react: Any, message: Any, *, exercise: bool = False) -> None:
        event = Event(
            id=uuid.uuid4(), type=message.DESCRIPTOR.full_name, source="/smartcity/environment", time=self.served.now,
            aggregate=WARNING, version=1, correlation="story", causation=None, exercise=exercise, traceparent=None,
            message=message,
        )  # fmt: skip
        async with self.served.runtime.transaction() as tx:
            await react(tx, event)


def closed(**names: str) -> pb.ServiceAlertEntity:
    """Something that is closed."""
    return pb.ServiceAlertEntity(closes=True, **names)


def said(*entities: pb.ServiceAlertEntity) -> dict[str, Any]:
    """What an alert says."""
    return {
        "cause": pb.SERVICE_ALERT_CAUSE_CONSTRUCTION,
        "effect": pb.SERVICE_ALERT_EFFECT_NO_SERVICE,
        "severity": pb.SERVICE_ALERT_SEVERITY_WARNING,
        "entities": entities or [closed(stop="Q")],
        "header": "Halte Tugu Kota ditutup",
        "header_en": "Tugu Kota stop is closed",
    }
