"""A day's plan, its rounds and their stops: states, and who may move them. Pure rules.

A plan is made in the background. Planning the day again makes another edition, which takes the place of the one before
when it is made, unless a stop of that has been ticked off: then its trucks are out, and it stays.
"""

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from uuid import UUID

from services.kit.errors import invalid, precondition

DAYS_AHEAD = 7
"""How far ahead a day is planned."""
ATTEMPTS = 3
"""How often a plan is begun whose process ended over it."""


AGAIN_AFTER = timedelta(minutes=5)
"""So long after an edition failed it is asked for again while it floods; twice as long after each further one."""
AGAIN_MOST = 3


class State(Enum):
    """Where a plan stands."""

    PLANNING = "planning"
    PLANNED = "planned"
    FAILED = "failed"
    SUPERSEDED = "superseded"


class Phase(Enum):
    """What is being done about a plan."""

    NONE = ""
    WAITING = "waiting"
    SEARCHING = "searching"


class Failure(Enum):
    """Why a plan could not be made."""

    NONE = ""
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    INVALID = "invalid"
    TRUCK_LEFT = "truck_left"
    DEPOT_GONE = "depot_gone"


_PASSING = frozenset({Failure.TIMEOUT, Failure.CRASHED, Failure.INVALID, Failure.TRUCK_LEFT})
"""What another search may not meet: of trucks whose ticks were taken back, none has left."""


class Kind(Enum):
    """What is collected."""

    CONTAINER = "container"
    CLEANUP = "cleanup"
    GATHERING = "gathering"


class StopState(Enum):
    """What became of a stop."""

    OPEN = "open"
    DONE = "done"
    UNREACHABLE = "unreachable"
    LEFT_OUT = "left_out"


class Cause(Enum):
    """Why something is on a round, or on none."""

    FULL = "full"
    PICKUP_DAY = "pickup_day"
    SILENT = "silent"
    OPEN_JOB = "open_job"
    FLOODED = "flooded"
    TOO_LARGE = "too_large"
    OUT_OF_HOURS = "out_of_hours"
    NO_ROOM = "no_room"
    NO_PLACE = "no_place"
    GATHERING = "gathering"
    WAITING = "waiting"
    MISSED = "missed"


_LEFT_FOR_NOW = frozenset({Cause.FLOODED, Cause.OUT_OF_HOURS, Cause.NO_ROOM})
"""Why it was left out on a day, which need not be so on another."""


class Hindrance(Enum):
    """Why no truck should go to a stop any more, whatever the plan says."""

    JOB_OVER = "job_over"
    FLOODED = "flooded"


@dataclass(frozen=True)
class Plan:
    """A depot's day. Times are UTC; ``day`` is of the city's calendar; ``version`` counts its changes."""

    id: UUID
    version: int
    agency: str
    depot: str
    day: date
    edition: int
    state: State
    created_at: datetime
    updated_at: datetime
    phase: Phase = Phase.WAITING
    percent: int = 0
    failure: Failure = Failure.NONE
    attempts: int = 0
    detour: float = 1.0
    made_up: bool = False
    flooded: tuple[str, ...] = ()
    """Kelurahan that were left out."""
    stops: int = 0
    """Of its rounds."""
    ticked: int = 0
    """Of those."""
    story: str = ""
    """Correlation of the warning that it was made anew for; empty: an officer asked for it."""

    @property
    def correlation(self) -> str:
        """Of its events: the warning's story, or its own."""
        return self.story or str(self.id)


@dataclass(frozen=True)
class Round:
    """A truck's day."""

    id: UUID
    version: int
    plan: UUID
    truck: str
    name: str
    m3: float
    starts_at: datetime
    ends_at: datetime
    metres: int
    trips: int
    completed_at: datetime | None = None


@dataclass(frozen=True)
class Stop:
    """Something to be collected. ``subject`` is the container, the clean-up job or the gathering; WGS 84 degrees."""

    id: UUID
    version: int
    plan: UUID
    kind: Kind
    subject: UUID
    code: str
    name: str
    area: str
    lon: float | None
    lat: float | None
    m3: float
    fill: float | None
    cause: Cause
    state: StopState
    round: UUID | None = None
    place: int = 0
    """In the order of its round."""
    trip: int = 0
    begins_at: datetime | None = None
    ends_at: datetime | None = None
    note: str = ""
    ticked_at: datetime | None = None
    part: int = 1
    """Which of the stops that a subject has in its plan."""


def check_day(day: date, today: date) -> None:
    """Lets pass a day that can be planned. Errors: ROUNDS_DAY_INVALID."""
    if not today <= day <= today + timedelta(days=DAYS_AHEAD):
        message = f"Rounds are planned for today and the {DAYS_AHEAD} days after."
        raise invalid("ROUNDS_DAY_INVALID", message, field="day")


def outdated(plan: Plan, flooded: frozenset[str]) -> bool:
    """Whether it is to be made anew since other kelurahan are flooded now; not once its trucks are out."""
    return not plan.ticked and frozenset(plan.flooded) != flooded


