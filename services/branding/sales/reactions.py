"""What sales do when the pillar's own events are moved or called off."""

from services.branding.sales import actions
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.branding.v1 import events_pb2


async def on_event_rescheduled(tx: Transaction, event: Event[events_pb2.EventRescheduled]) -> None:
    """It says something else, or dates were moved or called off."""
    if (known := ids.parse(event.message.id)) is not None:
        await actions.follow(tx, known)


async def on_event_cancelled(tx: Transaction, event: Event[events_pb2.EventCancelled]) -> None:
    """All dates to come were called off."""
    if (known := ids.parse(event.message.id)) is not None:
        await actions.follow(tx, known)
