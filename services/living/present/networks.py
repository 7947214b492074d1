"""The networks of days as they are at present: late trips are late, and what is closed is left out. For one thread."""

from collections import OrderedDict
from dataclasses import replace
from datetime import date

from services.living.present.areas import open_ways
from services.living.present.closing import Closings, closed_of, without
from services.living.present.delaying import delayed
from services.living.present.model import Closure, Now
from services.living.timetable.days import Days
from services.living.timetable.mirror import mirror
from services.living.timetable.network import Network
from services.living.timetable.places import Places

_MOST = 8
"""Networks in memory; most of their arrays are the timetable's own."""
_Key = tuple[date, bool, bool, tuple[Closure, ...]]


class Present:
    """The present over a timetable."""

    def __init__(self, days: Days, places: Places) -> None:
        """Nothing is different yet."""
        self.days, self.places = days, places
        self.now = Now()
        self._closings: Closings | None = None
        self._trips: dict[str, int] | None = None
        self._networks: OrderedDict[_Key, Network] = OrderedDict()

    def tell(self, now: Now) -> None:
        """From now on it is so."""
        if now.delays and self._trips is None:
            self._trips = {one.id: number for number, one in enumerate(self.days.table.feed.trips)}
        if now.closures != self.now.closures:  # as a rule it is told that something else is late
            self._closings = None
        self.now = now
        self._networks.clear()

    def closures(self, begin: int, end: int) -> tuple[Closure, ...]:
        """What is closed at any moment between two."""
        return tuple(one for one in self.now.closures if one.overlaps(begin, end))

    @property
    def closings(self) -> Closings:
        """When what is closed, by the feed's numbers."""
        if self._closings is None:
            self._closings = Closings(self.places, self.now.closures)
        return self._closings

    def network(
        self, day: date, closures: tuple[Closure, ...] = (), *, step_free: bool = False, backwards: bool = False
    ) -> Network:
        """A day's network without these closures."""
        if not closures and not self.now.delays:
            return self.days.of(day, step_free=step_free, backwards=backwards)
        key = (day, step_free, backwards, closures)
        if key not in self._networks:
            self._networks[key] = self._made(*key)
        self._networks.move_to_end(key)
        while len(self._networks) > _MOST:
            self._networks.popitem(last=False)
        return self._networks[key]

    def _made(self, day: date, step_free: bool, backwards: bool, closures: tuple[Closure, ...]) -> Network:
        if closures:
            open_ = self.network(day, step_free=step_free, backwards=backwards)
            feed = self.days.table.feed
            dry = replace(open_, footpaths=open_ways(open_.footpaths, feed, closures))
            return without(dry, feed, closed_of(self.places, closures))
        if backwards:
            return mirror(self.network(day, step_free=step_free))
        plain = self.days.of(day, step_free=step_free)
        return delayed(plain, self.days.table, self._trips or {}, day, self.now.delays)