def is_worth_another_try(newest: Plan, standing: Plan, now: datetime) -> bool:
    """Whether another edition is to be asked for of a day whose plan is outdated: where none was, as when a tick was
    taken back after the flood came; and after one that failed, not at once, not for ever, and not where that changes
    nothing. All editions since the one that holds have failed, so their number says how often it was tried.
    """
    tried = newest.edition - standing.edition
    if not tried:
        return True
    if newest.state is not State.FAILED or newest.failure not in _PASSING:
        return False
    return tried <= AGAIN_MOST and now >= newest.updated_at + AGAIN_AFTER * 2 ** (tried - 1)


def begin(plan: Plan, now: datetime) -> Plan:
    """Its search begins, for the first time or again; given up where it has ended too many processes."""
    if plan.attempts >= ATTEMPTS:
        return fail(plan, Failure.CRASHED, now)
    return replace(_touched(plan, now), phase=Phase.SEARCHING, percent=0, attempts=plan.attempts + 1)


def progress(plan: Plan, percent: int, now: datetime) -> Plan:
    """How far the search is."""
    return replace(_touched(plan, now), percent=max(plan.percent, min(percent, 99)))


def fail(plan: Plan, failure: Failure, now: datetime) -> Plan:
    """It could not be made."""
    return replace(_touched(plan, now), state=State.FAILED, phase=Phase.NONE, failure=failure)


def finish(plan: Plan, stops: int, flooded: tuple[str, ...], now: datetime) -> Plan:
    """It is made."""
    done = _touched(plan, now)
    return replace(done, state=State.PLANNED, phase=Phase.NONE, percent=100, stops=stops, flooded=flooded)


def supersede(plan: Plan, now: datetime) -> Plan:
    """Another edition holds. Errors: TRUCK_LEFT."""
    require_at_depot(plan)
    return replace(_touched(plan, now), state=State.SUPERSEDED)


def require_at_depot(plan: Plan) -> None:
    """Lets pass a plan none of whose stops is ticked off. Errors: TRUCK_LEFT."""
    if plan.ticked:
        message = "A stop of this day's plan is ticked off: its trucks are out, and the plan stays."
        raise precondition("TRUCK_LEFT", message, state=plan.state.value)


def tick(plan: Plan, stop: Stop, state: StopState, note: str, at: datetime | None, today: date, now: datetime) -> Stop:
    """A stop that is ticked off, or ticked off otherwise, or whose tick is taken back: it is open again, on whichever
    day. ``at`` is when, by a clock that may be wrong.

    Errors: PLAN_NOT_CURRENT, STOP_LEFT_OUT, ROUND_NOT_BEGUN, NOTE_REQUIRED.
    """
    if plan.state is not State.PLANNED:
        message = "Another edition of this day's plan holds; read the day's rounds again."
        raise precondition("PLAN_NOT_CURRENT", message, state=plan.state.value)
    if stop.state is StopState.LEFT_OUT:
        raise precondition("STOP_LEFT_OUT", "This place is on no round of the plan.", state=stop.state.value)
    if state is StopState.OPEN:
        return replace(stop, version=stop.version + 1, state=state, note="", ticked_at=None)
    if plan.day > today:
        raise precondition("ROUND_NOT_BEGUN", "The day of this round has not come.", state=plan.state.value)
    if state is StopState.UNREACHABLE and len(note) < 3:
        raise invalid("NOTE_REQUIRED", "Say why the truck could not get there.", field="note")
    told = at if at is not None and plan.created_at <= at <= now else now
    kept = note if state is StopState.UNREACHABLE else ""
    return replace(stop, version=stop.version + 1, state=state, note=kept, ticked_at=told)


def ticked(plan: Plan, before: Stop, after: Stop, now: datetime) -> Plan:
    """The plan when a stop was ticked off that stood as ``before``, or its tick was taken back."""
    more = (before.state is StopState.OPEN) - (after.state is StopState.OPEN)
    return replace(_touched(plan, now), ticked=plan.ticked + more)


def hindrances(stops: Iterable[Stop], over: Container[UUID], flooded: Container[str]) -> dict[UUID, Hindrance]:
    """What has come up since the plan was made against going to its open stops. ``over`` are those whose job is."""
    still = [one for one in stops if one.state is StopState.OPEN]
    found = {one.id: Hindrance.FLOODED for one in still if one.area in flooded}
    return found | {one.id: Hindrance.JOB_OVER for one in still if one.id in over}


def was_missed(state: StopState, cause: Cause, *, over: bool) -> bool:
    """Whether a round did not take along what it was to. ``over``: its day is, and somebody ticked off what was done on
    it; where nobody ticks anything off, what is open says nothing.
    """
    if state is StopState.LEFT_OUT:
        return cause in _LEFT_FOR_NOW
    return state is StopState.UNREACHABLE or (state is StopState.OPEN and over)


def complete(one: Round, now: datetime) -> Round:
    """All of its stops are ticked off, but for those whose job is over."""
    return replace(one, version=one.version + 1, completed_at=now)


def reopen(one: Round) -> Round:
    """A tick of it was taken back."""
    return replace(one, version=one.version + 1, completed_at=None)


def _touched(plan: Plan, now: datetime) -> Plan:
    return replace(plan, version=plan.version + 1, updated_at=now)
