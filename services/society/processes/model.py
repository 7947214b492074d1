"""A process: its phases, when they begin, and who may vote. Pure rules.

A process goes through its phases in their order, by itself on a phase's date or by an officer's word. Phases may be
left out; the vote is one of kinds that vote.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import DomainError, invalid, precondition


class Phase(Enum):
    """How far a process has come, in the order of the phases."""

    DRAFT = "draft"
    COLLECT = "collect"
    REVIEW = "review"
    VOTE = "vote"
    CARRY_OUT = "carry_out"
    DONE = "done"

    def after(self, other: "Phase") -> bool:
        """Whether it comes later."""
        return _ORDER[self] > _ORDER[other]


_ORDER = {phase: place for place, phase in enumerate(Phase)}
PUBLIC = tuple(phase for phase in Phase if phase is not Phase.DRAFT)
"""What everybody sees."""


@dataclass(frozen=True)
class Dates:
    """When phases begin, or began. None: an officer decides, or it was left out."""

    collect: datetime | None = None
    review: datetime | None = None
    vote: datetime | None = None
    carry_out: datetime | None = None
    done: datetime | None = None

    def of(self, phase: Phase) -> datetime | None:
        """When a phase begins; a draft has no date."""
        at: datetime | None = getattr(self, phase.value, None)
        return at


@dataclass(frozen=True)
class Voters:
    """Who may vote."""

    min_age: int
    """In whole years on the cut-off date."""
    areas: tuple[str, ...]
    """Kemendagri codes of where they live: an area counts with all that lies in it."""
    cut_off: date | None
    """Day on which they must live there and be of that age."""


@dataclass(frozen=True)
class Words:
    """What a process says."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    rt: str
    regulation: str
    """That makes the result of a vote binding; empty: it is advisory."""
    budget: int
    """What may be spent, in whole units of the city's currency; 0 for no budget."""


@dataclass(frozen=True)
class Process:
    """One of them. Times are UTC; ``version`` counts its changes."""

    id: UUID
    version: int
    kind: str
    agency: str
    area: str
    """Kemendagri code."""
    phase: Phase
    title: str
    title_en: str
    summary: str
    summary_en: str
    rt: str
    regulation: str
    budget: int
    votes: bool
    min_age: int
    voter_areas: tuple[str, ...]
    cut_off: date | None
    created_at: datetime
    updated_at: datetime
    collect_at: datetime | None = None
    review_at: datetime | None = None
    vote_at: datetime | None = None
    carry_out_at: datetime | None = None
    done_at: datetime | None = None
    due_at: datetime | None = None
    """When it moves on by itself; None: not."""
    ballot: UUID | None = None
    """Its ballot."""
    ballot_counted: bool = False

    @property
    def dates(self) -> Dates:
        """When its phases begin, or began."""
        return Dates(self.collect_at, self.review_at, self.vote_at, self.carry_out_at, self.done_at)

    @property
    def voters(self) -> Voters | None:
        """Who may vote; None where nobody does."""
        return Voters(self.min_age, self.voter_areas, self.cut_off) if self.votes else None

    @property
    def advisory(self) -> bool:
        """Whether a vote binds nobody."""
        return not self.regulation

    @property
    def held(self) -> bool:
        """Whether its ballot is not counted yet: until then it stays where it is."""
        return self.ballot is not None and not self.ballot_counted

    @property
    def votes_still(self) -> bool:
        """Whether it is in its vote and no ballot of it is counted, were it since none could be announced: it does not
        leave it by itself.
        """
        return self.phase is Phase.VOTE and not self.ballot_counted

    def with_dates(self, dates: Dates) -> "Process":
        """The same with other dates."""
        made = replace(
            self,
            collect_at=dates.collect,
            review_at=dates.review,
            vote_at=dates.vote,
            carry_out_at=dates.carry_out,
            done_at=dates.done,
        )
        return replace(made, due_at=_due(made))

    def ahead(self) -> Sequence[Phase]:
        """The phases that it may still come to."""
        return [one for one in Phase if one.after(self.phase) and (self.votes or one is not Phase.VOTE)]


@dataclass(frozen=True)
class Step:
    """Something that happened to a process: it moved, or (``before`` is its phase) was written anew; by itself: what
    everybody should know of its vote.
    """

    id: UUID
    process: UUID
    phase: Phase
    before: Phase
    automatic: bool
    agency: str
    by: str
    """Subject of the officer; empty where it moved by itself."""
    reason: str
    at: datetime


def checked(process: Process, now: datetime) -> Process:
    """It, when its dates and voters can be. Errors: PROCESS_DATES_INVALID, PROCESS_VOTERS_INVALID."""
    dates = process.dates
    if not process.votes and dates.vote is not None:
        raise invalid(
            "PROCESS_DATES_INVALID", "This kind of process has no vote, so give no date for it.", field="vote"
        )
    last, which = now, "now"
    for phase in process.ahead():
        at = dates.of(phase)
        if at is None:
            continue
        if at <= last:
            message = f"{phase.value} must begin later than {which}."
            raise invalid("PROCESS_DATES_INVALID", message, field=phase.value)
        last, which = at, phase.value
    _check_voters(process)
    return process


def _check_voters(process: Process) -> None:
    if not process.votes:
        return
    if not process.voter_areas or not 0 <= process.min_age <= 120:
        message = "Say from which age (0 to 120) and in which areas residents may vote."
        raise invalid("PROCESS_VOTERS_INVALID", message, field="voters")
    if process.cut_off is None and process.vote_at is not None:
        raise invalid("PROCESS_VOTERS_INVALID", "A vote with a date needs a cut-off date.", field="cut_off")


