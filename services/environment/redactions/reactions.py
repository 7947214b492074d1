"""What is done when governance tells that something was taken out of a complaint."""

from services.environment.redactions import store
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.governance.v1 import events_pb2


async def on_complaint_redacted(tx: Transaction, event: Event[events_pb2.ComplaintRedacted]) -> None:
    """Words were taken out of the case for good: what crews noted about it goes as well, lest it tells the same."""
    if event.message.words or event.message.notes:
        await store.forget_notes(tx, event.aggregate)
