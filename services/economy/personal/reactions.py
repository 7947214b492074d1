"""What economy does when somebody asks what the city keeps of them, or that it be erased."""

from services.economy.personal import actions, store
from services.kit import personal
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.society.v1 import events_pb2


async def on_personal_data_requested(tx: Transaction, event: Event[events_pb2.PersonalDataRequested]) -> None:
    """Looks it through, and answers."""
    asked = event.message
    kinds = await actions.look(tx, asked.subject, erase=asked.erase)
    await personal.report(tx, event, kinds, store.DEEDS)