def rewritten(process: Process, words: Words, voters: Voters | None, dates: Dates, now: datetime) -> Process:
    """It with other words, voters and dates; those of phases that have begun stay.

    Errors: INVALID_TRANSITION, PROCESS_VOTING, PROCESS_DATES_INVALID, PROCESS_VOTERS_INVALID.
    """
    if process.phase is Phase.DONE:
        raise _over(process)
    ahead = set(process.ahead())
    merged = Dates(*(
        (dates if phase in ahead or (phase is Phase.VOTE and not process.votes) else process.dates).of(phase)
        for phase in PUBLIC
    ))  # fmt: skip
    voters = voters or Voters(0, (), None)
    made = replace(
        process,
        **vars(words),
        min_age=voters.min_age if process.votes else 0,
        voter_areas=voters.areas if process.votes else (),
        cut_off=voters.cut_off if process.votes else None,
    )
    if not Phase.VOTE.after(process.phase) and _said(made) != _said(process):
        message = "The vote has begun, so what it is about stays as it is. Only dates that lie ahead may change."
        raise precondition("PROCESS_VOTING", message, phase=process.phase.value)
    made = replace(made.with_dates(merged), version=process.version + 1, updated_at=now)
    return checked(made, now)


def _said(process: Process) -> Sequence[object]:
    return (
        process.title, process.title_en, process.summary, process.summary_en, process.rt, process.regulation,
        process.budget, process.min_age, process.voter_areas, process.cut_off,
    )  # fmt: skip


def may_move(process: Process, to: Phase) -> bool:
    """Whether an officer may move it there."""
    back = (process.phase, to) == (Phase.REVIEW, Phase.COLLECT)
    return back or to in process.ahead()


def require_draft(process: Process) -> None:
    """Lets only what nobody but its agency ever saw pass. Errors: INVALID_TRANSITION."""
    if process.phase is not Phase.DRAFT:
        raise _over(process)


def move(process: Process, to: Phase, now: datetime) -> Process:
    """An officer moves it. Later dates stay, what was to begin before is left out; of a review that ended early an
    officer decides anew when it begins. Errors: INVALID_TRANSITION, BALLOT_UNCOUNTED, PROCESS_VOTERS_INVALID.
    """
    if not may_move(process, to):
        raise _over(process)
    if process.held:
        raise precondition("BALLOT_UNCOUNTED", "Its ballot is not counted yet. The process moves on when it is.")
    if to is Phase.VOTE and process.cut_off is None:
        raise invalid("PROCESS_VOTERS_INVALID", "Give the cut-off date of the vote first.", field="cut_off")
    return _come(process, to, now, now)


def fall_due(process: Process, now: datetime) -> Process | None:
    """It moves to the latest phase whose date has come; None where none has, or its vote has decided nothing yet. One
    whose vote is late is postponed before (``voting``), so that nothing passes over that.
    """
    if process.votes_still:
        return None
    due = [phase for phase in process.ahead() if (at := process.dates.of(phase)) is not None and at <= now]
    return _come(process, due[-1], process.dates.of(due[-1]) or now, now) if due else None


def hold(process: Process, ballot: UUID, now: datetime) -> Process:
    """Its ballot is announced: it stays in its vote until that is counted."""
    made = replace(process, ballot=ballot, ballot_counted=False, version=process.version + 1, updated_at=now)
    return made.with_dates(made.dates)


def unheld(process: Process, now: datetime) -> Process:
    """No ballot of it can be announced: it stays in its vote until one is, or an officer moves it on."""
    return replace(process, version=process.version + 1, updated_at=now)


def let_go(process: Process, now: datetime) -> Process:
    """Its ballot is cancelled: it stays in its vote until another one is announced, or an officer moves it on."""
    made = replace(process, ballot=None, ballot_counted=False, version=process.version + 1, updated_at=now)
    return made.with_dates(replace(made.dates, carry_out=None, done=None))


def release(process: Process, now: datetime) -> Process:
    """Its ballot is counted: it is carried out where that should have begun meanwhile, else on its date or by hand."""
    made = replace(process, ballot_counted=True)
    begins = made.carry_out_at
    if made.phase is Phase.VOTE and begins is not None and begins <= now:
        return _come(made, Phase.CARRY_OUT, now, now)
    made = replace(made, version=process.version + 1, updated_at=now)
    return made.with_dates(made.dates)


def _come(process: Process, to: Phase, since: datetime, now: datetime) -> Process:
    kept = {}
    for phase in PUBLIC:
        at = process.dates.of(phase)
        if phase is to:
            at = since
        elif at is not None and phase.after(to) != (at > since):  # passed over, or to be begun anew
            at = None
        kept[phase.value] = at
    moved = replace(process, phase=to, version=process.version + 1, updated_at=now)
    return moved.with_dates(Dates(**kept))


def _due(process: Process) -> datetime | None:
    if process.votes_still:
        return None
    return min((at for one in process.ahead() if (at := process.dates.of(one)) is not None), default=None)


def _over(process: Process) -> DomainError:
    ways = ", ".join(one.value for one in Phase if may_move(process, one))
    message = f"It is in the phase {process.phase.value}. From there it can come to: {ways or 'no other'}."
    return precondition("INVALID_TRANSITION", message, state=process.phase.value)
