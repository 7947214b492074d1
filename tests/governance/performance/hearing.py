"""Lets governance hear its own events in tests, as its consumer does, and asks what they count for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from google.protobuf.message import Message

from services.governance.performance import reactions
from services.governance.performance.hearing import COUNTED
from services.kit.caller import ANONYMOUS
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.governance.v1 import performance_pb2 as pb
from smartcity.governance.v1 import performance_pb2_grpc
from tests.fixtures.pillars import Served

_TYPES = {message.DESCRIPTOR.full_name: message for message in COUNTED}


def event(message: Message, at: datetime, **fields: Any) -> Event[Any]:
    """An event as a reaction gets it."""
    given: dict[str, Any] = {
        "id": uuid7(), "aggregate": str(uuid7()), "version": 1, "exercise": False, **fields
    }  # fmt: skip
    return Event(
        type=message.DESCRIPTOR.full_name, source="/smartcity/semarang/governance", time=at, correlation="case",
        causation=None, traceparent=None, message=message, **given,
    )  # fmt: skip


@dataclass
class Hearing:
    """Governance at work, hearing what it tells."""

    served: Served

    async def events(self) -> list[Event[Any]]:
        """All that it told of cases so far."""
        return [
            event(
                _TYPES[row["type"]].FromString(row["payload"]), row["recorded_at"], id=row["id"],
                aggregate=row["aggregate"], version=row["version"], exercise=row["exercise"],
            )
            for row in await self.served.admin.fetch("SELECT * FROM governance.outbox ORDER BY position")
            if row["type"] in _TYPES
        ]  # fmt: skip

    async def hear(self, events: list[Event[Any]] | None = None) -> None:
        """Lets it hear events together; all that it told so far unless others are given."""
        async with self.served.runtime.transaction() as tx:
            await reactions.on_cases(tx, await self.events() if events is None else events)

    async def call(self, request: Any) -> Any:
        """Calls an RPC as anybody. Raises grpc.aio.AioRpcError."""
        name = type(request).__name__.removesuffix("Request")
        return await self.served.call(performance_pb2_grpc.PerformanceServiceStub, name, request, ANONYMOUS)

    async def month(self, month: str = "") -> Any:
        """A month as anybody sees it."""
        return await self.call(pb.ListPerformanceRequest(month=month))

    async def figures(self, month: str = "", agency: str = "dlh") -> dict[str, Any]:
        """The figures of an agency that are not zero."""
        (one,) = [each for each in (await self.month(month)).agencies if each.agency.id == agency]
        return {field.name: value for field, value in one.figures.ListFields()}
