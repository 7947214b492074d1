"""Identifiers: UUIDv7 (RFC 9562), so that keys grow with time and indexes stay dense."""

import uuid

import uuid_utils.compat


def uuid7() -> uuid.UUID:
    """A new identifier, later than those before it in this process."""
    return uuid_utils.compat.uuid7()
