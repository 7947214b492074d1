"""Searches a day from one place to another. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import msgspec

from services.living.journeys import choosing, legs
from services.living.journeys.ends import End, open_end
from services.living.journeys.model import TIGHT_S, Journey, Leg, Question
from services.living.journeys.raptor import Found, Search, first_departures
from services.living.present.closing import Closed, without
from services.living.present.model import Closure
from services.living.present.networks import Present
from services.living.timetable import clock
from services.living.timetable.network import EARLY, NEVER, Network

_MOST_DEPARTURES = 60
"""Of one range: the earliest of it, or the latest for who wants to arrive by a time."""

NOTHING = Closed()


class Ground(NamedTuple):
    """What is searched, and what for."""

    present: Present
    origin: End
    target: End
    asked: Question
    day: date
    bound: int | None = None
    """What arrives later (leaves earlier, for who wants to arrive by a time) is not looked for."""

    def network(self, closures: tuple[Closure, ...], avoided: Closed = NOTHING, *, backwards: bool = False) -> Network:
        """The day's network without these closures, and without what is avoided."""
        step_free = self.asked.step_free
        network = self.present.network(self.day, closures, step_free=step_free, backwards=backwards)
        return without(network, self.present.days.table.feed, avoided)


def journeys(ground: Ground, closures: tuple[Closure, ...] = (), avoided: Closed = NOTHING) -> list[Journey]:
    """Those that no other beats, on a network as ``Ground.network`` makes it."""
    table = ground.present.days.table
    origin, target = (open_end(one, closures, table.feed) for one in (ground.origin, ground.target))
    access, egress, asked = origin.ends, target.ends, ground.asked
    if not len(access.stops) or not len(egress.stops):
        return []
    network = ground.network(closures, avoided)
    begin = clock.second(ground.day, clock.at(asked.at), table.feed.timezone)
    bound = None if ground.bound is None else clock.second(ground.day, clock.at(ground.bound), table.feed.timezone)
    latest = NEVER if bound is None else bound
    departures: Sequence[int]
    if asked.arrive_by:
        mirrored = ground.network(closures, avoided, backwards=True)
        backwards = Search(mirrored, egress, access, asked.vehicles, NEVER if bound is None else -bound)
        backwards.arrivals(-begin)
        if backwards.best() >= NEVER:
            return []
        latest, last = begin, -backwards.best()
        first = max(last - asked.range_s, -EARLY // 2)
        between = first_departures(network, access, first, last) if asked.range_s else []
        # The latest with fewer vehicles, too: it may lie between two departures of a line by headway.
        fewer = {-backwards.earliest(number) for number in range(1, asked.vehicles + 1)}
        latest_each = {one for one in fewer if one >= first}
        departures = sorted({last, *latest_each, *between}, reverse=True)[:_MOST_DEPARTURES]
    else:
        departures = first_departures(network, access, begin, begin + asked.range_s)[-_MOST_DEPARTURES:]
    search = Search(network, access, egress, asked.vehicles, NEVER if ground.bound is None else latest)
    writer = legs.Writer(table, network, origin, target, clock.zero(ground.day, table.feed.timezone))
    ways = [one for one in traced(search, departures) if one.arrival <= latest]
    return choosing.optimal(_marked(writer.journey(one)) for one in ways)


def traced(search: Search, departures: Sequence[int]) -> list[Found]:
    """All that is found by leaving at these seconds, which come from the latest to the earliest."""
    return [search.trace(departure, number) for departure in departures for number in search.arrivals(departure)]


def _marked(journey: Journey) -> Journey:
    """With tight changes marked: scheduled departures that one reaches with little time to spare."""
    marked: list[Leg] = []
    rides = 0
    for leg in journey.legs:
        tight = leg.rides and rides > 0 and not leg.headway and leg.start - leg.ready < TIGHT_S
        rides += leg.rides
        marked.append(msgspec.structs.replace(leg, tight=tight) if tight else leg)
    return Journey(journey.start, journey.end, tuple(marked))
