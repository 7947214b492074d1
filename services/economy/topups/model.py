"""How much may be put on a wallet. Pure rules; amounts are whole units."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.economy.ledger.model import Account, require_not_closed
from services.kit.errors import precondition

WAITING_MOST = 5
"""Payments that a wallet tells of."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payment into a wallet that can still be paid."""

    payment: UUID
    code: str
    amount: int
    currency: str
    expires_at: datetime


def check(account: Account, amount: int) -> None:
    """Whether that much may be put on a wallet as it is now. Errors: ACCOUNT_CLOSED, ACCOUNT_FROZEN, LIMIT_EXCEEDED."""
    require_not_closed(account)
    if not account.is_open:
        raise precondition("ACCOUNT_FROZEN", "This wallet is frozen. Ask the city's treasury why.")
    if account.most is not None and account.balance + amount > account.most:
        message = f"At most {account.most} {account.currency} may be on a wallet. Put less on it."
        raise precondition("LIMIT_EXCEEDED", message, field="amount")
