"""What the air index does when its station is moved."""

from services.environment.air import actions
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2


async def on_thing_moved(tx: Transaction, event: Event[events_pb2.ThingMoved]) -> None:
    """Its air is told of where it stands now, and of where it stood no more."""
    thing = ids.parse(event.message.id)
    if thing is not None:
        await actions.moved(tx, thing)
