"""A pump station, and a command to it. Pure.

A device may obey a command until its deadline; whether it did is waited for a little longer. So when a command's time
is over, no device will still obey it, and the next one can be given.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.environment.datastreams.model import OUT_OF_RANGE, Reading
from services.kit.errors import invalid

OBEY_WITHIN = timedelta(seconds=50)
"""After the command was given; the device itself refuses what comes later."""
ANSWER_WITHIN = timedelta(seconds=60)
"""After the command was given; then it has timed out."""
AGAIN = timedelta(seconds=3)
"""After which a command that nobody answered is sent again: a device that was away hears it when it is back."""
MOST_PUMPS = 20
"""Most pumps to be told to run where nobody has said how many there are."""
LONGEST_NOTE = 500


class StationState(Enum):
    """What a station does."""

    RUNNING = "running"
    STOPPED = "stopped"
    SILENT = "silent"


class State(Enum):
    """Where a command stands."""

    WAITING = "waiting"
    SENT = "sent"
    DONE = "done"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    """Sent, and nobody answered."""
    UNSENT = "unsent"
    """Its time was over before it could be sent."""
    EXERCISED = "exercised"


LIVE = (State.WAITING, State.SENT)
"""Nobody knows yet what became of it."""


class Figures(NamedTuple):
    """What is known of a station: litres a second that it can pump, and how many pumps it has."""

    capacity: int | None = None
    pumps: int | None = None
    made_up: bool = False
    source: str = ""
    source_en: str = ""


@dataclass(frozen=True)
class Command:
    """How many pumps are to run, who wants it and why, and what became of it. Times are UTC.

    ``device`` is who it is sent to. ``again_at`` is when it is to be sent (again), ``due_at`` when it times out.
    ``obeyed`` is what the device said; None while it has said nothing.
    """

    id: UUID
    version: int
    thing: UUID
    device: str
    pumps: int
    reason: str
    by: str
    exercise: bool
    state: State
    created_at: datetime
    deadline_at: datetime
    due_at: datetime
    again_at: datetime
    updated_at: datetime
    sent_at: datetime | None = None
    answered_at: datetime | None = None
    obeyed: bool | None = None
    note: str = ""


def station_state(running: Reading | None, *, silent: bool) -> StationState:
    """What a station does, by how many pumps ran when it was last heard of. What its sensor cannot have measured says
    nothing.
    """
    if running is None or silent or running.flags & OUT_OF_RANGE:
        return StationState.SILENT
    return StationState.RUNNING if running.value > 0 else StationState.STOPPED


def most_pumps(known: int | None) -> int:
    """How many can be told to run at most."""
    return MOST_PUMPS if known is None else known


def check_pumps(pumps: int, known: int | None) -> None:
    """Whether so many can run. Errors: PUMPS_INVALID."""
    most = most_pumps(known)
    if not 0 <= pumps <= most:
        raise invalid("PUMPS_INVALID", f"Of this station's pumps 0 to {most} can be told to run.", field="pumps")


def given(id_: UUID, thing: UUID, device: str, pumps: int, reason: str, by: str, now: datetime) -> Command:
    """A command that waits to be sent; a drill where there is no device."""
    return Command(
        id=id_,
        version=1,
        thing=thing,
        device=device,
        pumps=pumps,
        reason=reason,
        by=by,
        exercise=not device,
        state=State.WAITING if device else State.EXERCISED,
        created_at=now,
        deadline_at=now + OBEY_WITHIN,
        due_at=now + ANSWER_WITHIN,
        again_at=now,
        updated_at=now,
    )


def sent(command: Command, now: datetime) -> Command:
    """It was sent, perhaps not for the first time; the same where it was answered meanwhile."""
    if command.state not in LIVE:
        return command
    again = replace(command, again_at=now + AGAIN, version=command.version + 1)
    return again if command.sent_at else replace(again, state=State.SENT, sent_at=now, updated_at=now)


def answered(command: Command, *, obeyed: bool, note: str, now: datetime) -> Command:
    """Its device has answered; the same where it had before. One whose time was over stays so, and keeps it."""
    if command.answered_at is not None or command.state is State.EXERCISED:
        return command
    known = State.DONE if obeyed else State.REFUSED
    return replace(
        command,
        state=known if command.state in LIVE else command.state,
        obeyed=obeyed,
        note=note,
        answered_at=now,
        updated_at=now,
        version=command.version + 1,
    )


def timed_out(command: Command, now: datetime) -> Command:
    """Nobody answered in time, or it was not even sent; the same where somebody answered."""
    if command.state not in LIVE or now < command.due_at:
        return command
    over = State.TIMED_OUT if command.sent_at else State.UNSENT
    return replace(command, state=over, updated_at=now, version=command.version + 1)
