"""Warnings of floods, as environment tells of them."""

from typing import Any
from uuid import NAMESPACE_OID, uuid5

from services.governance.floods import reactions
from services.kit.events import Event
from services.kit.ids import uuid7
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.environment.v1 import warnings_pb2
from smartcity.types.v1 import place_pb2
from tests.fixtures.pillars import Served

AWAS, SIAGA = warnings_pb2.WARNING_LEVEL_AWAS, warnings_pb2.WARNING_LEVEL_SIAGA
KEMIJEN, TANJUNG_MAS = "33.74.03.1001", "33.74.02.1008"


def identity(name: str) -> str:
    """The id of a warning that a test calls so."""
    return str(uuid5(NAMESPACE_OID, name))


async def warned(
    served: Served, warning: str, level: Any, *areas: str, updated: bool = False, exercise: bool = False
) -> None:
    """A warning is raised, or is of another level now."""
    kind = environment.WarningUpdated if updated else environment.WarningRaised
    react: Any = reactions.on_warning_updated if updated else reactions.on_warning_raised
    message = kind(id=identity(warning), level=level, areas=[place_pb2.Area(code=code) for code in areas])
    await _react(served, react, warning, message, exercise=exercise)


async def cleared(served: Served, warning: str) -> None:
    """It is over."""
    await _react(served, reactions.on_warning_cleared, warning, environment.WarningCleared(id=identity(warning)))


async def _react(served: Served, react: Any, warning: str, message: Any, *, exercise: bool = False) -> None:
    event: Event[Any] = Event(
        id=uuid7(), type=message.DESCRIPTOR.full_name, source="/smartcity/environment", time=served.runtime.clock(),
        aggregate=identity(warning), version=1, correlation=f"story-{warning}", causation=None, exercise=exercise,
        traceparent=None, message=message,
    )  # fmt: skip
    async with served.runtime.transaction() as tx:
        await react(tx, event)
