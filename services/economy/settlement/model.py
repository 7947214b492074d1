"""A batch: what came to a merchant on a day, what went, and what is paid out. Pure; amounts in whole units."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.errors import invalid, precondition

SETTLEMENT = "settlement"
"""Kind of the transfers that pay out; they are no part of what a day brought."""
PAYOUT = "payout"
CAPTURE = "capture"
COVER = "cover"
"""Kind of the transfers by which the treasury gives a counter back, for refunds, what batches took to it."""
LINES_MOST = 10_000
"""Lines that are read at once."""
_FEES = "fee"
_REFUNDS = "refund"


class State(Enum):
    """Where a batch stands."""

    CLOSED = "closed"
    PAID = "paid"


@dataclass(frozen=True)
class Movement:
    """All entries of one kind in a batch: how many, and what they add up to (positive: came to the merchant)."""

    kind: str
    amount: int
    entries: int = 1


@dataclass(frozen=True)
class Sums:
    """What a batch adds up to. ``net`` is paid out, and never below zero; ``carried`` is left for the next batch;
    ``covered`` came from the treasury for refunds, and is no turnover.
    """

    payments: int
    gross: int
    fees: int
    refunded: int
    covered: int
    net: int
    carried: int


@dataclass(frozen=True)
class Batch:
    """One merchant's day, or a later round of it. Entries are numbered as in the merchant's account.

    ``bank`` and ``bank_number`` are where it was paid out to, personal data as of the merchant; None until it is, and
    of those that were before this was kept.
    """

    id: UUID
    version: int
    merchant: UUID
    day: date
    round: int
    state: State
    first_entry: int
    last_entry: int
    payments: int
    currency: str
    gross: int
    fees: int
    refunded: int
    covered: int
    net: int
    carried: int
    told_entry: int
    created_at: datetime
    paid_at: datetime | None
    bank: str | None = None
    bank_number: str | None = None


@dataclass(frozen=True)
class Captured:
    """A payment of a batch; ``number`` is that of its entry."""

    number: int
    id: UUID
    code: str
    version: int
    correlation: str
    exercise: bool


@dataclass(frozen=True)
class Line:
    """One entry of a batch; ``reference`` is the code of its payment."""

    number: int
    kind: str
    amount: int
    reference: str
    at: datetime


def lines_of_page(wanted: int) -> int:
    """Lines of a page; all that are read at once for 0. Errors: PAGE_SIZE_INVALID."""
    if not 0 <= wanted <= LINES_MOST:
        message = f"A page holds 1 to {LINES_MOST} lines; leave it out for as many."
        raise invalid("PAGE_SIZE_INVALID", message, field="page_size")
    return wanted or LINES_MOST


def settle(movements: Iterable[Movement], before: int, held: int, available: int) -> Sums:
    """Adds up a batch.

    ``before`` is what the last batch left; ``held`` is reserved on the account, ``available`` can be used now. A day
    that takes more than it brings lowers what is left; what is reserved for a refund waits for the next batch, and so
    does what cannot be paid out because it was given back since. What the treasury covered goes out with refunds; where
    one comes to nothing, it goes back to the treasury.
    """
    payments = gross = fees = refunded = covered = 0
    for one in movements:
        if one.kind.startswith(_FEES):
            fees -= one.amount
        elif one.kind.startswith(_REFUNDS):
            refunded -= one.amount
        elif one.kind == COVER:
            covered += one.amount
        else:
            gross += one.amount
            payments += one.entries if one.kind == CAPTURE else 0
    left = before + gross + covered - fees - refunded
    net = max(0, min(left - held, available))
    return Sums(payments, gross, fees, refunded, covered, net, left - net)


def first_day(first_posted: datetime, day: date, timezone: ZoneInfo) -> date:
    """The day of a batch that begins with an entry, when ``day`` is closed: days that were missed are closed first."""
    return min(first_posted.astimezone(timezone).date(), day)


def end_of(day: date, timezone: ZoneInfo) -> datetime:
    """The first instant after a local day."""
    return datetime.combine(day + timedelta(days=1), time.min, timezone)


def due_day(now: datetime, at: time) -> date:
    """The last day whose hour has come at the local time ``now``: yesterday, or before that hour the day before."""
    return now.date() - timedelta(days=1 if now.time() >= at else 2)


def closing_end(day: date, *, early: bool, now: datetime, timezone: ZoneInfo) -> datetime:
    """Up to when entries count, when a day is closed. Errors: DAY_NOT_OVER."""
    end = end_of(day, timezone)
    if end <= now:
        return end
    if early and day == now.astimezone(timezone).date():
        return end
    message = "The day is not over. Close an earlier one, or today so far with `early`."
    raise precondition("DAY_NOT_OVER", message, field="day")


def require_over(day: date, now: datetime, timezone: ZoneInfo) -> None:
    """Refuses a day that is not over. Errors: DAY_NOT_OVER."""
    if end_of(day, timezone) > now:
        raise precondition("DAY_NOT_OVER", "The day is not over. Name an earlier one.", field="day")


def paid_out(batch: Batch, bank: str, number: str, now: datetime) -> Batch:
    """The batch, paid out to an account. Errors: BATCH_PAID."""
    if batch.state is State.PAID:
        raise precondition("BATCH_PAID", "This batch is paid out already.")
    return replace(batch, state=State.PAID, version=batch.version + 1, paid_at=now, bank=bank, bank_number=number)


def touched(batch: Batch) -> Batch:
    """The batch as one of another version: something was said of it that whoever pays it out has to see."""
    return replace(batch, version=batch.version + 1)
