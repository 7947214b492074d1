"""What governance does when somebody asks what the city keeps of them: it tells of their reports, and erases contacts.

The file of a case stays: it is a record of what an agency did, and its words were read by their reporter before.
"""

from services.governance.contacts import actions as contacts
from services.governance.personal import store
from services.kit import personal
from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.personal import Kind
from smartcity.society.v1 import events_pb2


async def on_personal_data_requested(tx: Transaction, event: Event[events_pb2.PersonalDataRequested]) -> None:
    """Answers, and destroys the keys of contacts where that was asked for."""
    asked = event.message
    given = await store.contacts(tx, asked.subject)
    if asked.erase and given:
        await contacts.erase_all(tx, given)
    kinds = (
        Kind("contacts", len(given), len(given) if asked.erase else 0),
        Kind("complaints", await store.cases(tx, asked.subject), 0, "case"),
    )
    await personal.report(tx, event, kinds, store.DEEDS)
