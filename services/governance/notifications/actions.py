"""What can be done with notifications."""

from services.governance.cases.model import Complaint
from services.governance.notifications import store
from services.governance.notifications.model import Kind, facts
from services.kit.database import Transaction
from services.kit.ids import uuid7


async def notify(tx: Transaction, complaint: Complaint, kind: Kind, note: str = "") -> None:
    """Queues one mail to each address the case has; nothing when it has none. `note`: question, answer or reason.

    Call it after `contacts.actions.keep`.
    """
    count = await store.count_addresses(tx, complaint.id)
    if count:
        told = facts(tx.runtime.city, complaint, note)
        await store.insert(tx, complaint.id, kind, told, [uuid7() for _ in range(count)])
