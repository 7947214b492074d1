"""What rounds do when the city's flood warnings change: plans whose trucks are not out are made anew, with what is
flooded left out, or back in. Drills change none."""

from services.environment.rounds import actions
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2


async def on_warning_raised(tx: Transaction, event: Event[events_pb2.WarningRaised]) -> None:
    """What is flooded is left out."""
    await _plan_anew(tx, event)


async def on_warning_updated(tx: Transaction, event: Event[events_pb2.WarningUpdated]) -> None:
    """It is about other kelurahan, or holds longer."""
    await _plan_anew(tx, event)


async def on_warning_cleared(tx: Transaction, event: Event[events_pb2.WarningCleared]) -> None:
    """What was flooded is collected again."""
    await _plan_anew(tx, event)


async def _plan_anew(
    tx: Transaction,
    event: Event[events_pb2.WarningRaised] | Event[events_pb2.WarningUpdated] | Event[events_pb2.WarningCleared],
) -> None:
    if not event.exercise:
        await actions.plan_anew(tx, event.correlation)
