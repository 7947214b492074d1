"""A wallet: a citizen's account in a closed loop. Pure rules; amounts are whole units."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.economy.terms import Wallets
from services.kit.errors import DomainError, precondition


@dataclass(frozen=True, slots=True)
class Wallet:
    """Whose it is, and the ledger account that holds the money."""

    subject: str
    account: UUID
    created_at: datetime


def off() -> DomainError:
    """The city has no wallets."""
    return precondition("WALLETS_OFF", "This city has no wallets. Pay by QRIS, or in cash at a counter.")


def missing() -> DomainError:
    """The caller has no wallet yet."""
    return precondition("WALLET_MISSING", "You have no wallet yet. Open one, top it up, then repeat.")


def require_on(wallets: Wallets) -> None:
    """Errors: WALLETS_OFF."""
    if not wallets.on:
        raise off()
