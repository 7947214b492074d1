"""The envelope of events: CloudEvents 1.0 in binary mode, type = proto full name, sent to ``subjects.event_subject``.

Headers hold the attributes (``ce-*``), ``traceparent`` and ``Nats-Msg-Id`` (the event's id); the payload is the proto
message and nothing else. Extension attributes: ``sequence`` (version of the aggregate, after the CloudEvents Sequence
extension), ``correlationid``, ``causationid``, ``exercise``. Values are percent-encoded as the NATS binding demands.

All sequences have as many digits, so that those of one aggregate are in the order of its versions as texts too. What
0.1.0 wrote has no zeros in front. It lies in streams for a week, as a dead letter for longer, and is still written
while an update or a rollback rolls on: beside it only the numbers are in order. So whoever reads takes it for a number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import quote, unquote
from uuid import UUID

from google.protobuf.message import DecodeError, Message

M = TypeVar("M", bound=Message)

CONTENT_TYPE = "application/protobuf"
MOST_VERSION = 2**63 - 1
_DIGITS = len(str(MOST_VERSION))
_PLAIN = "!#$&'()*+,/:;<=>?@[\\]^`{|}"
"""Printable ASCII that needs no percent-encoding, besides letters, digits and ``_.-~``."""


class EnvelopeError(Exception):
    """A message on the bus is not an event of ours; it goes to the dead letters."""


@dataclass(frozen=True, slots=True)
class Event(Generic[M]):
    """An event as a reaction gets it."""

    id: UUID
    type: str
    source: str
    time: datetime
    aggregate: str
    version: int
    correlation: str
    causation: UUID | None
    exercise: bool
    traceparent: str | None
    message: M

    @property
    def publisher(self) -> str:
        """The pillar that published it: who asks, where any pillar may (a shared type)."""
        return self.source.rpartition("/")[2]


def headers(
    *,
    id: UUID,  # noqa: A002 - the attribute's name in CloudEvents
    type: str,  # noqa: A002
    source: str,
    time: datetime,
    aggregate: str,
    version: int,
    correlation: str,
    causation: UUID | None,
    exercise: bool,
    traceparent: str | None,
) -> dict[str, str]:
    """The headers of an event on its way out."""
    text = str(id)
    written = {
        "Nats-Msg-Id": text,
        "content-type": CONTENT_TYPE,
        "ce-specversion": "1.0",
        "ce-id": text,
        "ce-type": type,
        "ce-source": source,
        "ce-time": time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "ce-subject": quote(aggregate, _PLAIN),
        "ce-sequence": f"{version:0{_DIGITS}}",
        "ce-correlationid": quote(correlation, _PLAIN),
    }
    if causation is not None:
        written["ce-causationid"] = str(causation)
    if exercise:
        written["ce-exercise"] = "true"
    if traceparent is not None:
        written["traceparent"] = traceparent
    return written


def decode(found: Mapping[str, str] | None, payload: bytes, types: Mapping[str, type[Any]]) -> Event[Any]:
    """Reads an event. ``types`` maps full names to message classes. Raises EnvelopeError."""
    head = found or {}
    try:
        name = head["ce-type"]
        if name not in types:
            raise EnvelopeError(unknown(name))
        message = types[name].FromString(payload)
        causation = head.get("ce-causationid")
        return Event(
            id=UUID(head["ce-id"]),
            type=name,
            source=head["ce-source"],
            time=datetime.fromisoformat(head["ce-time"]),
            aggregate=unquote(head["ce-subject"]),
            version=_version(head["ce-sequence"]),
            correlation=unquote(head["ce-correlationid"]),
            causation=UUID(causation) if causation else None,
            exercise=head.get("ce-exercise") == "true",
            traceparent=head.get("traceparent"),
            message=message,
        )
    except KeyError as error:
        raise EnvelopeError(f"header {error} is missing") from error
    except (ValueError, DecodeError) as error:
        raise EnvelopeError(f"cannot be read: {error}") from error


def unknown(name: str) -> str:
    """What is said of an event of a type that this version does not know."""
    return f"type {name!r} is unknown to this version"


def identity(found: Mapping[str, str]) -> UUID | None:
    """The id of an event, also of one that cannot be read; None where it has none."""
    try:
        return UUID(found.get("ce-id", ""))
    except ValueError:
        return None


def place(found: Mapping[str, str]) -> tuple[str, int]:
    """Aggregate and version as far as the headers of an event tell them, also of one that cannot be read."""
    try:
        version = _version(found.get("ce-sequence", "0"))
    except ValueError:
        version = 0
    return unquote(found.get("ce-subject", "")), version


def _version(text: str) -> int:
    version = int(text)
    if not 0 <= version <= MOST_VERSION:
        raise ValueError(f"{text[:32]} is no version")
    return version


def source(city: str, pillar: str) -> str:
    """The CloudEvents source of a pillar's events."""
    return f"/smartcity/{city}/{pillar}"
