"""A message of a device: what it holds, which messages of a run have come, and what is refused. Pure.

A device numbers its messages from its start on, and its starts: ``boot`` grows with each. By both a message that comes
twice is known, and one that never came is missed. Where a device cannot count its starts it takes the time of the start
(seconds since 1970).
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from services.environment.datastreams.model import LATE, Datastream
from services.environment.observations.model import AHEAD, EPOCH, PATIENCE, Taken, first_kept, flags

MOST_BYTES = 64 * 1024
"""Of one message."""
MOST_READINGS = 1_000
"""Of one message."""
MOST_GAPS = 1_000
"""Of one run: where more is missing, the oldest gaps count as closed."""

MOST_VALUE = 1e9
"""A reading lies between it and its negative, as one that is uploaded: nothing that is measured here is more."""

MOST_JUMP = 1_000_000
"""Messages that one may be away from those of its run that came: more have not been sent meanwhile."""

_Count = Annotated[int, Meta(ge=0, lt=1 << 62)]
_Milliseconds = Annotated[int, Meta(ge=0, lt=1 << 43)]


class Series(Struct, frozen=True, forbid_unknown_fields=True):
    """Readings of one datastream: milliseconds since 1970 (UTC) and the value, in the unit that is said."""

    name: str
    unit: str
    readings: list[tuple[_Milliseconds, float]]


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """What a device sends. ``sent`` is when, by its own clock: milliseconds since 1970 (UTC)."""

    boot: _Count
    seq: _Count
    sent: _Milliseconds
    series: list[Series]


_decoder = msgspec.json.Decoder(Message)


class Arrived(NamedTuple):
    """A message as it came: from whom says the topic, which nobody else can publish to."""

    device: str
    payload: bytes
    at: datetime


class Refusal(StrEnum):
    """Why a message is refused; told to the agency with the device, since MQTT has no words for it."""

    DEVICE_UNKNOWN = "DEVICE_UNKNOWN"
    DEVICE_REVOKED = "DEVICE_REVOKED"
    MESSAGE_INVALID = "MESSAGE_INVALID"
    TOO_MANY_READINGS = "TOO_MANY_READINGS"
    DATASTREAM_UNKNOWN = "DATASTREAM_UNKNOWN"
    UNIT_WRONG = "UNIT_WRONG"
    VALUE_INVALID = "VALUE_INVALID"
    TIME_IN_FUTURE = "TIME_IN_FUTURE"
    TIME_TOO_OLD = "TIME_TOO_OLD"
    SEQUENCE_FAR_OFF = "SEQUENCE_FAR_OFF"


class Outcome(StrEnum):
    """What became of a message that was not refused."""

    STORED = "stored"
    REPEATED = "repeated"


Verdict = Outcome | Refusal


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A message is refused for a reason."""

    def __init__(self, reason: Refusal) -> None:
        """Takes the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Sender:
    """A device as it is known: whether it may send, and its thing's datastreams by their names."""

    allowed: bool
    datastreams: Mapping[str, Datastream]


@dataclass
class Run:
    """Which messages of a run have come: ranges [start, end), in order, that do not touch."""

    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    def reaches(self, seq: int) -> bool:
        """Whether a message can be of this run: its number is near those that came."""
        return not self.starts or self.starts[0] - MOST_JUMP <= seq < self.ends[-1] + MOST_JUMP

    def add(self, seq: int) -> bool:
        """Notes a message; whether it is new."""
        place = bisect_right(self.starts, seq)
        if place and seq < self.ends[place - 1]:
            return False
        joins_before = place > 0 and self.ends[place - 1] == seq
        joins_after = place < len(self.starts) and self.starts[place] == seq + 1
        if joins_before and joins_after:
            self.ends[place - 1] = self.ends.pop(place)
            del self.starts[place]
        elif joins_before:
            self.ends[place - 1] = seq + 1
        elif joins_after:
            self.starts[place] = seq
        else:
            self.starts.insert(place, seq)
            self.ends.insert(place, seq + 1)
            self._forget_old_gaps()
        return True

    @property
    def missing(self) -> int:
        """How many messages never came, between the first and the last that did."""
        if not self.starts:
            return 0
        return self.ends[-1] - self.starts[0] - (sum(self.ends) - sum(self.starts))

    def __str__(self) -> str:
        """As the database has it (int8multirange)."""
        return f"{{{','.join(f'[{start},{end})' for start, end in zip(self.starts, self.ends, strict=True))}}}"

    def _forget_old_gaps(self) -> None:
        while len(self.starts) > MOST_GAPS:
            del self.starts[1], self.ends[0]


def decoded(payload: bytes) -> Message:
    """The message of a payload. Raises Refused."""
    if len(payload) > MOST_BYTES:
        raise Refused(Refusal.MESSAGE_INVALID)
    try:
        message = _decoder.decode(payload)
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise Refused(Refusal.MESSAGE_INVALID) from None
    if sum(len(one.readings) for one in message.series) > MOST_READINGS:
        raise Refused(Refusal.TOO_MANY_READINGS)
    return message


def taken(message: Message, sender: Sender, arrived: datetime, kept: timedelta) -> list[Taken]:
    """The readings of a message, flagged. All of them are taken, or none. Raises Refused."""
    if not sender.allowed:
        raise Refused(Refusal.DEVICE_REVOKED)
    latest, oldest = _milliseconds(arrived + AHEAD), _milliseconds(first_kept(arrived, kept))
    found: list[Taken] = []
    for series in message.series:
        datastream = sender.datastreams.get(series.name)
        if datastream is None:
            raise Refused(Refusal.DATASTREAM_UNKNOWN)
        if series.unit != datastream.unit:
            raise Refused(Refusal.UNIT_WRONG)
        live_from = _milliseconds(arrived - PATIENCE) - 2_000 * datastream.period
        for at, value in series.readings:
            if at > latest:
                raise Refused(Refusal.TIME_IN_FUTURE)
            if at < oldest:
                raise Refused(Refusal.TIME_TOO_OLD)
            if not -MOST_VALUE <= value <= MOST_VALUE:
                raise Refused(Refusal.VALUE_INVALID)
            flagged = flags(datastream, value) | (LATE if at < live_from else 0)
            found.append(Taken(datastream.number, EPOCH + timedelta(milliseconds=at), value, flagged))
    return found


def skew(message: Message, arrived: datetime) -> float:
    """By how many seconds the device's clock was ahead."""
    return message.sent / 1000 - arrived.timestamp()


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)
