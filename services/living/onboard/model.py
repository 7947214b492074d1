"""A message of a vehicle: what it holds, how many there may be, and what is refused. Pure.

It has no number: a position is known by its vehicle and its time, so one that comes twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from services.kit.rpc import text
from services.living.positions.model import REFUSED, Outcome, Reported

MOST_BYTES = 16 * 1024
"""Of one message."""
MOST_POSITIONS = 50
"""Of one message: what was kept while the network was away comes in several."""
EACH_S = 2.0
"""Positions a second that a vehicle may tell in the long run."""
AT_ONCE = 4_000
"""And at once: an hour by the second, kept while the network was away."""
LONGEST_ID = 255
_KMH = 3.6
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_Degrees = Annotated[float, Meta(ge=0, le=360)]
_Speed = Annotated[float, Meta(ge=0, le=300)]


class Told(Struct, frozen=True, forbid_unknown_fields=True):
    """Where the vehicle was. ``time``: milliseconds since 1970 (UTC); ``bearing``: degrees clockwise from north."""

    time: Annotated[int, Meta(ge=0, lt=1 << 43)]
    lat: Annotated[float, Meta(ge=-90, le=90)]
    lon: Annotated[float, Meta(ge=-180, le=180)]
    bearing: _Degrees | None = None
    speed_kmh: _Speed | None = None
    route: str = ""
    trip: str = ""


class Message(Struct, frozen=True, forbid_unknown_fields=True):
    """What a vehicle sends."""

    positions: Annotated[list[Told], Meta(min_length=1, max_length=MOST_POSITIONS)]


_decoder = msgspec.json.Decoder(Message)


class Refusal(StrEnum):
    """Why a message, or a position of it, is refused; shown to the agency, since MQTT has no words for it."""

    CREDENTIAL_REVOKED = "CREDENTIAL_REVOKED"
    """It was sent before its connection was ended."""
    MESSAGE_INVALID = "MESSAGE_INVALID"
    TOO_MANY = "TOO_MANY"
    TIME_IN_FUTURE = "TIME_IN_FUTURE"
    TIME_TOO_OLD = "TIME_TOO_OLD"
    OUTSIDE = "OUTSIDE"


def decoded(payload: bytes, vehicle: str) -> tuple[Reported, ...] | None:
    """The positions of a message; None where it is none. Whose they are says the topic, which is theirs alone."""
    if len(payload) > MOST_BYTES:
        return None
    try:
        told = _decoder.decode(payload).positions
        return tuple(_reported(one, vehicle) for one in told)
    except (ValueError, RecursionError):
        return None


def refusal(outcomes: Sequence[Outcome]) -> Refusal | None:
    """Why the last of a message's positions that was refused was; None where none was."""
    last = next((one for one in reversed(outcomes) if one in REFUSED), None)
    if last is None:
        return None
    # Known at the door a moment ago: it was retired meanwhile.
    return Refusal.CREDENTIAL_REVOKED if last is Outcome.VEHICLE_UNKNOWN else Refusal(last.name)


@dataclass
class Pace:
    """How much vehicles may still tell: as much as has run into the bucket of each since it was last looked at."""

    left: dict[str, tuple[float, datetime]] = field(default_factory=dict)
    """Of vehicles that may come in, so no more than there are."""

    def takes(self, vehicle: str, positions: int, now: datetime) -> bool:
        """Whether so many more may be told; they are taken off."""
        left, since = self.left.get(vehicle, (float(AT_ONCE), now))
        left = min(AT_ONCE, left + EACH_S * max(0.0, (now - since) / timedelta(seconds=1)))
        may = left >= positions
        self.left[vehicle] = (left - positions if may else left, now)
        return may

    def tried(self) -> "Pace":
        """The same, to be tried on messages of which nobody knows yet whether they will be stored."""
        return Pace(dict(self.left))


def _reported(one: Told, vehicle: str) -> Reported:
    """A position as all are. Errors: ValueError."""
    route, trip = text.clean(one.route), text.clean(one.trip)
    if max(len(route), len(trip)) > LONGEST_ID:
        raise ValueError("no id is so long")
    return Reported(
        vehicle=vehicle,
        at=_EPOCH + timedelta(milliseconds=one.time),
        lat=one.lat,
        lon=one.lon,
        bearing=one.bearing,
        speed=None if one.speed_kmh is None else one.speed_kmh / _KMH,
        route=route,
        trip=trip,
    )
