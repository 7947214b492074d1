"""Identifiers: UUIDv7 (RFC 9562), so that keys grow with time and indexes stay dense."""

from uuid import UUID

import uuid_utils
from asyncpg.pgproto import pgproto


def uuid7() -> UUID:
    """A new identifier, later than those before it in this process."""
    return of(uuid_utils.uuid7().bytes)


def of(raw: bytes) -> UUID:
    """The identifier of 16 bytes, as the database's own kind: made in an eighth of the time."""
    return pgproto.UUID(raw)


def parse(text: str) -> UUID | None:
    """The identifier that a caller wrote; None for what is none, so that it is looked for in vain."""
    try:
        return UUID(text)
    except ValueError:
        return None
