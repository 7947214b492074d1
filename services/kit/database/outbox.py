"""The outbox: events wait in the pillar's own schema, written with the rows they speak of, until the relay sends them.

The outbox is the record; the stream is a copy. If a stream is lost it is filled again from here.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from services.kit.errors import invalid
from services.kit.ids import uuid7

MOST_BYTES = 256 * 1024
"""Largest payload of an event; larger ones are refused when they are appended, not when they are sent."""

APPEND = """
INSERT INTO outbox (recorded_at, id, type, aggregate, version, correlation, causation, exercise, traceparent, payload)
SELECT $1, * FROM unnest($2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::uuid[], $8::boolean[],
                         $9::text[], $10::bytea[])
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
    traceparent: str | None,
) -> Row:
    """Makes an outbox row of an event message. Raises EVENT_TOO_LARGE above ``MOST_BYTES``."""
    payload = message.SerializeToString()
    name = message.DESCRIPTOR.full_name
    if len(payload) > MOST_BYTES:
        raise invalid("EVENT_TOO_LARGE", f"{name} would be {len(payload)} bytes; at most {MOST_BYTES} can be sent.")
    return Row(uuid7(), name, aggregate, version, correlation, causation, exercise, traceparent, payload)


def columns(rows: Sequence[Row], now: datetime) -> tuple[object, ...]:
    """What ``APPEND`` writes: the rows in order, as recorded at ``now``; nothing for none."""
    return (now, *map(list, zip(*rows, strict=True))) if rows else ()
