"""What may be taken out of a case, by whom, and what the history keeps of it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.governance.history.model import Entry
from services.governance.photos.model import Photo
from services.kit.errors import DomainError, conflict, forbidden, invalid, precondition

LAPSE = timedelta(days=7)
"""What nobody approved by then has to be asked for anew: the case may have changed."""


class Reason(StrEnum):
    """Why something is taken out."""

    AUTHOR = "author"
    THIRD_PERSON = "third_person"
    UNLAWFUL = "unlawful"
    ORDER = "order"


class State(StrEnum):
    """How far a redaction is."""

    WAITING = "waiting"
    DONE = "done"
    LAPSED = "lapsed"


@dataclass(frozen=True)
class Redaction:
    """What was, or is to be, taken out of a case."""

    id: UUID
    complaint_id: UUID
    reason: str
    words: bool
    photos: tuple[UUID, ...]
    entries: tuple[int, ...]
    by: str
    """Who asked for it, as a role."""
    asker: str
    """Their subject, which no answer holds."""
    create_time: datetime
    approver: str = ""
    done_time: datetime | None = None

    def state(self, now: datetime) -> State:
        """How far it is."""
        if self.done_time is not None:
            return State.DONE
        return State.LAPSED if now - self.create_time > LAPSE else State.WAITING


@dataclass(frozen=True)
class Wanted:
    """What somebody asks to take out."""

    words: bool
    photos: tuple[str, ...]
    entries: tuple[int, ...]
    reason: Reason | None


def check(wanted: Wanted, *, staff: bool) -> None:
    """Errors: INVALID REDACTION_EMPTY, REDACTION_REASON_REQUIRED."""
    if not (wanted.words or wanted.photos or wanted.entries):
        raise invalid("REDACTION_EMPTY", "Say what to take out: words, photos, or entries.", field="words")
    if staff and wanted.reason is None:
        raise invalid("REDACTION_REASON_REQUIRED", "Say in `reason` why it is taken out.", field="reason")


def notes(history: Sequence[Entry], numbers: Iterable[int], *, staff: bool) -> tuple[int, ...]:
    """The entries of these numbers that have a note to take out; the reporter takes out only their own.

    Errors: INVALID ENTRY_UNKNOWN, FORBIDDEN REDACTION_NOT_YOURS.
    """
    known: Mapping[int, Entry] = {entry.number: entry for entry in history}
    chosen = sorted(set(numbers))
    for number in chosen:
        if number not in known or not known[number].salt:
            raise invalid("ENTRY_UNKNOWN", f"The history has no note at entry {number}.", field="entries")
        if not staff and known[number].by != "reporter":
            raise _not_yours("entries")
    return tuple(chosen)


def own(photos: Sequence[Photo]) -> None:
    """The reporter takes out no evidence of the city's. Errors: FORBIDDEN REDACTION_NOT_YOURS."""
    if any(photo.evidence for photo in photos):
        raise _not_yours("photos")


def check_new(wanted: Redaction, others: Iterable[Redaction], now: datetime) -> None:
    """What waits for a second person already is not asked for again. Errors: CONFLICT REDACTION_ASKED."""
    for one in others:
        waits = one.state(now) is State.WAITING and (one.words or not wanted.words)
        if waits and set(wanted.photos) <= set(one.photos) and set(wanted.entries) <= set(one.entries):
            message = "Somebody asked for this already; it waits for a second verifier, who may be you."
            raise conflict("REDACTION_ASKED", message, field="words")


def left(redaction: Redaction, history: Iterable[Entry], photos: Iterable[Photo], *, words: bool) -> bool:
    """Whether a case still has any of what a redaction is to take out, ``words`` telling of the report's."""
    noted = {entry.number for entry in history if entry.salt}
    return (
        (redaction.words and words)
        or not noted.isdisjoint(redaction.entries)
        or not {photo.id for photo in photos}.isdisjoint(redaction.photos)
    )


def check_waiting(redaction: Redaction, now: datetime) -> None:
    """Errors: PRECONDITION REDACTION_NOT_WAITING."""
    state = redaction.state(now)
    if state is not State.WAITING:
        raise precondition("REDACTION_NOT_WAITING", f"This redaction is {state}; ask for another.", state=state.value)


def record(digests: Mapping[str, bytes]) -> str:
    """The note of the entry that tells of a redaction: digests, by which the city can say whether something that
    somebody brings is what was taken out. Notes have theirs in their own entries.
    """
    return "\n".join(f"{name}: hmac-sha256 {digest.hex()}" for name, digest in digests.items())


def _not_yours(field: str) -> DomainError:
    message = "You can take out what you gave yourself: your words, your photos, your own notes."
    return forbidden("REDACTION_NOT_YOURS", message, field=field)
