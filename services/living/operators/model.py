"""A feed of another operator, and what it tells of trips. Pure.

A feed counts for five minutes after the time that it tells of itself; its alerts are told for fifteen minutes after it
was read last.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple
from urllib.parse import unquote

from services.living.feeds.model import TripCall
from services.living.present.model import Delay

COUNTS = timedelta(minutes=5)
"""So long its delays count after the time that the feed tells of itself."""
TOLD = timedelta(minutes=15)
"""So long its alerts are told after it was last read."""
MOST_TRIPS, MOST_ALERTS = 5_000, 200
"""Of one feed; what is beyond is left out, and said so."""
MOST_LATE_S = 12 * 3_600
"""A delay beyond that is none: it is more likely that another day's trip is meant."""
MOST_STEPS = 400
"""Of a feed's alerts in an hour, new ones and changed ones: each is a row and an event for ever."""
HOUR = timedelta(hours=1)
KEPT = timedelta(days=7)
"""So long an operator's alert is kept after it ended."""
_SOURCE = re.compile(r"([a-z0-9][a-z0-9-]{0,39})=([^\s@=/]{0,200})@(https?://[^\s/]+/\S*)")


class Source(NamedTuple):
    """A feed that is to be read."""

    name: str
    agency: str
    """Whose lines and trips it tells of, by its id in the timetable; empty: the one without an id."""
    url: str


def sources(text: str) -> tuple[Source, ...]:
    """Of a setting. Raises ValueError."""
    found = []
    for word in text.split():
        matched = _SOURCE.fullmatch(word)
        if matched is None:
            raise ValueError(
                f"{word!r} is no name=agency@url of a feed: a name has small letters, digits and hyphens, and the "
                "agency is the one in the timetable that it speaks for, by its agency_id"
            )
        found.append(Source(matched[1], unquote(matched[2]), matched[3]))
    if len({one.name for one in found}) != len(found):
        raise ValueError("two operator feeds have the same name")
    return tuple(found)


@dataclass(frozen=True)
class OperatorFeed:
    """How a feed was read. ``since`` is when its address was first tried."""

    id: str
    """Its name."""
    url: str
    since: datetime
    read_at: datetime | None = None
    """When it was last read and understood, changed or not."""
    told_at: datetime | None = None
    """The time that it tells of itself."""
    etag: str = ""
    modified: str = ""
    problem: str = ""
    """Why the last try failed; empty when it did not."""
    unknown: int = 0
    """Trips and alerts of it that are about nothing of its agency in the timetable that holds."""
    agency: str = ""
    timetable: int = 0
    """Number of the one by which it was read last."""
    version: int = 0
    """Counts what it told of trips."""
    hour: datetime | None = None
    steps: int = 0
    """Of its alerts since ``hour``."""

    def counted(self, now: datetime) -> "OperatorFeed":
        """Its steps of the hour that now is."""
        fresh = self.hour is not None and now - self.hour < HOUR
        return self if fresh else replace(self, hour=now, steps=0)


class StopUpdate(NamedTuple):
    """What is told of a stop: delays in seconds or moments since 1970, None where it tells nothing."""

    sequence: int | None
    stop: str
    arrival_delay: int | None = None
    arrival_time: int | None = None
    departure_delay: int | None = None
    departure_time: int | None = None
    skipped: bool = False
    no_data: bool = False


class TripUpdate(NamedTuple):
    """What is told of a trip."""

    trip: str
    day: str
    """Of service, as YYYYMMDD; empty where it is not said."""
    start: int
    """Second of its day at which it begins; -1 where it is not said."""
    stops: tuple[StopUpdate, ...] = ()
    delay: int | None = None
    cancelled: bool = False


def likely_day(update: TripUpdate, calls: Sequence[TripCall], days: Mapping[date, int], at: int) -> date | None:
    """The day whose trip is most likely meant where none is said: it is on the road ``at`` that moment, or nearest to
    it, as a night's trip ends on the day after. Of ``days`` on which it runs, the likelier first, with their second 0;
    None without any.
    """
    first = update.start if update.start >= 0 else calls[0].departure
    last = first + calls[-1].arrival - calls[0].departure
    return min(days, key=lambda day: max(days[day] + first - at, at - days[day] - last, 0), default=None)


def delay_of(update: TripUpdate, day: str, zero: int, calls: Sequence[TripCall]) -> Delay:
    """The update over the trip's calls; ``zero`` is the second 0 of its day, since 1970.

    What is told of a stop holds for those that follow until something else is told; before the first it is on time.
    """
    by_sequence = {one.sequence: one for one in update.stops if one.sequence is not None}
    by_stop: dict[str, list[StopUpdate]] = {}
    for one in update.stops:
        if one.sequence is None and one.stop:
            by_stop.setdefault(one.stop, []).append(one)
    begin = update.start if update.start >= 0 else (calls[0].departure if calls else 0)
    moved = begin - calls[0].departure if calls else 0  # of a trip that is repeated by a schedule
    late = _late(update.delay, None, 0) or 0
    arrivals, departures, skipped = list[int](), list[int](), list[int]()
    for place, call in enumerate(calls):
        told = by_sequence.get(call.sequence)
        if told is None and by_stop.get(call.stop):
            told = by_stop[call.stop].pop(0)
        arrive = leave = late
        if told is not None and told.no_data:
            arrive = leave = late = 0
        elif told is not None and told.skipped:
            skipped.append(place)
        elif told is not None:
            came = _late(told.arrival_delay, told.arrival_time, zero + call.arrival + moved)
            left = _late(told.departure_delay, told.departure_time, zero + call.departure + moved)
            arrive = came if came is not None else left if left is not None else late
            leave = late = left if left is not None else arrive
        arrivals.append(arrive)
        departures.append(leave)
    return Delay(
        update.trip, day, update.start, tuple(arrivals), tuple(departures), tuple(skipped), cancelled=update.cancelled
    )


def _late(delay: int | None, time: int | None, planned: int) -> int | None:
    """Of both that are told, the time counts; None where neither is, or it cannot be."""
    found = time - planned if time else delay
    return found if found is not None and abs(found) <= MOST_LATE_S else None
