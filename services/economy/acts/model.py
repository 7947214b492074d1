"""What somebody of the city did with money, as the treasury's day lists it. Plain values; amounts in whole units."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class What(StrEnum):
    """What was done."""

    CASH_TAKEN = "cash_taken"
    REFUND_GIVEN = "refund_given"
    REFUND_ASKED = "refund_asked"
    REFUND_APPROVED = "refund_approved"
    REFUND_REJECTED = "refund_rejected"
    RELEASE_PROPOSED = "release_proposed"
    RELEASE_APPROVED = "release_approved"
    PAYOUT_CONFIRMED = "payout_confirmed"
    DAY_CLOSED = "day_closed"
    DAY_RECONCILED = "day_reconciled"
    ACCOUNT_FROZEN = "account_frozen"
    ACCOUNT_OPENED = "account_opened"
    MERCHANT_ACTIVATED = "merchant_activated"
    MERCHANT_SUSPENDED = "merchant_suspended"
    BILL_CANCELLED = "bill_cancelled"
    PAYOUT_ACCOUNT_CHANGED = "payout_account_changed"
    PAYOUT_ACCOUNT_REFUSED = "payout_account_refused"
    PAYOUT_ACCOUNT_READ = "payout_account_read"
    CASH_HANDED_OUT = "cash_handed_out"
    PAYOUT_ASKED = "payout_asked"
    RELEASE_REFUSED = "release_refused"
    RELEASE_SENT = "release_sent"
    MERCHANT_CLOSED = "merchant_closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One line: ``doer`` (empty: the bank) did it, on what ``asker`` had asked for (empty: nobody had to).

    Both are subjects, which hold no name. ``about`` is the code or identifier of what it was done to; ``day`` is the
    city's. Times are UTC.
    """

    id: UUID
    day: date
    at: datetime
    what: str
    """A ``What``, or one that a later version writes while both run, or wrote before a rollback."""
    doer: str = ""
    agency: str = ""
    asker: str = ""
    about: str = ""
    currency: str
    amount: int | None = None
    exercise: bool = False
    merchant: UUID | None = None
    """The merchant that it was about, or to whom money in suspense was to go."""
    to_payer: bool = False
    """Whether money in suspense was to go back; of before this was written down, as far as it is known."""
