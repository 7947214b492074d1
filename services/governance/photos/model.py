"""A photo as the city knows it, and how many a case may have. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.errors import exhausted, invalid

REPORTER_PHOTOS = 3
"""Photos a reporter may add to a case."""

EVIDENCE_PHOTOS = 5
"""Photos officers may add to a case as evidence."""


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored picture. `size` in bytes, `width` and `height` in pixels, `path` relative to the file store."""

    id: UUID
    content_type: str
    width: int
    height: int
    size: int
    path: str
    sha256: str
    evidence: bool
    released: bool = False
    check_time: datetime | None = None
    """When a verifier decided whether the public sees it; None while nobody has."""

    @property
    def waits(self) -> bool:
        """Whether it is evidence that a verifier has to look at."""
        return self.evidence and self.check_time is None


@dataclass(frozen=True, slots=True)
class Room:
    """What a case has room for: `left` photos more; those `known` are there already."""

    left: int
    known: tuple[str, ...]


def check(photo: Photo) -> None:
    """Refuses a path that leads out of the file store. Errors: INVALID PHOTO_INVALID."""
    if photo.path.startswith("/") or ".." in photo.path.split("/"):
        raise invalid("PHOTO_INVALID", "path must be a relative path without `..`.", field="path")


def left(photos: Iterable[Photo], *, evidence: bool) -> int:
    """How many more photos of this kind the case may have."""
    most = EVIDENCE_PHOTOS if evidence else REPORTER_PHOTOS
    return max(0, most - sum(photo.evidence == evidence for photo in photos))


def room(photos: Sequence[Photo], ids: Iterable[str], *, evidence: bool) -> Room:
    """How many more photos of this kind the case may have, and which of these ids it has."""
    there = {str(photo.id) for photo in photos}
    return Room(left(photos, evidence=evidence), tuple(each for each in ids if each.lower() in there))


def check_left(photos: Sequence[Photo], *, evidence: bool) -> None:
    """Errors: EXHAUSTED TOO_MANY_PHOTOS when none may be added."""
    if left(photos, evidence=evidence) == 0:
        most = EVIDENCE_PHOTOS if evidence else REPORTER_PHOTOS
        raise exhausted("TOO_MANY_PHOTOS", f"The complaint has {most} photos already, which is the most it may have.")


def decided(
    photos: Sequence[Photo], shown: Iterable[str], withheld: Iterable[str], *, only_evidence: bool = False
) -> tuple[list[Photo], list[Photo]]:
    """What a verifier shows, and what they looked at and keep back. Errors: INVALID PHOTO_UNKNOWN, EVIDENCE_TWICE."""
    seen = chosen(photos, shown, only_evidence=only_evidence)
    kept = chosen(photos, withheld, only_evidence=only_evidence)
    if {photo.id for photo in seen} & {photo.id for photo in kept}:
        raise invalid("EVIDENCE_TWICE", "A photo is either shown or withheld; name it in one list.", field="withheld")
    return seen, kept


def chosen(photos: Iterable[Photo], ids: Iterable[str], *, only_evidence: bool = False) -> list[Photo]:
    """The photos of these ids, each once, in the order given. Errors: INVALID PHOTO_UNKNOWN."""
    known = {str(photo.id): photo for photo in photos if photo.evidence or not only_evidence}
    found = [known.get(wanted.lower()) for wanted in dict.fromkeys(ids)]
    if None in found:
        kind = "an evidence photo" if only_evidence else "a photo"
        raise invalid("PHOTO_UNKNOWN", f"One of the ids is not {kind} of this complaint. Add it first.", field="photos")
    return [photo for photo in found if photo is not None]
