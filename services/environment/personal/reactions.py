"""What environment does when somebody asks what the city keeps of them: by a login only what staff did.

Who subscribed an address to warnings is known by the address alone; the link in each mail ends it and erases that.
"""

from services.environment.personal import store
from services.kit import personal
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.society.v1 import events_pb2


async def on_personal_data_requested(tx: Transaction, event: Event[events_pb2.PersonalDataRequested]) -> None:
    """Answers."""
    await personal.report(tx, event, (), store.DEEDS)
