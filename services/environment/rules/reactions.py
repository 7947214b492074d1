"""What rules do when their thing is retired."""

from services.environment.rules import actions
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.environment.v1 import events_pb2

_REASON = "The thing was retired."


async def on_thing_retired(tx: Transaction, event: Event[events_pb2.ThingRetired]) -> None:
    """Its datastreams are held to nothing any more, and its alarms end."""
    thing = ids.parse(event.message.id)
    if thing is not None:
        await actions.pause_all(tx, thing, _REASON)
