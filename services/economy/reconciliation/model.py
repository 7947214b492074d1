"""Compares the acquirer's report of a day with our books, line by line. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from services.economy.providers.model import ReportLine
from services.economy.settlement.model import due_day, end_of

SKEW = timedelta(minutes=5)
"""How far the acquirer's clock may be ahead of ours: what we captured so shortly before midnight is looked for in the
next day's report."""

COMPARING_AT = time(0, 30)
"""From when on a day that is over is compared, by the bank's clock: a report that it gives before lacks the rest of the
day, and a day is compared once.
"""
LOOKED_BACK, LOOKED_BACK_MOST = timedelta(days=7), timedelta(days=31)
"""How far back reports are looked through for what we heard of late: where nobody knows since when it can be in them,
and at most."""
AT_ONCE, IN_TURN = 7, 3
"""Of the days that were missed, how many of the newest are asked for each time, and how many of those before in turn: a
report that never comes keeps the bank from being asked for no other."""


Key = tuple[str, str]
"""What a line of the report is ("payment", "refund"), and the acquirer's reference: that of a payment may be named by
what was given back of it as well.
"""


class Kind(Enum):
    """How the books differ."""

    ONLY_BANK = "only_bank"
    ONLY_HERE = "only_here"
    AMOUNT = "amount"
    REFUND = "refund"


@dataclass(frozen=True)
class Known:
    """What we have under a reference of the acquirer: captured, in suspense, or given back; ``since`` when the acquirer
    can have booked it (None: nobody knows).
    """

    reference: str
    amount: int
    payment: UUID | None
    since: datetime | None = None


@dataclass(frozen=True)
class Difference:
    """One line on which the books differ; None where one side has nothing. ``paid_batch`` is what two people paid
    out in spite of it.
    """

    id: UUID
    day: date
    kind: Kind
    reference: str
    payment: UUID | None
    currency: str
    bank: int | None
    here: int | None
    mended: bool
    created_at: datetime
    paid_batch: UUID | None = None


@dataclass(frozen=True)
class Finding:
    """A difference before it is written down; ``line`` is the acquirer's, when it has one."""

    kind: Kind
    reference: str
    payment: UUID | None
    bank: int | None
    here: int | None
    line: ReportLine | None = None

    @property
    def key(self) -> Key:
        """Of the line that differs, or is missing."""
        return "refund" if self.kind is Kind.REFUND else "payment", self.reference


def merge(lines: Iterable[ReportLine]) -> list[ReportLine]:
    """The report with one line for each reference and kind: what the acquirer lists twice, it claims twice.

    Payments come before what was given back of them.
    """
    merged: dict[Key, ReportLine] = {}
    for line in lines:
        key = key_of(line)
        before = merged.get(key)
        merged[key] = _twice(before, line) if before else line
    return sorted(merged.values(), key=lambda line: line.kind == "refund")


def key_of(line: ReportLine) -> Key:
    """Which of ours it is of."""
    return line.kind, line.provider_reference


def compare(lines: Sequence[ReportLine], known: Mapping[Key, Known], currency: str) -> list[Finding]:
    """What differs on the acquirer's lines. ``known`` is ours by kind ("payment", "refund") and reference."""
    return [found for line in lines if (found := _judge(line, known.get(key_of(line)), currency)) is not None]


def keyed(payments: Iterable[Known], refunds: Iterable[Known]) -> dict[Key, Known]:
    """Ours by the lines that they should be."""
    return {("payment", one.reference): one for one in payments} | {("refund", one.reference): one for one in refunds}


def unseen(ours: Mapping[Key, Known], seen: frozenset[Key]) -> dict[Key, Known]:
    """Ours that none of the lines seen in the reports is of."""
    return {key: one for key, one in ours.items() if key not in seen}


def missing(unseen: Mapping[Key, Known]) -> list[Finding]:
    """What we have and the acquirer does not, as findings."""
    return [
        Finding(Kind.REFUND if kind == "refund" else Kind.ONLY_HERE, reference, one.payment, None, one.amount)
        for (kind, reference), one in unseen.items()
    ]


def last_day(now: datetime, timezone: ZoneInfo) -> date:
    """The last day of reports that can be compared."""
    return due_day(now.astimezone(timezone), COMPARING_AT)


def window(day: date, timezone: ZoneInfo) -> tuple[datetime, datetime]:
    """From when until before when ours are looked for in the report of a day, and in those of before.

    We hear of a payment after the acquirer made it: what we wrote just after midnight is in the earlier report.
    """
    return end_of(day - timedelta(days=1), timezone) - SKEW, end_of(day, timezone) - SKEW


def looked_from(day: date, ours: Iterable[Known], timezone: ZoneInfo) -> date:
    """The first day whose report may have what we have of a day; the day before at the latest."""
    first = [one.since.astimezone(timezone).date() if one.since else day - LOOKED_BACK for one in ours]
    return max(min([*first, day - timedelta(days=1)]), day - LOOKED_BACK_MOST)


def in_turn(missed: Sequence[date], now: datetime) -> list[date]:
    """Which of the days that were missed, the oldest first, are asked for at a time; other old ones a minute later."""
    before = missed[:-AT_ONCE]
    start = int(now.timestamp()) // 60 * IN_TURN % len(before) if before else 0
    return sorted([*before, *before][start : start + IN_TURN][: len(before)]) + list(missed[-AT_ONCE:])


def _twice(before: ReportLine, line: ReportLine) -> ReportLine:
    return replace(before, amount=before.amount + line.amount, times=before.times + 1)


def _judge(line: ReportLine, known: Known | None, currency: str) -> Finding | None:
    refund = line.kind == "refund"
    if known is None:
        kind = Kind.REFUND if refund else Kind.ONLY_BANK
        return Finding(kind, line.provider_reference, None, line.amount, None, line)
    if known.amount == line.amount and line.currency == currency:
        return None
    kind = Kind.REFUND if refund else Kind.AMOUNT
    return Finding(kind, line.provider_reference, known.payment, line.amount, known.amount, line)
