"""A position of a vehicle, and what becomes of it. Pure."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from services.living.feeds.model import distance_m

AHEAD = timedelta(minutes=1)
"""How far a vehicle's clock may be ahead of the city's."""
PAST = timedelta(hours=1)
"""How late a position may come."""
FRESH = timedelta(seconds=90)
"""For so long a vehicle is where it last told; after that it is silent."""
KEPT_DAYS = 7
"""Days of tracks that are kept, today's aside."""
REACH_M = 60_000.0
"""Farther from the city no vehicle of it is."""
FASTEST_MPS = 40.0
"""Metres a second; faster is no bus."""
JITTER_M = 300.0
"""Jumps of less are no proof of anything: a receiver among high houses."""
IMPROBABLE = 1
"""Flag of a position to which the vehicle cannot have come so fast."""
LATE = 2
"""Flag of one that came after a newer one: the vehicle's track has it, and where the vehicle is it does not say."""


class Reported(NamedTuple):
    """A position as it was brought. ``agency`` is whose vehicles the bringer may speak for: empty for all."""

    vehicle: str
    at: datetime
    lat: float
    lon: float
    bearing: float | None = None
    """Degrees clockwise from north."""
    speed: float | None = None
    """Metres a second."""
    route: str = ""
    trip: str = ""
    agency: str = ""


class Known(NamedTuple):
    """A vehicle in service and where it was last; None where it never told."""

    agency: str
    at: datetime | None
    lat: float | None
    lon: float | None


class Outcome(StrEnum):
    """What became of a position."""

    STORED = "stored"
    IMPROBABLE = "improbable"
    OLDER = "older"
    VEHICLE_UNKNOWN = "vehicle_unknown"
    TIME_IN_FUTURE = "time_in_future"
    TIME_TOO_OLD = "time_too_old"
    OUTSIDE = "outside"


FLAGS = {Outcome.STORED: 0, Outcome.IMPROBABLE: IMPROBABLE, Outcome.OLDER: LATE}
"""What is kept, with its flags."""
REFUSED = frozenset(Outcome) - FLAGS.keys()


class Reach(NamedTuple):
    """The middle of the city, and how far its vehicles go from there in metres."""

    lat: float
    lon: float
    metres: float


def judged(one: Reported, known: Known | None, reach: Reach, now: datetime) -> Outcome:
    """What becomes of a position of a vehicle that is known so, or not at all."""
    if known is None or one.agency not in ("", known.agency):
        return Outcome.VEHICLE_UNKNOWN
    if one.at > now + AHEAD:
        return Outcome.TIME_IN_FUTURE
    if one.at < now - PAST:
        return Outcome.TIME_TOO_OLD
    if distance_m(reach.lat, reach.lon, one.lat, one.lon) > reach.metres:
        return Outcome.OUTSIDE
    if known.at is None or known.lat is None or known.lon is None:
        return Outcome.STORED
    if one.at <= known.at:
        return Outcome.OLDER
    metres = distance_m(known.lat, known.lon, one.lat, one.lon)
    most = JITTER_M + FASTEST_MPS * (one.at - known.at).total_seconds()
    return Outcome.STORED if metres <= most else Outcome.IMPROBABLE


def is_live(at: datetime | None, now: datetime) -> bool:
    """Whether a vehicle is still where it told at ``at``."""
    return at is not None and now - at <= FRESH
