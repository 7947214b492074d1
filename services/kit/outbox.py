"""The outbox: events wait in the pillar's own schema, written with the rows they speak of, until the relay sends them.

The outbox is the record; the stream is a copy. If a stream is lost it is filled again from here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from observability.telemetry import current_traceparent
from services.kit.errors import invalid
from services.kit.ids import uuid7

MOST_BYTES = 256 * 1024
"""Largest payload of an event; larger ones are refused when they are appended, not when they are sent."""

_APPEND = """
INSERT INTO outbox (id, type, aggregate, version, correlation, causation, exercise, recorded_at, traceparent, payload)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::uuid[], $7::boolean[],
                     $8::timestamptz[], $9::text[], $10::bytea[])
"""


class Row(NamedTuple):
    """One event on its way to the stream; its fields in the order of the INSERT."""

    id: UUID
    type: str
    aggregate: str
    version: int
    correlation: str
    causation: UUID | None
    exercise: bool
    recorded_at: datetime
    traceparent: str | None
    payload: bytes


def row(
    message: Message,
    *,
    aggregate: str,
    version: int,
    correlation: str,
    causation: UUID | None,
    exercise: bool,
    now: datetime,
) -> Row:
    """Makes an outbox row of an event message. Raises EVENT_TOO_LARGE above ``MOST_BYTES``."""
    payload = message.SerializeToString()
    name = message.DESCRIPTOR.full_name
    if len(payload) > MOST_BYTES:
        raise invalid("EVENT_TOO_LARGE", f"{name} would be {len(payload)} bytes; at most {MOST_BYTES} can be sent.")
    return Row(uuid7(), name, aggregate, version, correlation, causation, exercise, now, current_traceparent(), payload)


async def append(connection: Any, rows: Sequence[Row]) -> None:
    """Writes the rows in one statement, in order."""
    if not rows:
        return
    await connection.execute(_APPEND, *map(list, zip(*rows, strict=True)))
