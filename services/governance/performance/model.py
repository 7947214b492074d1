"""What events tell of an agency's performance: a case's state, and what each event of it counts for. Pure.

Each duty is counted once, for the agency that has it at that moment: a resolution is on time or its deadline passed, a
first answer came in time or late, a permit was decided in time, late, or not at all. The figures of a month are sums of
facts, so that the order of cases does not matter and adding up all facts again gives the same.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from services.governance.performance.formulas import Formula, Terms, cut_off
from services.kit.city import working_time

EXPLAINED = 2
"""Value of a resolution in time that explains why nothing can be done."""


class Kind(StrEnum):
    """What is counted of a case."""

    ON_TIME = "on_time"
    OVERDUE = "overdue"
    REOPENED = "reopened"
    RATED = "rated"
    PROMPT = "prompt"
    BELATED = "belated"
    SILENT = "silent"
    PERMIT_ON_TIME = "permit_on_time"
    PERMIT_OVERDUE = "permit_overdue"
    PERMIT_DEEMED = "permit_deemed"
    """Not decided by the agency that had it then, the one that checks or the one that decides: its silence granted it,
    or it lapsed where its days were over, as some formulas have it after its term alone.
    """
    PERMIT_GRANTED = "permit_granted"
    """Began to hold, however that came; no duty."""
    EXPLAINED = "explained"
    """Within its deadline it was explained why nothing can be done, where the month's formula counts that apart."""


class What(StrEnum):
    """What happened to a case, as far as it counts."""

    ASSIGNED = "assigned"
    ANSWERED = "answered"
    """The agency started, or asked the reporter."""
    MOVED = "moved"
    """It went to another agency, which has not taken it yet."""
    ENDED = "ended"
    """Nothing is owed any more: rejected, withdrawn, a duplicate."""
    RESPONSE_MISSED = "response_missed"
    RESOLUTION_MISSED = "resolution_missed"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    RATED = "rated"
    PERMIT_WAITS = "permit_waits"
    """It is complete, and the agencies have to check and decide until a time."""
    PERMIT_RESTS = "permit_rests"
    """Nothing is owed: its applicant is asked, or has withdrawn it."""
    PERMIT_DECIDED = "permit_decided"
    PERMIT_DEEMED = "permit_deemed"
    PERMIT_GRANTED = "permit_granted"


@dataclass(frozen=True)
class Heard:
    """An event of a case, as it is kept: no words and nobody's data."""

    id: UUID
    complaint: UUID
    version: int
    what: What
    at: datetime
    heard_at: datetime
    """When governance counted it; after a month's cut-off it is a correction."""
    code: str
    agency: str
    value: int = 0
    """Of a rating 1 to 5; of a resolution 1 for on time, ``EXPLAINED`` for explained in time."""
    due: datetime | None = None
    """Of a permit that waits: until when it has to be decided."""


@dataclass(frozen=True)
class CaseState:
    """What is owed of a case."""

    agency: str = ""
    since: datetime | None = None
    """Since when a first answer is owed; None: it is not."""
    silent: bool = False
    """Whether the deadline of that answer has passed."""
    overdue: bool = False
    """Whether the deadline of the resolution has passed, since it was opened or opened again."""
    due: datetime | None = None
    """Until when a permit has to be decided; None: it has not."""


@dataclass(frozen=True)
class Fact:
    """One case counted, for an agency and a month."""

    event: UUID
    kind: Kind
    month: date
    """Its first day, in the city's time."""
    agency: str
    correction: str
    """Its name, where it came after the cut-off."""
    complaint: UUID
    code: str
    at: datetime
    value: int = 0
    """Seconds until the first answer, or stars."""


Key = tuple[date, str, str, Kind]
"""Month, agency, correction and kind of a figure."""


@dataclass
class Sum:
    """How many, and what their values add up to."""

    cases: int = 0
    total: int = 0


