"""What can be done with news."""

from collections.abc import Mapping
from uuid import UUID

from services.governance.news.model import Kind
from services.kit.database import Transaction


async def tell(tx: Transaction, complaint_id: UUID, kind: Kind, facts: Mapping[str, str]) -> None:
    """Queues one mail to each address the case has; nothing when it has none.

    `facts`: code (required), agency (name), note (the question, answer or reason), due (day in words), other (a code).
    Call it after `contacts.actions.keep`.
    """
    raise NotImplementedError
