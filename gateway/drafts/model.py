"""A report that is being written."""

from __future__ import annotations

from datetime import timedelta

import msgspec

LIFE = timedelta(days=1)
"""How long a report may take to be written. It is counted from the beginning, so that its photos never live longer."""
PHOTOS_MOST = 3


class Photo(msgspec.Struct, frozen=True):
    """A photo that was made safe and waits for its report."""

    id: str
    path: str
    """In the file store."""
    content_type: str
    suffix: str
    width: int
    height: int
    size: int
    sha256: str
    """Of the bytes, hexadecimal: the same photo chosen twice is one."""
    name: str = ""
    """Of the file that was chosen, so that its owner knows it again."""


class Said(msgspec.Struct, frozen=True):
    """What is wrong with an entry: a text of the portal's by its key, or the words of the service that refused it."""

    key: str = ""
    values: dict[str, str | int] = {}
    words: str = ""
    file: str = ""
    """Name of the file that it is about."""


class Trouble(msgspec.Struct, frozen=True):
    """Why the report does not go on. It is kept in no language: the page may be read in the other one."""

    step: str
    status: int = 422
    reason: str = ""
    detail: str = ""
    errors: dict[str, tuple[Said, ...]] = {}


class Draft(msgspec.Struct):
    """What somebody entered so far."""

    fields: dict[str, str] = {}
    photos: list[Photo] = []
    key: str = ""
    """Under which it is sent: the same one until an answer says that it was refused."""
    checked: bool = False
    """Whether its owner has seen the last screen, and so decided about what is ticked there."""
    trouble: Trouble | None = None
    code: str = ""
    """Of the report that it has become; nothing else is kept then."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was entered yet."""
        return not (self.fields or self.photos or self.code)

    @property
    def bytes(self) -> int:
        """Size of its photos."""
        return sum(each.size for each in self.photos)

    def wrong(self, step: str, **errors: Said) -> None:
        """Entries that the portal itself finds wanting."""
        self.trouble = Trouble(step, errors={name: (said,) for name, said in errors.items()})

    def sent(self, code: str) -> None:
        """It is filed; what was entered is kept there and no longer here."""
        self.fields, self.photos, self.trouble, self.code = {}, [], None, code
