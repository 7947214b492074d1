"""The networks of the days that were asked for last. Pure, and for one thread."""

from collections import OrderedDict
from datetime import date

from services.living.timetable.day import Timetable
from services.living.timetable.mirror import mirror
from services.living.timetable.network import Network

MOST = 6
"""Networks in memory; each has the arrays of a day."""


class Days:
    """Networks by day, made when they are first asked for."""

    def __init__(self, table: Timetable) -> None:
        """Of a feed; none is made yet."""
        self.table = table
        self._known: OrderedDict[tuple[date, bool, bool], Network] = OrderedDict()

    def of(self, day: date, *, step_free: bool = False, backwards: bool = False) -> Network:
        """A day's network."""
        key = (day, step_free, backwards)
        if key not in self._known:
            network = mirror(self.of(day, step_free=step_free)) if backwards else None
            self._known[key] = network or self.table.network(day, step_free=step_free)
        self._known.move_to_end(key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return self._known[key]

    @property
    def bytes(self) -> int:
        """Memory of the arrays of all of them."""
        return sum(one.bytes for one in self._known.values())
