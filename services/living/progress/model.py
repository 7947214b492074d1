"""How far a vehicle has come on its line, as it is kept. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import msgspec

from services.living.positions.model import is_live
from services.living.tracking.bunching import Driven
from services.living.tracking.model import Before, Call, Progress

LATELY = timedelta(minutes=30)
"""Who has been silent for longer is on no line any more, and is not missed."""
_calls = msgspec.msgpack.Decoder(tuple[Call, ...])


@dataclass(frozen=True)
class Run:
    """What was made of a vehicle's position; without a route, nothing."""

    vehicle: str
    feed: int
    """Number of the feed whose ways and trips are meant."""
    at: datetime
    """When it was there."""
    lat: float
    lon: float
    route: str
    line: str
    headsign: str
    trip: str
    way: int
    headway: int
    start_day: date | None
    start_second: int
    metres: float
    elapsed: int
    delay: int | None
    """Seconds; None of a line by headway."""
    calls: bytes
    """The stops ahead, packed; ``ahead`` reads them."""

    @property
    def ahead(self) -> tuple[Call, ...]:
        """The stops that it comes to."""
        return _calls.decode(self.calls)

    def lives(self, now: datetime) -> bool:
        """Whether it may still be told as live."""
        return bool(self.route) and is_live(self.at, now)

    @property
    def driven(self) -> Driven:
        """As bunching looks at it."""
        return Driven(self.vehicle, self.way, self.elapsed, self.headway)

    def before(self, feed: int) -> Before:
        """What tracking is told of it the next time, when another feed may hold."""
        at = int(self.at.timestamp())
        if self.feed != feed or not self.route or self.start_day is None:
            return Before(at, self.lat, self.lon)
        day = self.start_day.isoformat()
        return Before(at, self.lat, self.lon, self.way, self.trip, day, self.start_second, self.metres)


def foremost(runs: Iterable[Run], simulated: Collection[str]) -> list[Run]:
    """Of several vehicles that are taken for the same run of the timetable, the one that is nearest to it in time.

    A simulated one stands back for a real one, however late that is.
    """
    found: dict[tuple[str, date | None, int] | str, Run] = {}
    for run in sorted(runs, key=lambda one: (one.vehicle in simulated, abs(one.delay or 0), one.vehicle)):
        found.setdefault(run.vehicle if run.delay is None else (run.trip, run.start_day, run.start_second), run)
    return list(found.values())


def run_of(one: Progress, feed: int, at: datetime, lat: float, lon: float) -> Run:
    """What tracking made of a position."""
    return Run(
        vehicle=one.vehicle,
        feed=feed,
        at=at,
        lat=lat,
        lon=lon,
        route=one.route,
        line=one.line,
        headsign=one.headsign,
        trip=one.trip,
        way=one.way,
        headway=one.headway,
        start_day=date.fromisoformat(one.start_day) if one.start_day else None,
        start_second=one.start_second,
        metres=one.metres,
        elapsed=one.elapsed,
        delay=one.delay,
        calls=msgspec.msgpack.encode(one.calls),
    )


def moment(seconds: int) -> datetime:
    """The moment of so many seconds since 1970."""
    return datetime.fromtimestamp(seconds, UTC)
