"""An import of a feed: sent or fetched, checked, accepted by another officer, loaded, and then it holds. Pure rules.

Nothing that holds changes before the very last step, which is one transaction; whatever breaks off before has changed
nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from urllib.parse import urlsplit
from uuid import UUID

from services.kit.errors import DomainError, conflict, invalid, precondition

PART_BYTES = 1 << 20
"""Of a part of an archive, but the last."""
MOST_BYTES = 32 << 20
"""Of an archive that is sent; others are fetched, or imported by command."""
MOST_OPEN = 40
"""Imports of a city that wait, or have an archive in the database, at the same time."""
MOST_SAID = 255
"""Letters that are kept of what a feed calls its publisher and version."""
FINDINGS_KEPT = 2_000
"""Findings of a feed that are kept one by one."""
KEPT = timedelta(days=14)
"""How long an import waits for somebody: with nobody's word it is dropped."""


class State(Enum):
    """How far it is."""

    UPLOADING = "uploading"
    WAITING = "waiting"
    RUNNING = "running"
    CHECKED = "checked"
    HELD = "held"
    FAULTY = "faulty"
    FAILED = "failed"
    DROPPED = "dropped"


OPEN = (State.UPLOADING, State.WAITING, State.RUNNING, State.CHECKED, State.FAILED)
_DROPPABLE = frozenset(OPEN) - {State.RUNNING}


class Step(Enum):
    """What a run is at."""

    NONE = ""
    DOWNLOAD = "download"
    READ = "read"
    CHECKS = "checks"
    LOAD = "load"


@dataclass(frozen=True)
class Import:
    """One of them. Times are UTC."""

    id: UUID
    version: int
    state: State
    source: str
    """What it is called."""
    url: str
    """Where it is fetched; empty where it is sent."""
    agency: str
    brought_by: str
    """Subject of who brought it."""
    accepted_agency: str
    accepted_by: str
    """Subject of who accepted it: then a run loads it. Empty before: then a run checks it."""
    bytes: int
    came: int
    """Bytes that have come of an archive that is sent."""
    created_at: datetime
    updated_at: datetime
    digest: str = ""
    run: UUID | None = None
    """Stands for the one run that may bring it on; what another run finds is dropped."""
    step: str = ""
    about: str = ""
    percent: int = 0
    problem: str = ""
    problem_code: str = ""
    """The same in a word, with ``about`` as what it is about."""
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    stops: int = 0
    routes: int = 0
    trips: int = 0
    stop_times: int = 0
    first_day: date | None = None
    last_day: date | None = None
    feed: UUID | None = None
    """The feed that it became."""
    publisher: str = ""
    feed_version: str = ""
    made_up: bool = False
    """Whether it says that its times are estimates."""


@dataclass(frozen=True)
class Swap:
    """A change of the feed that holds."""

    id: UUID
    feed: int
    way: str
    """How: import, rollback, or command by who runs the platform."""
    agency: str
    swapped_by: str
    swapped_at: datetime


@dataclass(frozen=True)
class Finding:
    """Something that was found in a feed."""

    place: int
    severity: str
    code: str
    file: str
    line: int
    detail: str


def address(url: str) -> str:
    """An address as it may be fetched, without blanks. Errors: FEED_ADDRESS_INVALID."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        good = parts.scheme == "https" and bool(parts.hostname) and not parts.username and url.isprintable()
        good = good and " " not in url and (parts.port is None or parts.port > 0)
    except ValueError:
        good = False
    if not good:
        message = "Give an address that begins with https:// and names a public host, without a login in it."
        raise invalid("FEED_ADDRESS_INVALID", message, field="url")
    return url


def take(one: Import, part: int, size: int, now: datetime) -> Import | None:
    """A part of its archive has come; None where it was there already.

    Errors: INVALID_TRANSITION, FEED_PART_INVALID.
    """
    if one.state not in OPEN:  # its archive is gone: nobody could tell whether this is the same
        raise _over(one)
    expected, last = divmod(one.came, PART_BYTES)
    if part * PART_BYTES < one.came:
        return None
    if one.state is not State.UPLOADING:
        raise _over(one)
    if last or part != expected or size != min(PART_BYTES, one.bytes - one.came) or not size:
        message = f"Part {expected} is awaited, of {min(PART_BYTES, one.bytes - one.came)} bytes."
        raise invalid("FEED_PART_INVALID", message, field="part")
    came = one.came + size
    state = State.WAITING if came == one.bytes else State.UPLOADING
    return _changed(replace(one, came=came, percent=100 * came // one.bytes), state, now)


def begin(one: Import, run: UUID, now: datetime) -> Import:
    """A run begins: it checks, or loads what was accepted."""
    return _changed(
        replace(one, run=run, step="", about="", percent=0, problem="", problem_code=""), State.RUNNING, now
    )


def accept(one: Import, by: str, agency: str, now: datetime) -> Import:
    """Another officer lets it hold. Errors: INVALID_TRANSITION."""
    if one.state is not State.CHECKED:
        raise _over(one)
    return _changed(replace(one, accepted_by=by, accepted_agency=agency, percent=0), State.WAITING, now)


def drop(one: Import, now: datetime) -> Import:
    """It is not wanted. Errors: INVALID_TRANSITION."""
    if one.state not in _DROPPABLE:
        raise _over(one)
    return _changed(one, State.DROPPED, now)


def fail(one: Import, problem: str, code: str, now: datetime) -> Import:
    """Its run broke off."""
    return _changed(replace(one, problem=problem[:500], problem_code=code, about=""), State.FAILED, now)


def retry(one: Import, now: datetime) -> Import:
    """It is tried once more. Errors: INVALID_TRANSITION."""
    if one.state is not State.FAILED:
        raise _over(one)
    return _changed(replace(one, problem="", problem_code="", percent=0), State.WAITING, now)


def require_room(open_: int) -> None:
    """Refuses another import where so many are open. Errors: FEED_IMPORTS_MANY."""
    if open_ >= MOST_OPEN:
        message = f"{MOST_OPEN} imports are not at an end. Accept or drop some of them first."
        raise conflict("FEED_IMPORTS_MANY", message)


def _changed(one: Import, state: State, now: datetime) -> Import:
    run = one.run if state is State.RUNNING else None
    return replace(one, state=state, run=run, updated_at=now, version=one.version + 1)


def _over(one: Import) -> DomainError:
    message = "That can no longer be done with this import, or not yet. Look at it again."
    return precondition("INVALID_TRANSITION", message, state=one.state.value)
