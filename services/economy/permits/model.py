"""A permit: one table of its states, who may move it, and what a move does to its clock. Pure rules.

The clock runs in working days from a complete application, and waits while the applicant is asked. Silence until it
ends is consent (UU 30/2014 Pasal 53, as amended by UU 6/2023): "deemed granted".
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from services.economy.permit_kinds.profile import Kind, Terms
from services.kit import codes
from services.kit.city import working_time
from services.kit.city.working_days import Calendar

LENGTH = 9
"""Characters of its number, the check character included: nobody comes upon one by trying (32^8)."""
LETTER = "Z"
"""Follows the city's prefix in the numbers of permits (iZin; I and L are read as 1)."""
OPEN_MOST = 10
"""Applications that somebody may have under way."""
_DAY = timedelta(days=1)


class State(StrEnum):
    """Where it stands."""

    DRAFT = "draft"
    CHECKING = "checking"
    ASKED = "asked"
    DECIDING = "deciding"
    PAYABLE = "payable"
    GRANTED = "granted"
    DEEMED_GRANTED = "deemed_granted"
    SUSPENDED = "suspended"
    REFUSED = "refused"
    OBJECTED = "objected"
    REVOKED = "revoked"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"


class Move(StrEnum):
    """What can be done with it. The last four happen by themselves."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    OBJECT = "object"
    ASK = "ask"
    CHECK = "check"
    GRANT = "grant"
    REFUSE = "refuse"
    SUSPEND = "suspend"
    RESUME = "resume"
    REVOKE = "revoke"
    UPHOLD = "uphold"
    DISMISS = "dismiss"
    DEEM = "deem"
    PAY = "pay"
    LAPSE = "lapse"
    END = "end"


class Party(StrEnum):
    """As whom somebody acts."""

    APPLICANT = "applicant"
    CHECKER = "checker"
    DECIDER = "decider"
    SYSTEM = "system"


_HOLDS = (State.GRANTED, State.DEEMED_GRANTED)
_GIVEN = (*_HOLDS, State.PAYABLE)
TRANSITIONS: dict[tuple[State, Move], tuple[State, ...]] = {
    (State.DRAFT, Move.SUBMIT): (State.CHECKING, State.DECIDING),
    (State.DRAFT, Move.WITHDRAW): (State.WITHDRAWN,),
    (State.DRAFT, Move.LAPSE): (State.LAPSED,),
    (State.CHECKING, Move.ASK): (State.ASKED,),
    (State.CHECKING, Move.CHECK): (State.DECIDING,),
    (State.CHECKING, Move.DEEM): _GIVEN,
    (State.CHECKING, Move.WITHDRAW): (State.WITHDRAWN,),
    (State.CHECKING, Move.LAPSE): (State.LAPSED,),
    (State.ASKED, Move.SUBMIT): (State.CHECKING, State.DECIDING),
    (State.ASKED, Move.WITHDRAW): (State.WITHDRAWN,),
    (State.ASKED, Move.LAPSE): (State.LAPSED,),
    (State.DECIDING, Move.ASK): (State.ASKED,),
    (State.DECIDING, Move.GRANT): (State.GRANTED, State.PAYABLE, State.ENDED),
    (State.DECIDING, Move.REFUSE): (State.REFUSED,),
    (State.DECIDING, Move.DEEM): _GIVEN,
    (State.DECIDING, Move.WITHDRAW): (State.WITHDRAWN,),
    (State.DECIDING, Move.LAPSE): (State.LAPSED,),
    (State.PAYABLE, Move.PAY): _HOLDS,
    (State.PAYABLE, Move.WITHDRAW): (State.WITHDRAWN,),
    (State.PAYABLE, Move.LAPSE): (State.LAPSED,),
    (State.GRANTED, Move.SUSPEND): (State.SUSPENDED,),
    (State.GRANTED, Move.WITHDRAW): (State.ENDED,),
    (State.GRANTED, Move.END): (State.ENDED,),
    (State.DEEMED_GRANTED, Move.SUSPEND): (State.SUSPENDED,),
    (State.DEEMED_GRANTED, Move.WITHDRAW): (State.ENDED,),
    (State.DEEMED_GRANTED, Move.END): (State.ENDED,),
    (State.SUSPENDED, Move.RESUME): _HOLDS,
    (State.SUSPENDED, Move.REVOKE): (State.REVOKED,),
    (State.SUSPENDED, Move.WITHDRAW): (State.ENDED,),
    (State.SUSPENDED, Move.OBJECT): (State.OBJECTED,),
    (State.SUSPENDED, Move.END): (State.ENDED,),
    (State.REFUSED, Move.OBJECT): (State.OBJECTED,),
    (State.REVOKED, Move.OBJECT): (State.OBJECTED,),
    (State.OBJECTED, Move.UPHOLD): (*_GIVEN, State.ENDED),
    (State.OBJECTED, Move.DISMISS): (State.REFUSED, State.SUSPENDED, State.REVOKED),
    (State.OBJECTED, Move.LAPSE): (State.LAPSED,),
    (State.OBJECTED, Move.END): (State.ENDED,),
}
"""The one table: what can be done in a state, and where that leads. What is not in it is refused."""

MOVED_BY: dict[Move, Party] = {
    Move.SUBMIT: Party.APPLICANT,
    Move.WITHDRAW: Party.APPLICANT,
    Move.OBJECT: Party.APPLICANT,
    Move.CHECK: Party.CHECKER,
    Move.DEEM: Party.SYSTEM,
    Move.PAY: Party.SYSTEM,
    Move.LAPSE: Party.SYSTEM,
    Move.END: Party.SYSTEM,
} | dict.fromkeys(
    (Move.GRANT, Move.REFUSE, Move.SUSPEND, Move.RESUME, Move.REVOKE, Move.UPHOLD, Move.DISMISS), Party.DECIDER
)
"""Who makes a move; who asks is who has it at that time."""

OVER = frozenset({State.REFUSED, State.REVOKED, State.ENDED, State.WITHDRAWN, State.LAPSED})
UNDER_WAY = frozenset({State.DRAFT, State.CHECKING, State.ASKED, State.DECIDING, State.PAYABLE})
HOLDING = frozenset(_HOLDS)
LAPSING = frozenset({State.DRAFT, State.ASKED, State.PAYABLE})
"""Those in which its applicant has it, and it lapses where they do not go on."""
SILENT = frozenset({State.CHECKING, State.DECIDING})
"""Those in which the city's silence counts."""


