"""Destinations at work in this process, for the tests of several rooms."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import grpc.aio

from services.branding.advisories import reactions
from services.branding.destinations import timers
from services.kit.caller import ANONYMOUS, Caller
from services.kit.events import Event
from smartcity.branding.v1 import destinations_pb2 as pb
from smartcity.branding.v1.destinations_pb2_grpc import DestinationServiceStub
from smartcity.environment.v1 import air_pb2, warnings_pb2
from smartcity.environment.v1 import events_pb2 as told
from smartcity.types.v1 import place_pb2
from tests.branding.city_events.stage import WRITER
from tests.fixtures.pillars import Served
from tests.governance.conftest import RefusedError, request_id

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
"""A working Tuesday, 09:00 in Semarang."""
HOURS, REASON, NOTE = "Mo-Su 09:00-21:00", "Jam bukanya tertulis di loket.", "Ditanyakan ke pengelola."
TANJUNG_MAS = place_pb2.Area(code="33.74.02.1008", name="Tanjung Mas", district="Semarang Utara")


@dataclass
class Tour:
    """The running pillar with the city's destinations in it."""

    served: Served

    async def enter(self) -> "Tour":
        """Enters what the city's profile names."""
        await timers.enter_profile(self.served.runtime)
        return self

    async def call(self, request: Any, caller: Caller = ANONYMOUS) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        name = type(request).__name__.removesuffix("Request")
        try:
            return await self.served.call(DestinationServiceStub, name, request, caller)
        except grpc.aio.AioRpcError as error:
            raise RefusedError(error) from error

    async def read(self, code: str) -> pb.Destination:
        """A destination."""
        found: pb.Destination = (await self.call(pb.GetDestinationRequest(id=code))).destination
        return found

    async def listed(self, **fields: Any) -> list[pb.Destination]:
        """A list, page after page."""
        request, found = pb.ListDestinationsRequest(**fields), list[pb.Destination]()
        while True:
            page = await self.call(request)
            found += page.destinations
            if not page.next_page_token:
                return found
            request.page_token = page.next_page_token

    async def correct(self, code: str = "lawang-sewu", caller: Caller = ANONYMOUS, **said: Any) -> str:
        """The id of a correction that somebody has filed: of the hours, unless more is given."""
        content = pb.DestinationContent(**(said or {"hours": HOURS}))
        asked = pb.CreateDestinationCorrectionRequest(
            request_id=request_id(), destination=code, content=content, reason=REASON
        )
        id_: str = (await self.call(asked, caller)).receipt.id
        return id_

    async def decide(self, id_: str, word: str = "ACCEPTED", caller: Caller = WRITER) -> pb.DestinationCorrection:
        """An officer decides."""
        state = pb.DestinationCorrectionState.Value(f"DESTINATION_CORRECTION_STATE_{word}")
        asked = pb.DecideDestinationCorrectionRequest(
            request_id=request_id(), id=id_, etag="1", state=state, note=NOTE
        )  # fmt: skip
        done: pb.DestinationCorrection = (await self.call(asked, caller)).correction
        return done

    async def correction(self, id_: str) -> pb.DestinationCorrection:
        """A correction as officers read it."""
        found: pb.DestinationCorrection = (
            await self.call(pb.GetDestinationCorrectionRequest(id=id_), WRITER)
        ).correction
        return found

    async def advise(self, caller: Caller = WRITER, **fields: Any) -> pb.Advisory:
        """An officer tells visitors something: of Lawang Sewu, unless areas are given."""
        given: dict[str, Any] = {"level": pb.ADVISORY_LEVEL_INFO, "text": "Menara ditutup untuk perbaikan.", **fields}
        if "areas" not in given:
            given.setdefault("destination", "lawang-sewu")
        made: pb.Advisory = (
            await self.call(pb.CreateAdvisoryRequest(request_id=request_id(), **given), caller)
        ).advisory
        return made

    async def end(self, advisory: pb.Advisory) -> None:
        """An officer ends an advisory."""
        await self.call(pb.EndAdvisoryRequest(request_id=request_id(), id=advisory.id, etag=advisory.etag), WRITER)

    async def told(self) -> list[pb.Advisory]:
        """What visitors are told now."""
        found: list[pb.Advisory] = list((await self.call(pb.ListAdvisoriesRequest())).advisories)
        return found

    async def warn(self, level: str, *, update: bool = False) -> None:
        """The city warns of a flood in Tanjung Mas."""
        message = (told.WarningUpdated if update else told.WarningRaised)(
            id="warning-1",
            hazard=warnings_pb2.WARNING_HAZARD_ROB,
            level=warnings_pb2.WarningLevel.Value(f"WARNING_LEVEL_{level.upper()}"),
            areas=[TANJUNG_MAS],
        )
        message.expires.FromDatetime(self.served.now + timedelta(hours=6))
        await self._react(reactions.on_warning_updated if update else reactions.on_warning_raised, message)

    async def clear(self) -> None:
        """The warning is over."""
        await self._react(reactions.on_warning_cleared, told.WarningCleared(id="warning-1"))

    async def air(self, category: str) -> None:
        """The station in Tanjung Mas tells of its air."""
        index = air_pb2.AirIndex(category=air_pb2.AirCategory.Value(f"AIR_CATEGORY_{category.upper()}"))
        await self._react(
            reactions.on_air_index_changed, told.AirIndexChanged(thing="station-1", area=TANJUNG_MAS, index=index)
        )

    async def _react(self, react: Any, message: Any) -> None:
        event = Event(
            id=uuid.uuid4(), type=message.DESCRIPTOR.full_name, source="/smartcity/environment", time=self.served.now,
            aggregate="a", version=1, correlation="story", causation=None, exercise=False, traceparent=None,
            message=message,
        )  # fmt: skip
        async with self.served.runtime.transaction() as tx:
            await react(tx, event)
