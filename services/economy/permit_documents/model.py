"""A photo of a document, and how many an application may have. Pure."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.economy.permit_kinds.profile import Kind
from services.economy.permits.model import Permit, State
from services.kit.errors import invalid, precondition

PAGES_MOST = 3
"""Photos of one document."""
LOOKED = timedelta(days=1)
"""So long an officer who looks at a document again is not written down again."""


@dataclass(frozen=True)
class Document:
    """A stored photo. ``size`` in bytes, ``width`` and ``height`` in pixels, ``path`` relative to the file store."""

    id: UUID
    permit: UUID
    document: str
    """What it shows, by the kind's list."""
    content_type: str
    width: int
    height: int
    size: int
    path: str
    sha256: str
    created_at: datetime


def missing(kind: Kind, there: Iterable[Document]) -> list[str]:
    """What of a kind's documents is not there."""
    shown = {one.document for one in there}
    return [name for name in kind.documents if name not in shown]


def require_complete(kind: Kind, there: Iterable[Document]) -> None:
    """Lets only a complete application pass. Errors: PERMIT_DOCUMENTS_MISSING, with which ones."""
    left = missing(kind, there)
    if left:
        message = f"Add a photo of each document first; missing: {', '.join(left)}."
        raise precondition("PERMIT_DOCUMENTS_MISSING", message, missing=",".join(left))


def same(wanted: Document, there: Iterable[Document]) -> Document | None:
    """The very photo of the same document, where it is there already."""
    alike = (one for one in there if (one.document, one.sha256) == (wanted.document, wanted.sha256))
    return next(alike, None)


def require_open(permit: Permit) -> None:
    """Lets only pass while the applicant has it. Errors: INVALID_TRANSITION."""
    if permit.state not in (State.DRAFT, State.ASKED):
        message = "Photos are added and taken out before it is sent, and while you are asked."
        raise precondition("INVALID_TRANSITION", message, state=permit.state.value)


def check(kind: Kind, name: str, there: Sequence[Document], known: Collection[UUID]) -> None:
    """Whether one more may be added; those ``known`` are there and need no room.

    Errors: PERMIT_DOCUMENT_UNKNOWN, TOO_MANY_PHOTOS.
    """
    if name not in kind.documents:
        message = f"This kind needs: {', '.join(kind.documents) or 'no documents'}."
        raise invalid("PERMIT_DOCUMENT_UNKNOWN", message, field="document")
    if not known and sum(one.document == name for one in there) >= PAGES_MOST:
        message = f"There are {PAGES_MOST} photos of this document, which is the most; take one out first."
        raise precondition("TOO_MANY_PHOTOS", message)
