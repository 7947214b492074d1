"""The texts that are hashed and signed. Pure, small and stable: a receipt of today must check in ten years."""

from datetime import UTC, datetime
from hashlib import sha256


def instant(at: datetime) -> str:
    """RFC 3339 in UTC with microseconds, always 27 characters: 2026-11-24T01:02:03.000004Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def note_digest(salt: bytes, note: str) -> bytes:
    """SHA-256 of salt and note; without the salt nobody can try out likely notes."""
    return sha256(salt + note.encode()).digest()


def entry(
    *,
    code: str,
    number: int,
    at: str,
    type: str,  # noqa: A002 -- the field's name in the contract
    by: str,
    state: str,
    note_digest: str,
    previous_hash: str,
) -> bytes:
    """Canonical text of a history entry; the code binds it to its case."""
    return _lines("smartcity-entry-1", code, str(number), at, type, by, state, note_digest, previous_hash)


def head(*, code: str, number: int, hash: str) -> bytes:  # noqa: A002 -- the field's name in the contract
    """Canonical text of a chain's head: the leaf of a seal's tree."""
    return _lines("smartcity-head-1", code, str(number), hash)


def seal(*, day: str, heads: int, root: str, previous: str, at: str, key_id: str) -> bytes:
    """Canonical text of a seal: what is signed. `at` is RFC 3339 in UTC, whole seconds."""
    return _lines("smartcity-seal-1", day, str(heads), root, previous, at, key_id)


def seal_hash(text: bytes, signature: str) -> bytes:
    """SHA-256 of a signed seal, which the next seal names as its previous."""
    return sha256(text + signature.encode() + b"\n").digest()


def _lines(*fields: str) -> bytes:
    # A line break inside a field would let two different entries have one text.
    if any("\n" in field for field in fields):
        raise ValueError("a field of a canonical text holds a line break")
    return "".join(field + "\n" for field in fields).encode()