@dataclass(frozen=True)
class Permit:
    """One of them. Times are UTC, days the city's; ``version`` counts its changes."""

    id: UUID
    code: str
    version: int
    state: State
    kind: str
    agency: str
    """Who decides."""
    checker: str
    """Who checks: the kecamatan of the place, for which its kelurahan's staff work."""
    owner: str
    """Subject of who applied; empty once that is erased."""
    sealed: bytes | None
    """Their name, sealed; None once it is erased."""
    name: str
    """Of the business or event: stands on the paper, for everybody."""
    area: str
    """Kemendagri code."""
    place: str
    """Where exactly, in words."""
    nib: str
    first_day: date | None
    last_day: date | None
    extends: UUID | None
    due_at: datetime | None
    """When the city's working time is used up, to the moment (``due``)."""
    remaining: timedelta | None
    """Working time left, while the clock waits."""
    before: State | None
    """What an applicant who was asked, or an objection, goes back to; suspended, where it ended while it was."""
    objected: bool
    deemed: bool
    checked_by: str
    decided_by: str
    note: str
    """What whoever moved it last said."""
    payment: str
    """Code of the payment of its fee; empty while there is none that can be paid."""
    payments: int
    """How often its fee was asked for; once it is paid, which time that was."""
    wake_at: datetime | None
    """When something falls due by itself."""
    reminded: bool
    submitted_at: datetime | None
    decided_at: datetime | None
    created_at: datetime
    updated_at: datetime

    def due(self, calendar: Calendar) -> datetime | None:
        """When silence is consent, or an objection upheld: at the end of a working day, as law counts in days.

        A clock that waited runs out at any hour. Only what is told is the end of that day: were the clock itself put
        there, each question would give the city another day. Nor does it end on what was decided since to be a day off.
        """
        return working_time.end_of_working_day(calendar, self.due_at) if self.due_at else None

    @property
    def needed_at(self) -> datetime | None:
        """By when a decision is needed: when it is due, or before its first day, where that comes sooner."""
        if self.due_at is None or self.first_day is None:
            return self.due_at
        return min(self.due_at, datetime.combine(self.first_day, time.min, UTC))

    @property
    def lapses_at(self) -> datetime | None:
        """Until when its applicant sends it, answers or pays; None where nobody waits for them."""
        return self.wake_at if self.state in LAPSING else None

    @property
    def suspended(self) -> bool:
        """Whether it holds no longer for the time being."""
        return self.state is State.SUSPENDED or (self.state is State.OBJECTED and self.before is State.SUSPENDED)

    @property
    def stopped(self) -> bool:
        """Whether an officer took it away, for good or for the time being: that is so still once its days are over."""
        if self.state in (State.OBJECTED, State.ENDED):
            return self.before in (State.SUSPENDED, State.REVOKED)
        return self.state in (State.SUSPENDED, State.REVOKED)

    @property
    def shown(self) -> str:
        """What everybody is told of its paper: valid, suspended or ended; empty where there is none."""
        if self.first_day is None or self.decided_at is None or self.last_day is None:
            return ""
        if self.state in HOLDING:
            return "valid"
        if self.suspended:
            return "suspended"
        return "ended" if self.state in (State.ENDED, State.REVOKED) or self.before is State.REVOKED else ""

    def validity(self, today: date) -> str:
        """The same of a day: one that is issued ahead is ``coming`` before its first day, and after its last day it
        has ended, also where nobody has moved it yet.
        """
        if self.shown and self.last_day is not None and self.last_day < today:
            return "ended"
        ahead = self.shown == "valid" and self.first_day is not None and today < self.first_day
        return "coming" if ahead else self.shown


@dataclass(frozen=True)
class Wanted:
    """What somebody applies for."""

    name: str
    area: str
    place: str
    nib: str
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True)
class Rules:
    """What the city says of a permit's kind, and its calendar."""

    kind: Kind
    terms: Terms
    calendar: Calendar

    def today(self, now: datetime) -> date:
        """The city's day."""
        return now.astimezone(self.calendar.timezone).date()

    def end_of(self, day: date) -> datetime:
        """When a day of the city's is over."""
        return datetime.combine(day + _DAY, time(), self.calendar.timezone).astimezone(UTC)

    def due(self, now: datetime, days: int) -> datetime:
        """The end of that many working days."""
        return self.calendar.add_working_days(now, days).astimezone(UTC)


def new_code(prefix: str) -> str:
    """A number that nobody has."""
    return codes.new(f"{prefix}{LETTER}", LENGTH)


def parse_code(prefix: str, text: str) -> str | None:
    """The number that somebody typed; None where its check character does not fit."""
    return codes.parse(f"{prefix}{LETTER}", text)
