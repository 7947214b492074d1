"""A warning: its states, who may take which step, and what each step publishes. Pure rules.

An officer's step is a proposal. It is taken at once where the city's criteria let one officer alone take it, else when
another officer approves it. A gauge's step is taken at once where the criteria let it, else it waits for one officer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.environment.criteria.model import Hazard, Level, Step
from services.kit.errors import precondition


class State(Enum):
    """Where a warning stands."""

    PROPOSED = "proposed"
    IN_FORCE = "in_force"
    CLEARED = "cleared"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    REJECTED = "rejected"


class Fate(Enum):
    """What became of a proposal."""

    WAITING = "waiting"
    TAKEN = "taken"
    REJECTED = "rejected"
    OVERTAKEN = "overtaken"
    """The warning went on without it."""


ENDS = {Step.CLEAR: State.CLEARED, Step.CANCEL: State.CANCELLED}


@dataclass(frozen=True)
class Change:
    """What a step makes of a warning. ``note`` is what officers tell the public besides."""

    step: Step
    level: Level
    hours: int = 0
    """For how long it holds from then on; 0 where the step ends it."""
    note: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Proposal:
    """A step that somebody wants to be taken. ``by`` is an officer's subject, empty for a gauge."""

    id: UUID
    warning: UUID
    step: Step
    level: Level
    hours: int
    note: str
    note_en: str
    by: str
    created_at: datetime
    fate: Fate = Fate.WAITING
    decided_by: str = ""
    """Who approved or rejected it; empty where nobody had to."""
    reason: str = ""
    """Why it was rejected; of what was overtaken and waits on, where; empty where nothing came of it."""
    decided_at: datetime | None = None

    @property
    def change(self) -> Change:
        """What it would make of the warning."""
        return Change(self.step, self.level, self.hours, self.note, self.note_en)


@dataclass(frozen=True)
class FloodWarning:
    """One warning. Times are UTC; ``zone`` is empty where officers named the kelurahan."""

    id: UUID
    version: int
    state: State
    zone: str
    hazard: Hazard
    level: Level
    areas: tuple[str, ...]
    exercise: bool
    automatic: bool
    """Whether a gauge raised it, and no officer has changed it since."""
    correlation: str
    created_at: datetime
    updated_at: datetime
    note: str = ""
    note_en: str = ""
    step: str = ""
    """The newest step that was published; empty while none was."""
    messages: int = 0
    """How many were published."""
    published_at: datetime | None = None
    """When the newest of them was: what is only proposed or rejected tells the public nothing newer."""
    raised_at: datetime | None = None
    expires_at: datetime | None = None
    """Until when it holds; of an all clear, until when that is shown."""
    ended_at: datetime | None = None
    unmeasured: bool = False
    """Whether an alarm ended, graver than all that are open, since its rule was paused or its gauge retired."""

    def holds(self, now: datetime) -> bool:
        """Whether it is in force and its time is not over."""
        return self.state is State.IN_FORCE and self.expires_at is not None and now < self.expires_at

    def over(self, now: datetime) -> bool:
        """Whether its time is over, and nobody has said so yet."""
        return self.state is State.IN_FORCE and not self.holds(now)


def levels_between(warning: FloodWarning, change: Change) -> Sequence[Level]:
    """The levels that a step leads from and to."""
    return (change.level,) if change.step is Step.RAISE else (warning.level, change.level)


def check(warning: FloodWarning, step: Step, now: datetime) -> None:
    """Lets pass a step that can be taken. Errors: WARNING_NOT_IN_FORCE, WARNING_DECIDED."""
    if step is Step.RAISE:
        if warning.state is not State.PROPOSED:
            message = "This warning is proposed no more; propose a change of it, or another warning."
            raise precondition("WARNING_DECIDED", message, state=warning.state.value)
    elif not warning.holds(now):
        message = "This warning is not in force, so that it cannot be changed or ended; propose another."
        raise precondition("WARNING_NOT_IN_FORCE", message, state=warning.state.value)


def take(warning: FloodWarning, change: Change, now: datetime, clear_minutes: int, *, automatic: bool) -> FloodWarning:
    """The warning after a step, of which one message tells. ``automatic``: a gauge asked for it. Errors: as ``check``.

    What an officer raised or changed is the officers' from then on: gauges may still raise it, and lower it no more.
    What officers tell the public besides stays while gauges change it, and so does the time that they gave it, where
    that is the longer: at the level that the gauge raised it to, until officers lower it.
    """
    check(warning, change.step, now)
    done = replace(touched(warning, now), step=change.step.value, messages=warning.messages + 1, published_at=now)
    until = now + timedelta(hours=change.hours)
    if automatic and change.step is Step.UPDATE:
        until = max(until, warning.expires_at or until)
    else:
        done = replace(done, note=change.note, note_en=change.note_en)
    if change.step in ENDS:
        shown = now + timedelta(minutes=clear_minutes)
        return replace(done, state=ENDS[change.step], expires_at=shown, ended_at=now)
    return replace(
        done,
        state=State.IN_FORCE,
        level=change.level,
        automatic=automatic and (warning.automatic or change.step is Step.RAISE),
        expires_at=until,
        raised_at=warning.raised_at or now,
    )


def expire(warning: FloodWarning, now: datetime) -> FloodWarning:
    """The warning when its time is over. Its last message says when, so none tells of it."""
    return replace(touched(warning, now), state=State.EXPIRED, ended_at=warning.expires_at)


def give_up(warning: FloodWarning, now: datetime) -> FloodWarning:
    """The warning when what was proposed will not be: one that was never published is rejected."""
    fresh = touched(warning, now)
    return replace(fresh, state=State.REJECTED, ended_at=now) if warning.state is State.PROPOSED else fresh


def touched(warning: FloodWarning, now: datetime) -> FloodWarning:
    """The warning as it is, as a new version."""
    return replace(warning, version=warning.version + 1, updated_at=now)


def asking(warning: FloodWarning, change: Change, now: datetime) -> FloodWarning:
    """The warning when a step waits: one that was never published is at the level that it is proposed at."""
    fresh = touched(warning, now)
    return replace(fresh, level=change.level) if warning.state is State.PROPOSED else fresh


def decided(proposal: Proposal, fate: Fate, now: datetime, *, by: str = "", reason: str = "") -> Proposal:
    """The proposal when it is decided."""
    return replace(proposal, fate=fate, decided_by=by, reason=reason, decided_at=now)
