"""A photo of a destination: what must be told of it, and how many a destination has. Pure rules."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import NamedTuple
from uuid import UUID

from services.kit.errors import invalid, not_found, precondition

MOST = 6
"""Photos of a destination: its page stays one that a phone loads, and a list of 200 bounded."""


class State(Enum):
    """Whether it is shown."""

    SHOWN = "shown"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class Photo:
    """One of them. Times are UTC; ``size`` in bytes, ``width`` and ``height`` in pixels."""

    id: UUID
    version: int
    state: State
    destination: UUID
    code: str
    """Of the destination, which never changes."""
    content_type: str
    width: int
    height: int
    size: int
    path: str
    """Relative to the file store; empty once it is withdrawn."""
    sha256: str
    author: str
    """Who has to be named; empty once it is withdrawn."""
    licence: str
    source: str
    text: str
    text_en: str
    by: str
    created_at: datetime
    updated_at: datetime
    reason: str = ""
    """Why it was withdrawn."""


class Room(NamedTuple):
    """What a destination has room for: ``left`` photos more; those ``known`` are there already."""

    left: int
    known: tuple[str, ...]


def check_path(path: str, code: str) -> None:
    """Refuses a path that is not one of the destination's. Errors: PHOTO_INVALID."""
    if not path.startswith(f"destinations/{code}/") or ".." in path.split("/"):
        raise invalid("PHOTO_INVALID", "path must lie in the folder of the destination.", field="path")


def room(photos: Sequence[Photo], ids: Iterable[str]) -> Room:
    """How many more a destination with these may have, and which of these ids it has."""
    there = {str(one.id) for one in photos}
    return Room(max(0, MOST - len(photos)), tuple(each for each in ids if each.lower() in there))


def check_room(photos: Sequence[Photo]) -> None:
    """Errors: PLACE_PHOTOS_FULL when no more may be added."""
    if len(photos) >= MOST:
        raise precondition("PLACE_PHOTOS_FULL", f"The place has {MOST} photos already; withdraw one of them first.")


def withdrawn(before: Photo, reason: str, now: datetime) -> Photo:
    """It is shown no more, and nobody has to be named any more. Errors: PHOTO_WITHDRAWN."""
    if before.state is State.WITHDRAWN:
        raise precondition("PHOTO_WITHDRAWN", "It was withdrawn before; add it anew to show it again.")
    return replace(
        before, state=State.WITHDRAWN, path="", sha256="", author="", source="", reason=reason,
        version=before.version + 1, updated_at=now,
    )  # fmt: skip


def unknown() -> Exception:
    """There is no such photo to see."""
    return not_found("PHOTO_UNKNOWN", "The place has no such photo, or no longer.", field="id")
