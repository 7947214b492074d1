"""What subscriptions do when the pillar's own warnings change. Drills are mailed to nobody."""

from services.environment.subscriptions import actions
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2, warnings_pb2


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """Its subscribers are told."""
    if not event.exercise:
        await _tell(tx, event.message)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """Its subscribers are told."""
    if not event.exercise:
        await _tell(tx, event.message)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """Its subscribers are told of an all clear and of a mistake; that its time is over they know from its last mail."""
    if not event.exercise and event.message.state != warnings_pb2.WARNING_STATE_EXPIRED:
        await _tell(tx, event.message)


async def _tell(
    tx: Transaction, warning: events_pb2.WarningRaised | events_pb2.WarningUpdated | events_pb2.WarningCleared
) -> None:
    known = ids.parse(warning.id)
    if known is not None:
        await actions.tell(tx, known, warning.message, [area.code for area in warning.areas])
