"""A photo as the city knows it, and who may add and see one."""

from dataclasses import dataclass
from uuid import UUID

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
    released: bool
