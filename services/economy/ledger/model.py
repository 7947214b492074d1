"""The ledger's rules: what a transfer needs, and what it does to the accounts on its two sides. Pure Python.

A transfer takes its amount from the debit side and gives it to the credit side, so that all accounts of a currency
add up to zero at any time. A positive balance is owed to the holder. Clearing and cash go below zero by what the bank
and the tills hold.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import NAMESPACE_URL, UUID, uuid5

from services.kit import ids
from services.kit.errors import DomainError, precondition

LARGEST = 2**63 - 1
"""What the database can hold, in whole units."""
KINDS = ("wallet", "merchant", "treasury", "fees", "clearing", "cash", "suspense", "payouts")
CITY_KINDS = KINDS[2:]
"""Kinds of which the city has one account per currency."""
OVERDRAFT_KINDS = frozenset({"clearing", "cash"})

_REFUSALS = {
    "AMOUNT_INVALID": "An amount is at least one whole unit. Give another amount.",
    "SAME_ACCOUNT": "Money cannot be moved from an account to itself. Name another account.",
    "ACCOUNT_UNKNOWN": "One of the accounts does not exist. Check its identifier.",
    "ACCOUNT_FROZEN": "One of the accounts is frozen. Ask the treasury to open it, then repeat.",
    "ACCOUNT_CLOSED": "One of the accounts is closed. Name another account.",
    "DRILL_MIXED": "Money of a drill moves between accounts of drills only, and real money between real ones.",
    "CURRENCY_DIFFERS": "The accounts and the amount are not all of one currency. Name others.",
    "INSUFFICIENT_FUNDS": "There is not enough money on the account. Top it up or give a smaller amount.",
    "LIMIT_EXCEEDED": "The account may not hold that much. Give a smaller amount.",
    "HOLD_UNKNOWN": "The reservation does not exist, has ended or is of another account. Reserve anew.",
    "HOLD_TOO_SMALL": "Less is reserved than is to be taken. Reserve anew or take less.",
    "TRANSFER_REUSED": "Something else was posted under this identifier. Use a new one.",
}


class Account(NamedTuple):
    """One account. Amounts are whole units; ``most`` is the highest balance allowed (None: any).

    ``version`` counts changes of status, ``entries`` the lines of its journal. Money of drills moves between accounts
    of drills (``exercise``) only.
    """

    id: UUID
    kind: str
    owner: str
    currency: str
    overdraft: bool
    most: int | None
    status: str
    version: int
    balance: int
    held: int
    entries: int
    created_at: datetime
    exercise: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it takes part."""
        return self.status == "open"

    @property
    def available(self) -> int:
        """What can be used now."""
        return self.balance - self.held


class Transfer(NamedTuple):
    """Money on its way from ``debit`` to ``credit``.

    ``id`` is its idempotency: what is posted under it once is not posted again. ``hold`` names a reservation on the
    debit account that this transfer uses up; what it does not take is released.
    """

    id: UUID
    kind: str
    debit: UUID
    credit: UUID
    amount: int
    currency: str
    reference: str = ""
    exercise: bool = False
    hold: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """A reservation on an account: reserved, then captured, released or expired."""

    id: UUID
    account: UUID
    amount: int
    state: str
    reference: str
    expires_at: datetime | None
    created_at: datetime
    updated_at: datetime

    def stands(self, now: datetime) -> bool:
        """Whether it still reserves something that can be taken."""
        return self.state == "reserved" and (self.expires_at is None or self.expires_at > now)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of an account's statement: ``amount`` came (positive) or went (negative), ``balance`` is what was then
    there; whole units.
    """

    number: int
    transfer: UUID
    kind: str
    amount: int
    balance: int
    reference: str
    posted_at: datetime


OF_BATCHES = frozenset({"settlement", "payout"})
"""Kinds of the transfers whose reference is a merchant's day."""


class PaidFor(NamedTuple):
    """What a payment was for."""

    purpose: str = ""
    description: str = ""
    description_en: str = ""
    bill: str = ""


class Posting(NamedTuple):
    """A transfer as it goes into the journal: for each side its number in the account and the balance after it."""

    transfer: Transfer
    debit_number: int
    debit_balance: int
    credit_number: int
    credit_balance: int


class Verdict(NamedTuple):
    """What became of a group: posted, posted before (``repeated``), or refused for a reason, with nothing changed."""

    refusal: str | None = None
    repeated: bool = False


def city_account(kind: str, currency: str, *, exercise: bool = False) -> UUID:
    """The identifier of the city's own account of a kind (``CITY_KINDS``), or of the one that drills have instead."""
    return uuid5(NAMESPACE_URL, f"smartcity:ledger:{'drill:' if exercise else ''}{kind}:{currency}")


def drill_account(account: UUID) -> UUID:
    """The identifier of the account that drills have instead of another one."""
    return uuid5(NAMESPACE_URL, f"smartcity:drill:{account}")


def derived(parent: UUID, word: str) -> UUID:
    """The identifier of what is done once for ``parent``, such as its "capture".

    It keeps the time that a UUIDv7 begins with, so that what is posted at about the same time lies together in the
    journal's index; the rest is a digest.
    """
    made = bytearray(parent.bytes[:6] + hashlib.sha256(parent.bytes + word.encode()).digest()[:10])
    made[6] = 0x80 | made[6] & 0x0F  # version 8: of our own making (RFC 9562)
    made[8] = 0x80 | made[8] & 0x3F
    return ids.of(bytes(made))


def refused(reason: str) -> DomainError:
    """The error that tells a client of a refusal. It names neither accounts nor amounts: they may be others'."""
    return precondition(reason, _REFUSALS[reason])


def reserve(account: Account, hold: Hold) -> None:
    """Checks that a hold can be made. Errors: those of a transfer that would take the amount now."""
    reason = standing(account)
    if not 0 < hold.amount <= LARGEST:
        reason = "AMOUNT_INVALID"
    elif reason is None and not account.overdraft and hold.amount > account.available:
        reason = "INSUFFICIENT_FUNDS"
    if reason is not None:
        raise refused(reason)


def require_not_closed(account: Account) -> None:
    """Refuses to change what has ended. Errors: ACCOUNT_CLOSED."""
    if account.status == "closed":
        raise refused("ACCOUNT_CLOSED")


def standing(account: Account) -> str | None:
    """Why an account does not take part."""
    if account.status == "open":
        return None
    return "ACCOUNT_FROZEN" if account.status == "frozen" else "ACCOUNT_CLOSED"
