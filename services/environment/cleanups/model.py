"""A clean-up: its states, who may move it, what a move needs. Pure rules."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import invalid, precondition
from services.kit.impersonal import require_impersonal

_CODE = re.compile(r"[A-Z0-9-]{1,40}")


class State(Enum):
    """Where a clean-up stands."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


LIVE = (State.OPEN, State.DISPATCHED)
"""Waits for a crew, or has one."""


class Move(Enum):
    """What can be done with it."""

    DISPATCH = "dispatch"
    COMPLETE = "complete"
    ABANDON = "abandon"
    CANCEL = "cancel"


EDGES = {
    (State.OPEN, Move.DISPATCH): State.DISPATCHED,
    (State.DISPATCHED, Move.DISPATCH): State.DISPATCHED,  # another crew
    (State.OPEN, Move.COMPLETE): State.COMPLETED,
    (State.DISPATCHED, Move.COMPLETE): State.COMPLETED,
    (State.OPEN, Move.ABANDON): State.ABANDONED,
    (State.DISPATCHED, Move.ABANDON): State.ABANDONED,
    (State.OPEN, Move.CANCEL): State.CANCELLED,
    (State.DISPATCHED, Move.CANCEL): State.CANCELLED,
}
"""The state table; what is not in it is refused."""


@dataclass(frozen=True)
class Need:
    """What a complaint asks of the crews. ``area`` is a Kemendagri code, empty when not known; WGS 84 degrees."""

    complaint_id: str
    complaint: str
    correlation: str
    category: str
    agency: str
    area: str = ""
    lon: float | None = None
    lat: float | None = None
    due_at: datetime | None = None
    secret: bool = False
    exercise: bool = False


@dataclass(frozen=True)
class Cleanup:
    """One job. Times are UTC.

    ``complaint_id`` is the complaint's aggregate, ``complaint`` its code, ``correlation`` its story. ``version`` counts
    on through all jobs of a complaint, so that it orders their events.
    """

    id: UUID
    version: int
    state: State
    complaint_id: str
    complaint: str
    correlation: str
    category: str
    area: str
    lon: float | None
    lat: float | None
    agency: str
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    crew: str = ""
    note: str = ""
    photos: tuple[str, ...] = field(default=())
    secret: bool = False
    exercise: bool = False
    completed_at: datetime | None = None
    waiting: bool = False
    """Its complaint waits for an answer of its reporter, and its time stands still."""
    recall: bool = False
    """It ended otherwise while a crew was out, and nobody has said that the crew was called back."""


def complaint_code(text: str) -> str:
    """A complaint's code as it is written; empty for what cannot be one."""
    code = "".join(text.split()).upper()
    return code if _CODE.fullmatch(code) else ""


def open_for(need: Need, id_: UUID, before: Cleanup | None, now: datetime) -> Cleanup:
    """A new job for a need, after the complaint's last one, whose position it keeps if only the area is told again."""
    lon, lat = need.lon, need.lat
    if lon is None and before is not None and before.area == need.area:
        lon, lat = before.lon, before.lat
    return Cleanup(
        id=id_,
        # Of one whose crew is still to be called back, saying so takes the version after its last.
        version=before.version + 1 + before.recall if before else 1,
        state=State.OPEN,
        complaint_id=need.complaint_id,
        complaint=need.complaint,
        correlation=need.correlation,
        category=need.category,
        area=need.area,
        lon=lon,
        lat=lat,
        agency=need.agency,
        due_at=need.due_at,
        created_at=now,
        updated_at=now,
        secret=need.secret,
        exercise=need.exercise,
    )


def can_follow(cleanup: Cleanup, need: Need) -> bool:
    """Whether the job can become what is needed now: a crew that is out stays its agency's."""
    return cleanup.state is State.OPEN or cleanup.agency == need.agency


def follow(cleanup: Cleanup, need: Need, now: datetime) -> Cleanup:
    """The job as it is needed now; the same one if nothing has changed."""
    fresh = replace(
        cleanup, category=need.category, area=need.area, lon=need.lon, lat=need.lat, agency=need.agency,
        due_at=need.due_at, secret=need.secret,
    )  # fmt: skip
    return _changed(cleanup, fresh, now)


def keep_pace(cleanup: Cleanup, due_at: datetime | None, now: datetime, *, waiting: bool) -> Cleanup:
    """The job when its complaint waits for its reporter, or goes on; the same one if nothing has changed."""
    fresh = replace(cleanup, due_at=due_at if due_at or waiting else cleanup.due_at, waiting=waiting)
    return _changed(cleanup, fresh, now)


def dispatch(cleanup: Cleanup, crew: str, now: datetime) -> Cleanup:
    """Sends a crew. Errors: INVALID_TRANSITION."""
    return replace(_move(cleanup, Move.DISPATCH, now), crew=crew)


def wait(cleanup: Cleanup, now: datetime) -> Cleanup:
    """The crew of a dispatched one was none: it waits for another."""
    return replace(cleanup, state=State.OPEN, version=cleanup.version + 1, crew="", updated_at=now)


def complete(cleanup: Cleanup, note: str, photos: Sequence[str], now: datetime) -> Cleanup:
    """Completes it with evidence. Errors: INVALID_TRANSITION, PHOTO_INVALID, WORDS_PERSONAL.

    Whether the photos are evidence of the complaint is known to governance alone, which records them.
    """
    require_impersonal(note, "note")
    moved = _move(cleanup, Move.COMPLETE, now)
    proof = tuple(dict.fromkeys(_photo(each) for each in photos))
    return replace(moved, note=note, photos=proof, completed_at=now)


def abandon(cleanup: Cleanup, reason: str, now: datetime) -> Cleanup:
    """Gives it back with a reason. Errors: INVALID_TRANSITION, WORDS_PERSONAL."""
    require_impersonal(reason, "reason")
    return replace(_move(cleanup, Move.ABANDON, now), note=reason)


def cancel(cleanup: Cleanup, now: datetime) -> Cleanup:
    """The complaint ended otherwise; a crew that is out has to hear of it. Errors: INVALID_TRANSITION."""
    return replace(_move(cleanup, Move.CANCEL, now), recall=bool(cleanup.crew))


def call_back(cleanup: Cleanup, how: str, now: datetime) -> Cleanup:
    """The crew of a cancelled one was called back; ``open_for`` left a version free. Errors: WORDS_PERSONAL."""
    require_impersonal(how, "reason")
    return replace(cleanup, recall=False, note=how, version=cleanup.version + 1, updated_at=now)


def _changed(before: Cleanup, after: Cleanup, now: datetime) -> Cleanup:
    return before if after == before else replace(after, version=before.version + 1, updated_at=now)


def _move(cleanup: Cleanup, move: Move, now: datetime) -> Cleanup:
    target = EDGES.get((cleanup.state, move))
    if target is None:
        allowed = sorted(known.value for state, known in EDGES if state is cleanup.state and known is not Move.CANCEL)
        can = ", ".join(allowed) or "none"
        message = f"A clean-up that is {cleanup.state.value} cannot {move.value}. Moves you can make now: {can}."
        raise precondition("INVALID_TRANSITION", message, state=cleanup.state.value, allowed=can)
    return replace(cleanup, state=target, version=cleanup.version + 1, updated_at=now)


def _photo(text: str) -> str:
    """A photo's id as it is always written."""
    try:
        return str(UUID(text))
    except ValueError:
        message = "A photo is named by the id that the upload answered with."
        raise invalid("PHOTO_INVALID", message, field="photos") from None