def step(state: CaseState, event: Heard, *, apart: bool, by_term: bool) -> tuple[CaseState, list[tuple[Kind, int]]]:
    """The state after an event, and what it counts for, as the formula has explanations and terms of permits count."""
    match event.what:
        case What.ASSIGNED | What.MOVED:
            return _owed(state, event), []
        case What.ANSWERED:
            return _answered(state, event)
        case What.ENDED:
            return replace(state, since=None, silent=False), []
        case What.RESPONSE_MISSED:
            counts = state.since is not None and not state.silent
            return replace(state, silent=True), [(Kind.SILENT, 0)] if counts else []
        case What.RESOLUTION_MISSED:
            return replace(state, overdue=True), [] if state.overdue else [(Kind.OVERDUE, 0)]
        case What.RESOLVED:
            after, told = _answered(state, event)
            if state.overdue:
                return after, told
            kind = Kind.ON_TIME if event.value else Kind.OVERDUE
            kind = Kind.EXPLAINED if apart and event.value == EXPLAINED else kind
            return replace(after, overdue=not event.value), [*told, (kind, 0)]
        case What.REOPENED:
            return CaseState(event.agency, event.at), [(Kind.REOPENED, 0)]
        case What.RATED:
            return state, [(Kind.RATED, event.value)]
        case _:
            return _permit(state, event, by_term=by_term)


def _permit(state: CaseState, event: Heard, *, by_term: bool) -> tuple[CaseState, list[tuple[Kind, int]]]:
    """The same of a permit."""
    match event.what:
        case What.PERMIT_DECIDED:
            if state.due is None:  # until when it had to be is not known, or it was decided before
                return state, []
            late = event.at > state.due
            return replace(state, due=None), [(Kind.PERMIT_OVERDUE if late else Kind.PERMIT_ON_TIME, 0)]
        case What.PERMIT_DEEMED:
            # Days may be over before the agency's term is.
            silent = not by_term or state.due is None or event.at >= state.due
            return replace(state, due=None), [(Kind.PERMIT_DEEMED, 0)] if silent else []
        case What.PERMIT_GRANTED:
            return state, [(Kind.PERMIT_GRANTED, 0)]
        case _:
            return replace(state, agency=event.agency, due=event.due), []


def _owed(state: CaseState, event: Heard) -> CaseState:
    """A first answer is owed, since the agency was given the case; taking it over does not begin anew."""
    if state.agency == event.agency and state.since is not None:
        return state
    return replace(state, agency=event.agency, since=event.at, silent=False)


def _answered(state: CaseState, event: Heard) -> tuple[CaseState, list[tuple[Kind, int]]]:
    if state.since is None:
        return state, []
    seconds = max(0, int((event.at - state.since).total_seconds()))
    kind = Kind.BELATED if state.silent else Kind.PROMPT
    return replace(state, since=None, silent=False), [(kind, seconds)]


class Counting:
    """Takes events in the order of each case and says what they count for."""

    def __init__(
        self, terms: Terms, calendar: working_time.Days, states: Mapping[UUID, CaseState] | None = None
    ) -> None:
        """Begins with the states of cases that are known."""
        self._terms, self._calendar, self._zone = terms, calendar, calendar.timezone
        self.states: dict[UUID, CaseState] = dict(states or {})

    def take(self, event: Heard) -> Iterator[Fact]:
        """The facts of an event."""
        month = event.at.astimezone(self._zone).date().replace(day=1)
        formula = self._terms.formula(month)
        before = self._put_off(self.states.get(event.complaint, CaseState()), formula)
        apart, by_term = (formula.explained_apart, formula.permits_by_term) if formula else (False, False)
        self.states[event.complaint], counted = step(before, event, apart=apart, by_term=by_term)
        correction = self._correction(month, event.heard_at)
        for kind, value in counted:
            yield Fact(
                event.id, kind, month, event.agency, correction, event.complaint, event.code, event.at, value
            )  # fmt: skip

    def _put_off(self, state: CaseState, formula: Formula | None) -> CaseState:
        """It with its permit's term put off by days off that were decided since, as the permit itself has it."""
        if state.due is None or formula is None or not formula.permits_by_term:
            return state
        return replace(state, due=working_time.end_of_working_day(self._calendar, state.due))

    def _correction(self, month: date, heard_at: datetime) -> str:
        """The name of the correction that an event of a closed month belongs to."""
        if heard_at < cut_off(self._terms, month, self._zone):
            return ""
        return f"{month:%Y-%m}/{heard_at.astimezone(self._zone).date()}"


def sums(facts: Iterable[Fact]) -> dict[Key, Sum]:
    """The facts added up."""
    found: dict[Key, Sum] = defaultdict(Sum)
    for fact in facts:
        one = found[fact.month, fact.agency, fact.correction, fact.kind]
        one.cases += 1
        one.total += fact.value
    return dict(found)
