"""A story of a flood, told to governance as its consumers would."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from services.governance.stories import reactions
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.environment.v1 import warnings_pb2
from smartcity.living.v1 import events_pb2 as living
from tests.fixtures.pillars import Served

CORRELATION = "0199d0a2-7c3e-7f21-9d1e-1f2a3b4c5d6e"
TRACE = "0af7651916cd43dd8448eb211c80319c"


def event(pillar: str, message: Message, at: datetime, cause: UUID | None = None, **fields: Any) -> Event[Any]:
    """An event of a pillar."""
    given: dict[str, Any] = {"correlation": CORRELATION, "exercise": False, **fields}
    return Event(
        id=uuid7(), type=message.DESCRIPTOR.full_name, source=f"/smartcity/semarang/{pillar}", time=at, aggregate="a",
        version=1, causation=cause, traceparent=f"00-{TRACE}-b7ad6b7169203331-01", message=message, **given,
    )  # fmt: skip


def flood(at: datetime, **fields: Any) -> list[Event[Any]]:
    """An alarm, the warning that came of it, and a notice to passengers."""
    alarm = event("environment", environment.AlarmOpened(id="1", thing_code="pasut", rule_name="Siaga"), at, **fields)
    level = warnings_pb2.WARNING_LEVEL_SIAGA
    warning = environment.WarningRaised(id="2", hazard=warnings_pb2.WARNING_HAZARD_FLOOD, level=level, zone="utara")
    raised = event("environment", warning, at + timedelta(seconds=1), alarm.id, **fields)
    notice = living.ServiceAlertPublished(id="3", closes=True)
    return [alarm, raised, event("living", notice, at + timedelta(seconds=2), raised.id, **fields)]


async def tell(served: Served, events: list[Event[Any]]) -> None:
    """Lets governance hear events together."""
    async with served.runtime.transaction() as tx:
        await reactions.on_events(tx, events)
