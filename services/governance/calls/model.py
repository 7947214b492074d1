"""A call: its states, and what closing needs. Pure rules."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from services.governance.sites.model import Site
from services.kit.errors import DomainError, invalid, precondition

LATEST = timedelta(days=14)
"""How long ago a paper form may be."""
MOST_CALL_BACKS = 20


class State(Enum):
    """Where a call stands."""

    WAITING = "waiting"
    INCIDENT = "incident"
    CLOSED = "closed"


class Closing(Enum):
    """What a call was that is no incident."""

    NONE = ""
    PRANK = "prank"
    SILENT = "silent"
    INFORMATION = "information"
    COMPLAINT = "complaint"
    DROPPED = "dropped"
    TEST = "test"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True)
class Call:
    """One of them, without who called. Times are UTC."""

    id: UUID
    version: int
    number: int
    state: State
    words: str
    """What was told; personal, emptied when it is erased."""
    place: str
    area: str
    lon: float | None
    lat: float | None
    has_caller: bool
    paper: bool
    exercise: bool
    received_at: datetime
    created_at: datetime
    updated_at: datetime
    closing: Closing = Closing.NONE
    incident: UUID | None = None
    complaint: str = ""
    call_backs: int = 0
    reached: bool = False
    closed_at: datetime | None = None
    erase_at: datetime | None = None
    taken_out: bool = False
    """Whether who called is out of what was written, so that they can be erased."""
    former: tuple[UUID, ...] = ()
    """Incidents that it was taken out of: what was written there may name who called."""

    @property
    def site(self) -> Site:
        """Where."""
        return Site(self.place, self.area, self.lon, self.lat)


def received(paper: bool, given: datetime | None, now: datetime) -> datetime:
    """When a call came: now, or what a paper form says. Errors: CALL_TIME_INVALID."""
    if not paper:
        if given is not None:
            raise _wrong_time("Only a form on paper says when the call came.")
        return now
    if given is None or not now - LATEST <= given <= now:
        raise _wrong_time("Say when the call on the form came, within two weeks.")
    return given


def _wrong_time(message: str) -> DomainError:
    return invalid("CALL_TIME_INVALID", message, field="receive_time")


def linked(call: Call, incident: UUID, keep: timedelta, now: datetime) -> Call:
    """It tells of an incident. Errors: INVALID_TRANSITION."""
    _waiting(call)
    return _changed(call, now, state=State.INCIDENT, incident=incident, closed_at=now, erase_at=now + keep)


def unlinked(call: Call, now: datetime) -> Call:
    """It tells of another matter than its incident, and waits again. Errors: INVALID_TRANSITION."""
    if call.incident is None:
        raise precondition("INVALID_TRANSITION", "This call is of no incident.", state=call.state.value)
    if call.erase_at is None:
        raise _gone(call)
    former = tuple(dict.fromkeys((*call.former, call.incident)))
    return _changed(
        call, now, state=State.WAITING, incident=None, former=former, closed_at=None, erase_at=None, taken_out=False
    )  # fmt: skip


def closed(call: Call, closing: Closing, complaint: str, keep: timedelta, now: datetime) -> Call:
    """It was no incident; ``complaint`` is the code of the one that was filed. Errors: INVALID_TRANSITION."""
    _waiting(call)
    return _changed(
        call, now, state=State.CLOSED, closing=closing, complaint=complaint, closed_at=now, erase_at=now + keep
    )  # fmt: skip


def reopened(call: Call, now: datetime) -> Call:
    """It was closed by mistake, and waits again. Errors: INVALID_TRANSITION."""
    if call.state is not State.CLOSED:
        raise precondition("INVALID_TRANSITION", "This call is not closed.", state=call.state.value)
    if call.erase_at is None:
        raise _gone(call)
    return _changed(
        call, now, state=State.WAITING, closing=Closing.NONE, closed_at=None, erase_at=None, taken_out=False
    )  # fmt: skip


def called_back(call: Call, now: datetime, *, reached: bool) -> Call:
    """Somebody tried to call back. Errors: CALL_BACKS_FULL, CALLER_MISSING."""
    if not call.has_caller:
        raise precondition("CALLER_MISSING", "Nobody told who called, or it was erased.")
    if call.call_backs >= MOST_CALL_BACKS:
        raise precondition("CALL_BACKS_FULL", f"It was called back {MOST_CALL_BACKS} times already.")
    return _changed(call, now, call_backs=call.call_backs + 1, reached=call.reached or reached)


def erased(call: Call, now: datetime) -> Call:
    """Nothing personal is left of it."""
    return _changed(call, now, words="", place="", lon=None, lat=None, has_caller=False, erase_at=None)


def _gone(call: Call) -> DomainError:
    message = "This call was erased: nobody can deal with it any more."
    return precondition("INVALID_TRANSITION", message, state=call.state.value)


def _waiting(call: Call) -> None:
    if call.state is not State.WAITING:
        raise precondition("INVALID_TRANSITION", "Somebody has dealt with this call already.", state=call.state.value)


def _changed(call: Call, now: datetime, **fields: object) -> Call:
    return replace(call, updated_at=now, version=call.version + 1, **fields)  # type: ignore[arg-type]
