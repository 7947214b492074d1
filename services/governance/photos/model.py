"""A photo as the city knows it, and how many a case may have. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.kit.errors import invalid, precondition


@dataclass(frozen=True)
class Limit:
    """How many photos of a kind: `each` since the case was filed or last reopened, `all_in_all` ever."""

    each: int
    all_in_all: int


REPORTER_PHOTOS = Limit(each=3, all_in_all=8)
"""Photos a reporter may add to a case."""

EVIDENCE_PHOTOS = Limit(each=5, all_in_all=12)
"""Photos officers may add to a case as evidence. One more fits after each
reopening (``left``), so that a decision of a verifier names more photos than these and the reporter's together.
"""


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
    create_time: datetime
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


def left(photos: Iterable[Photo], since: datetime, *, evidence: bool) -> int:
    """How many more photos of this kind the case may have, which the city owes ``since`` then.

    One of evidence fits always: a case that was reopened often could not be resolved any more.
    """
    most = EVIDENCE_PHOTOS if evidence else REPORTER_PHOTOS
    own = [photo for photo in photos if photo.evidence == evidence]
    new = sum(photo.create_time >= since for photo in own)
    return max(min(most.each - new, most.all_in_all - len(own)), 1 if evidence and not new else 0)


def room(photos: Sequence[Photo], ids: Iterable[str], since: datetime, *, evidence: bool) -> Room:
    """How many more photos of this kind the case may have, and which of these ids it has."""
    there = {str(photo.id) for photo in photos}
    return Room(left(photos, since, evidence=evidence), tuple(each for each in ids if each.lower() in there))


def check_left(photos: Sequence[Photo], since: datetime, *, evidence: bool) -> None:
    """Errors: PRECONDITION TOO_MANY_PHOTOS when none may be added."""
    if left(photos, since, evidence=evidence) == 0:
        most = EVIDENCE_PHOTOS if evidence else REPORTER_PHOTOS
        message = (
            f"The complaint has as many photos as it may have: {most.each} since it was filed or last reopened, "
            f"{most.all_in_all} in all."
        )
        raise precondition("TOO_MANY_PHOTOS", message)


def proving(photos: Iterable[Photo], ids: Iterable[str], since: datetime) -> list[Photo]:
    """The evidence of these ids, of what was done ``since`` the city owes it. Errors: those of `chosen`,
    EVIDENCE_OF_BEFORE.
    """
    found = chosen(photos, ids, only_evidence=True)
    if any(photo.create_time < since for photo in found):
        message = "A photo of before the case was reopened does not prove what was done since. Add a new one."
        raise invalid("EVIDENCE_OF_BEFORE", message, field="photos")
    return found


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
