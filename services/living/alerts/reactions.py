"""What alerts do when the city's flood warnings and events change. Those of drills are marked, and close nothing."""

from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.rpc import protos
from services.living.alerts import crowds, warned
from services.living.alerts.crowds import Crowd
from services.living.alerts.profile import Level
from services.living.alerts.warned import Warned
from smartcity.branding.v1 import city_events_pb2
from smartcity.branding.v1 import events_pb2 as branding
from smartcity.environment.v1 import events_pb2, warnings_pb2


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """Passengers are told, and what is flooded is closed."""
    await _follow(tx, event)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """It is of another level, or holds longer."""
    await _follow(tx, event)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """The warning is over, in whatever way."""
    await warned.over(tx, event.message.id, "the warning is over")


async def on_event_published(tx: Transaction, event: Event[branding.EventPublished]) -> None:
    """An event that asks for extra service is told around the stops there."""
    await _crowd(tx, event)


async def on_event_rescheduled(tx: Transaction, event: Event[branding.EventRescheduled]) -> None:
    """It is on other dates, elsewhere, or asks for none any more."""
    await _crowd(tx, event)


async def on_event_cancelled(tx: Transaction, event: Event[branding.EventCancelled]) -> None:
    """It was called off."""
    await crowds.over(tx, event.message.code)


async def _crowd(tx: Transaction, event: Event[branding.EventPublished] | Event[branding.EventRescheduled]) -> None:
    told = event.message
    if not told.extra_service:
        await crowds.over(tx, told.code)
        return
    dates = tuple(
        (protos.instant(one.starts_at), protos.instant(one.ends_at))
        for one in told.occasions
        if one.state == city_events_pb2.OCCASION_STATE_PLANNED
    )
    areas = tuple(one.code for one in told.areas)
    await crowds.follow(tx, Crowd(told.code, areas, dates, event.exercise, event.correlation))


async def _follow(tx: Transaction, event: Event[events_pb2.WarningRaised] | Event[events_pb2.WarningUpdated]) -> None:
    told = event.message
    found = Warned(
        id=told.id,
        hazard=warnings_pb2.WarningHazard.Name(told.hazard).removeprefix("WARNING_HAZARD_").lower(),
        level=protos.member(warnings_pb2.WarningLevel, told.level, Level),
        areas=[one.code for one in told.areas],
        expires=protos.instant(told.expires) if told.HasField("expires") else None,
        exercise=event.exercise,
        story=event.correlation,
    )
    await warned.follow(tx, found)
