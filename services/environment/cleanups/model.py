"""A clean-up: its states, who may move it, what a move needs. Pure rules."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from uuid import UUID

from services.kit.errors import invalid, precondition

WASTE = "waste"
"""Group of the complaint categories that crews clean up."""
TEXT_LEAST, TEXT_MOST = 10, 2000
CREW_MOST = 100
PHOTOS_MOST = 5


class State(Enum):
    """Where a clean-up stands."""

    OPEN = "open"
    DISPATCHED = "dispatched"
    COMPLETED = "completed"
    ABANDONED = "abandoned"
    CANCELLED = "cancelled"


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
class Cleanup:
    """One job. ``complaint_id`` is the complaint's aggregate and the story's correlation id, ``complaint`` its code."""

    id: UUID
    version: int
    state: State
    complaint_id: str
    complaint: str
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


def dispatch(cleanup: Cleanup, crew: str, now: datetime) -> Cleanup:
    """Sends a crew. Errors: INVALID_TRANSITION, CREW_REQUIRED."""
    moved = _move(cleanup, Move.DISPATCH, now)
    if not 0 < len(crew) <= CREW_MOST:
        raise invalid("CREW_REQUIRED", f"Name the crew in 1 to {CREW_MOST} characters.", field="crew")
    return replace(moved, crew=crew)


def complete(cleanup: Cleanup, note: str, photos: tuple[str, ...], now: datetime) -> Cleanup:
    """Completes it with evidence. Errors: INVALID_TRANSITION, NOTE_REQUIRED, EVIDENCE_REQUIRED, PHOTO_INVALID."""
    moved = _move(cleanup, Move.COMPLETE, now)
    _check_text(note, "NOTE_REQUIRED", "note", "Say what was done")
    if not 0 < len(photos) <= PHOTOS_MOST or len(set(photos)) != len(photos):
        message = f"Completing needs 1 to {PHOTOS_MOST} different photos, recorded with the complaint as evidence."
        raise invalid("EVIDENCE_REQUIRED", message, field="photos")
    for photo in photos:
        try:
            UUID(photo)
        except ValueError:
            message = "A photo is named by the id that the upload answered with."
            raise invalid("PHOTO_INVALID", message, field="photos") from None
    return replace(moved, note=note, photos=photos, completed_at=now)


def abandon(cleanup: Cleanup, reason: str, now: datetime) -> Cleanup:
    """Gives it back with a reason. Errors: INVALID_TRANSITION, REASON_REQUIRED."""
    moved = _move(cleanup, Move.ABANDON, now)
    _check_text(reason, "REASON_REQUIRED", "reason", "Say why it is given back")
    return replace(moved, note=reason)


def cancel(cleanup: Cleanup, now: datetime) -> Cleanup:
    """The complaint ended otherwise. Errors: INVALID_TRANSITION."""
    return _move(cleanup, Move.CANCEL, now)


def _move(cleanup: Cleanup, move: Move, now: datetime) -> Cleanup:
    target = EDGES.get((cleanup.state, move))
    if target is None:
        allowed = sorted(known.value for state, known in EDGES if state is cleanup.state and known is not Move.CANCEL)
        can = ", ".join(allowed) or "nothing more"
        message = f"A clean-up that is {cleanup.state.value} cannot {move.value}; possible now: {can}."
        raise precondition("INVALID_TRANSITION", message, state=cleanup.state.value, allowed=",".join(allowed))
    return replace(cleanup, state=target, version=cleanup.version + 1, updated_at=now)


def _check_text(text: str, reason: str, name: str, what: str) -> None:
    if not TEXT_LEAST <= len(text) <= TEXT_MOST:
        raise invalid(reason, f"{what}, in {TEXT_LEAST} to {TEXT_MOST} characters.", field=name)
