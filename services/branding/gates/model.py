"""A gate, and what scans of one ticket amount to, in whatever order they come. Pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.branding.sales.model import Admission, Reentry, Sale

MOST_GATES = 20
DAY = timedelta(days=1)
NIGHT = timedelta(hours=5)
"""After midnight it is still the evening before for so long, of what takes several days: the last have gone home by
then, and nobody has come for the next day yet.
"""


class Verdict(Enum):
    """What a gate says of a scan."""

    ADMITTED = "admitted"
    READMITTED = "readmitted"
    LEFT = "left"
    USED = "used"
    FORGED = "forged"
    MISTYPED = "mistyped"
    UNKNOWN = "unknown"
    ELSEWHERE = "elsewhere"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    OTHER_GATE = "other_gate"
    OTHER_DAY = "other_day"
    TIME_INVALID = "time_invalid"


LET_IN = frozenset({Verdict.ADMITTED, Verdict.READMITTED})


@dataclass(frozen=True)
class Gate:
    """One of them."""

    id: UUID
    sale: UUID
    agency: str
    name: str
    opened_by: str
    created_at: datetime


@dataclass(frozen=True)
class Scan:
    """A ticket that was shown. Times are UTC, the day the city's."""

    id: UUID
    gate: UUID
    scan: str
    """What the gate calls it."""
    sale: UUID
    ticket: UUID | None
    code: str
    """Of the ticket, or what was shown instead of one."""
    leaving: bool
    verdict: Verdict
    happened: bool
    """Whether somebody came in or went out."""
    amiss: bool
    """Whether that should not have happened."""
    at: datetime
    day: date
    offline: bool
    by: str
    created_at: datetime

    @property
    def move(self) -> "Move":
        """As a move of its ticket."""
        return Move(self.at, self.id, self.day, self.leaving)


class Move(NamedTuple):
    """Somebody came in or went out with a ticket; ``id`` settles what happened at the same moment."""

    at: datetime
    id: UUID
    day: date
    leaving: bool


def night_of(sale: Sale) -> timedelta:
    """For how long after midnight what is sold still goes by the day before: what takes less than a day is one day,
    whenever it ends, and of a destination each day is what the calendar says.
    """
    if sale.starts_at is None or sale.ends_at is None:
        return timedelta(0)
    return DAY if sale.ends_at - sale.starts_at < DAY else NIGHT


def day_of(at: datetime, sale: Sale, zone: tzinfo, early: timedelta) -> date:
    """The day that a scan counts for; ``early`` is for how long before the begin that is the first day already. A
    phone without a connection reckons the same (``gate.js``), from what its list says.
    """
    here, days = at.astimezone(zone), sale.days(zone)
    day = here.date()
    if days is None or sale.starts_at is None or day > days[1]:
        return day
    if day < days[0]:
        return days[0] if sale.starts_at - early <= at else day
    return max(days[0], (here - night_of(sale)).date())


@dataclass
class Story:
    """What the moves with one ticket amount to, gone through in the order of their times."""

    admission: Admission
    reentry: Reentry
    verdicts: dict[UUID, Verdict] = field(default_factory=dict)
    """On each that let in: admitted for the first time, or for the first time on a day; readmitted as the ticket
    allows; used where it should not have.
    """
    opened: date | None = None
    """The day on which the ticket lets in: what came in wrongly on another opens no day."""
    last_day: date | None = None
    inside: bool = False

    @property
    def entries(self) -> int:
        """How many came in."""
        return len(self.verdicts)

    def verdict(self, move: Move) -> Verdict:
        """On one that comes in next."""
        if self.opened is None or (self.admission is Admission.DAILY and move.day != self.opened):
            return Verdict.ADMITTED
        free = self.reentry is Reentry.FREE or (self.reentry is Reentry.AFTER_EXIT and not self.inside)
        return Verdict.READMITTED if move.day == self.opened and free else Verdict.USED

    def go_on(self, move: Move) -> None:
        """Goes through the next one."""
        if not move.leaving:
            verdict = self.verdicts[move.id] = self.verdict(move)
            if verdict is Verdict.ADMITTED:
                self.opened = move.day
            self.last_day = max(self.last_day or move.day, move.day)
        self.inside = not move.leaving


def told(moves: Iterable[Move], admission: Admission, reentry: Reentry) -> Story:
    """Goes through the moves of a ticket, whatever order they were told in."""
    story = Story(admission, reentry)
    for move in sorted(moves):
        story.go_on(move)
    return story


def counted(scans: Iterable[Scan], sale: Sale, zone: tzinfo) -> list[Scan]:
    """Scans of what is sold now: none of what a ticket was for before, nor of a day from which it was put off, whose
    tickets let in anew on the day that holds.
    """
    days = sale.days(zone) if sale.moved else None

    def counts(one: Scan) -> bool:
        past = days is not None and one.day < days[0]
        return one.sale == sale.id and not past

    return [one for one in scans if counts(one)]


def days_let_in(scans: Sequence[Scan]) -> frozenset[date]:
    """Days on which a ticket let somebody in."""
    return frozenset(one.day for one in scans if one.happened and not one.leaving)


def days_opened(scans: Sequence[Scan], admission: Admission) -> list[date]:
    """Days on which a ticket lets in what goes in and out: of one that lets in once, the first alone."""
    days = sorted(days_let_in(scans))
    return days[:1] if admission is Admission.ONCE else days
