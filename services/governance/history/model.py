"""A case's history as a hash chain: each entry's hash covers the entry before it.

The canonical text of an entry is its fields, one a line, so that anybody can check it with `sha256sum`::

    smartcity-entry-1
    <code> <number> <at> <type> <by> <state> <note digest> <previous hash>      (each on a line of its own)

A note enters only through SHA-256(salt + note): erasing or redacting note and salt leaves the chain valid.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from services.governance.history import canonical

ZERO = bytes(32)
"""What the first entry of a chain, and the first seal, name as the one before."""

SALT_BYTES = 16
RESOLVED = "smartcity.governance.v1.ComplaintResolved"
REOPENED = "smartcity.governance.v1.ComplaintReopened"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a case's history. `at` is UTC; digests and hashes are 32 raw bytes."""

    number: int
    at: datetime
    type: str
    by: str
    state: str
    note: str
    salt: bytes
    note_digest: bytes
    previous_hash: bytes
    hash: bytes
    trace_id: str
    public: bool
    photos: tuple[UUID, ...]
    refuses: bool = False
    """Whether it was resolved by explaining why nothing can be done."""

    @property
    def is_refusal(self) -> bool:
        """Whether it explains why nothing can be done; of before this was kept it is known where there is no photo."""
        return self.type == RESOLVED and (self.refuses or not self.photos)

    def redacted(self) -> "Entry":
        """The entry without its note; the digest, and so the chain, stays."""
        return replace(self, note="", salt=b"")


def chain(
    previous: Entry | None,
    *,
    code: str,
    at: datetime,
    type: str,  # noqa: A002 -- the field's name in the contract
    by: str,
    state: str,
    note: str,
    salt: bytes,
    public: bool = True,
    photos: Sequence[UUID] = (),
    trace_id: str = "",
    refuses: bool = False,
) -> Entry:
    """The entry that follows `previous` (None for the first) in the history of the case `code`.

    `type` is the event's proto full name, `by` a role and agency ("officer dlh"), `state` a state in lower snake case,
    `salt` SALT_BYTES random bytes. A public entry's note may be shown to everybody.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    number = previous.number + 1 if previous else 1
    previous_hash = previous.hash if previous else ZERO
    at = at.astimezone(UTC)
    digest = canonical.note_digest(salt, note)
    text = canonical.entry(
        code=code,
        number=number,
        at=canonical.instant(at),
        type=type,
        by=by,
        state=state,
        note_digest=digest.hex(),
        previous_hash=previous_hash.hex(),
    )
    return Entry(
        number=number,
        at=at,
        type=type,
        by=by,
        state=state,
        note=note,
        salt=salt,
        note_digest=digest,
        previous_hash=previous_hash,
        hash=sha256(text).digest(),
        trace_id=trace_id,
        public=public,
        photos=tuple(photos),
        refuses=refuses,
    )
