"""A ballot: its times, who may vote, and what a vote may be. Pure rules."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from enum import Enum
from uuid import UUID

from services.kit.errors import DomainError, forbidden, invalid, precondition
from services.society.counting.votes import MOST_OPTIONS, Method, Option, Terms
from services.society.processes.voting import LATE, LONGEST_VOTE, SHORTEST_OF_PRACTICE, SHORTEST_VOTE

AHEAD = timedelta(days=366)
"""A ballot is announced no longer before it opens."""
LEAST_OPTIONS = 2
USUAL_CHOICES = 5
"""How many options a voter may approve of where nobody says it: each further one makes sets of approvals that a single
voter has more likely, and such a set is a receipt.
"""
CANCEL_AFTER = timedelta(days=1)
"""So long after its end a ballot that is not counted may be cancelled."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=10), timedelta(minutes=10)
"""Before a ballot that is not counted by a try is tried again: twice as long each time."""
LEAST_VOTES = 5
"""With fewer votes nothing is published but their number: the rest would tell how somebody voted."""

_UNHELD = {
    "BALLOT_OPTIONS_INVALID": (
        f"usulan yang diterima harus {LEAST_OPTIONS} sampai {MOST_OPTIONS}",
        f"it takes {LEAST_OPTIONS} to {MOST_OPTIONS} accepted proposals",
    ),
    "BALLOT_TIMES_INVALID": (
        f"pemungutan suara berlangsung satu jam sampai {LONGEST_VOTE.days} hari, tanggal hitungnya tidak sesudahnya",
        f"a vote goes on for an hour to {LONGEST_VOTE.days} days, and the day that counts is not after it",
    ),
    "OPTION_TOO_DEAR": (
        "ada usulan yang biayanya tidak diisi atau melebihi anggaran",
        "some proposal has no cost, or one above the budget",
    ),
    "RESIDENTS_CLOSED": ("kota ini belum memverifikasi warga", "this city verifies no residents yet"),
}
_UNHELD_OTHERWISE = ("petugas harus memeriksa prosesnya dahulu", "an officer has to look at the process first")
"""Why in words, where the reason of the refusal has none of its own here: that is no word for residents."""


class State(Enum):
    """Where a ballot stands, as it is kept; the times say the rest."""

    HELD = "held"
    COUNTING = "counting"
    COUNTED = "counted"
    CANCELLED = "cancelled"
    """It could not be counted, or was taken back before it opened. Nobody opens its envelopes any more."""


class Shown(Enum):
    """Where a ballot stands, times included."""

    ANNOUNCED = "announced"
    OPEN = "open"
    CLOSED = "closed"
    COUNTING = "counting"
    COUNTED = "counted"
    CANCELLED = "cancelled"


@dataclass(frozen=True)
class Ballot:
    """One of them. Times are UTC; the lists of options go together, by number."""

    id: UUID
    version: int
    state: State
    agency: str
    process: str
    title: str
    title_en: str
    method: Method
    names: tuple[str, ...]
    """Of the options, the first with the number 1."""
    names_en: tuple[str, ...]
    costs: tuple[int, ...]
    proposals: tuple[str, ...]
    budget: int
    winners: int
    most_choices: int
    min_age: int
    areas: tuple[str, ...]
    cut_off: date
    regulation: str
    opens_at: datetime
    closes_at: datetime
    public_key: bytes
    private_key: bytes
    """Sealed; empty once it is counted or cancelled."""
    created_at: datetime
    updated_at: datetime
    counted_at: datetime | None = None
    cancel_reason: str = ""
    """Why it is to be cancelled, or is."""
    cancel_asked_by: str = ""
    cancelled_by: str = ""
    """Somebody else."""
    tries: int = 0
    """How often its count was tried. No change of it that anybody is shown: its version stays."""

    @property
    def terms(self) -> Terms:
        """How it is counted."""
        options = tuple(Option(number, cost) for number, cost in enumerate(self.costs, 1))
        return Terms(self.method, options, self.budget, self.winners, self.most_choices)

    def shown(self, now: datetime) -> Shown:
        """Where it stands at an instant."""
        if self.state is not State.HELD:
            return Shown(self.state.value)
        if now < self.opens_at:
            return Shown.ANNOUNCED
        return Shown.OPEN if now < self.closes_at else Shown.CLOSED

    def asked_by(self, now: datetime) -> str:
        """Who asks for it to be cancelled; empty: nobody, or somebody before it opened, and people vote since. That was
        about something else, and would have one person destroy their votes.
        """
        return "" if self.updated_at < self.opens_at <= now else self.cancel_asked_by

    def require_open(self, now: datetime) -> None:
        """Lets only pass while votes are taken. Errors: BALLOT_NOT_OPEN, BALLOT_CLOSED."""
        shown = self.shown(now)
        if shown is Shown.ANNOUNCED:
            raise precondition("BALLOT_NOT_OPEN", "Voting has not begun; see when on the ballot.")
        if shown is not Shown.OPEN:
            raise precondition("BALLOT_CLOSED", "Voting has ended. No vote is taken any more.")

    def require_closed(self, now: datetime) -> None:
        """Lets only pass between the end of voting and the count. Errors: BALLOT_OPEN, INVALID_TRANSITION."""
        shown = self.shown(now)
        if shown in (Shown.ANNOUNCED, Shown.OPEN):
            raise precondition("BALLOT_OPEN", "Voting goes on. It can be counted once it has ended.")
        if shown is not Shown.CLOSED:
            raise precondition("INVALID_TRANSITION", f"It is {shown.value} already.", state=shown.value)

    def admits(self, area: str, age: int) -> bool:
        """Whether somebody of that age who lives there may vote."""
        return age >= self.min_age and any(area == one or area.startswith(f"{one}.") for one in self.areas)


