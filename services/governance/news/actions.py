"""What can be done with news."""

from collections.abc import Mapping
from uuid import UUID

from services.governance.news import store
from services.governance.news.model import Kind
from services.kit.database import Transaction
from services.kit.ids import uuid7


async def tell(tx: Transaction, complaint_id: UUID, kind: Kind, facts: Mapping[str, str]) -> None:
    """Queues one mail to each address the case has; nothing when it has none.

    `facts`: code (required), agency (name), note (the question, answer or reason), due (a day: 2026-11-24),
    other (a code). Call it after `contacts.actions.keep`.
    """
    assert "code" in facts
    count = await store.count_addresses(tx, complaint_id)
    if count:
        await store.insert(tx, complaint_id, kind, facts, [uuid7() for _ in range(count)])