def checked(one: Ballot, now: datetime, zone: tzinfo, *, practice: bool) -> Ballot:
    """It, when it can be held; for practice it may be of a second. Days are of the city, in ``zone``.

    Errors: BALLOT_TIMES_INVALID, CHOICES_INVALID, OPTION_TOO_DEAR.
    """
    shortest = SHORTEST_OF_PRACTICE if practice else SHORTEST_VOTE
    begins = now - LATE <= one.opens_at <= now + AHEAD  # that of a process with its vote, though it is heard of later
    if not begins or not shortest <= one.closes_at - one.opens_at <= LONGEST_VOTE:
        message = f"Voting begins now or within a year and goes on for an hour to {LONGEST_VOTE.days} days."
        raise invalid("BALLOT_TIMES_INVALID", message, field="close_time")
    if one.cut_off > one.closes_at.astimezone(zone).date():
        raise invalid("BALLOT_TIMES_INVALID", "The cut-off day is no later than the last day.", field="cut_off")
    for field, number in (("winners", one.winners), ("most_choices", one.most_choices)):
        if number > len(one.names):
            raise invalid("CHOICES_INVALID", "There are not so many options.", field=field)
    if one.method is Method.EQUAL_SHARES and not all(0 < cost <= one.budget for cost in one.costs):
        raise invalid("OPTION_TOO_DEAR", "Each option has a cost within the budget.", field="options")
    return one


def counting(one: Ballot, now: datetime) -> Ballot:
    """It is to be counted. Errors: BALLOT_OPEN, INVALID_TRANSITION."""
    one.require_closed(now)
    if not one.asked_by(now):
        one = replace(one, cancel_reason="", cancel_asked_by="")  # else it would seem to be asked for only now
    return replace(one, state=State.COUNTING, version=one.version + 1, updated_at=now)


def next_try(one: Ballot, now: datetime) -> datetime:
    """When one whose count is tried now is tried again, unless that counts it."""
    return now + min(FIRST_PAUSE * (1 << min(one.tries, 16)), LONGEST_PAUSE)


def counted(one: Ballot, now: datetime) -> Ballot:
    """It is counted; nobody opens its envelopes any more."""
    return replace(one, state=State.COUNTED, private_key=b"", version=one.version + 1, updated_at=now, counted_at=now)


def cancelling(one: Ballot, by: str, reason: str, now: datetime, *, practice: bool) -> Ballot:
    """An officer asks for it to be cancelled, and another one confirms that: the votes are never opened. It is taken
    back before it opens, or when it was not counted; for practice that may be at once.

    Errors: INVALID_TRANSITION, BALLOT_CANCEL_EARLY, BALLOT_REASON_REQUIRED, BALLOT_CANCEL_ANOTHER.
    """
    shown = one.shown(now)
    if shown in (Shown.COUNTED, Shown.CANCELLED):
        raise precondition("INVALID_TRANSITION", f"It is {shown.value}.", state=shown.value)
    if one.opens_at <= now < one.closes_at + (timedelta(0) if practice else CANCEL_AFTER):
        message = "Only a ballot that is not open yet, or was not counted within a day of its end, is cancelled."
        raise precondition("BALLOT_CANCEL_EARLY", message)
    changed = replace(one, version=one.version + 1, updated_at=now)
    asked_by = one.asked_by(now)
    if not asked_by:
        if not reason:
            raise invalid("BALLOT_REASON_REQUIRED", "Say why, for everybody who voted.", field="reason")
        return replace(changed, cancel_reason=reason, cancel_asked_by=by)
    if asked_by == by:
        raise forbidden("BALLOT_CANCEL_ANOTHER", "You have asked for it; another officer has to confirm it.")
    return replace(changed, state=State.CANCELLED, private_key=b"", cancelled_by=by)


def unheld(reason: str) -> str:
    """What everybody reads of a vote for which no ballot could be announced, by the reason of the refusal."""
    indonesian, english = _UNHELD.get(reason, _UNHELD_OTHERWISE)
    return f"Pemungutan suaranya belum dapat diumumkan: {indonesian}. / No ballot could be announced yet: {english}."


def not_verified() -> DomainError:
    """Whoever asks is no verified resident."""
    return forbidden("NOT_VERIFIED", "Only verified residents vote. Declare where you live and show your card first.")


def not_eligible(one: Ballot) -> DomainError:
    """They are one, but not of those who vote here."""
    message = f"This ballot is for residents of its areas of {one.min_age} years or more, declared by {one.cut_off}."
    return forbidden("NOT_ELIGIBLE", message)


def voted_already(booth: str) -> DomainError:
    """They stand on the roll. A vote is final."""
    how = f"on paper, in the booth {booth}" if booth else "online"
    return precondition("VOTED_ALREADY", f"You have voted already, {how}. A vote is final.")


def marked_already(booth: str) -> DomainError:
    """The same to the officer of a booth, who is told which: nobody may have heard that they were marked."""
    refused = voted_already(booth)
    return DomainError(refused.kind, refused.reason, refused.message, named=booth) if booth else refused


def options_invalid() -> DomainError:
    """There is nothing to choose from, or too much."""
    message = f"A ballot has {LEAST_OPTIONS} to {MOST_OPTIONS} options; of a process they are its accepted proposals."
    return precondition("BALLOT_OPTIONS_INVALID", message)


def choices_invalid() -> DomainError:
    """What was chosen stands not on the ballot, or is too much; it is not said what."""
    return invalid(
        "CHOICES_INVALID", "Approve of options of this ballot, and of no more than it allows.", field="options"
    )
