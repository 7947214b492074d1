"""Further choices beside the journeys that nothing beats, so that there are three to choose from. Pure.

The journeys that nothing beats in leaving late, arriving early and boarding few vehicles are one or two in most
networks by headway. Whoever shuns a line, a long walk or a crowded bus wants to know what else there is. A further
choice is beaten, and yet honest:

- It is another way: other lines, the same lines with ``NEARER_M`` less on foot, or from, over or to other stops with at
  most ``FARTHER_M`` more on foot; or, by a timetable, the same way at another time, at most ``APART_S`` away.
- It takes, and arrives (leaves, for who wants to arrive by a time), at most half the time of the best journey or
  ``SLACK_S`` later than that, whichever is more; it boards at most one vehicle more, and no line twice; it is faster
  than walking; it goes around what is closed, as all others do.

They are found by searching again without a line that is used already, from nearer ends, for another time, and at last
without stops that are used already: as the next shortest paths are found, by leaving out a part of those that are known
(Yen 1971). At most ``LINES`` and then ``STOPS`` searches, each for one departure and no farther than a choice may go.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, pairwise

from msgspec.structs import replace

from services.living.journeys.choosing import by_headway, way
from services.living.journeys.ends import End
from services.living.journeys.meeting import met
from services.living.journeys.model import FEWEST, Choice, Journey, Leg
from services.living.journeys.searching import Ground, journeys
from services.living.present.closing import Closed
from services.living.present.model import Closure

LINES, STOPS = 6, 3
SLACK_S = 30 * 60
APART_S = 2 * 3_600
NEARER_M, FARTHER_M = 150, 500
_FAR_M = 300
"""On foot altogether; who walks less than this is not asked whether it could be less."""
_MINUTE = 60

Task = tuple[Ground, frozenset[int]]
"""A search, and the lines that it goes without, by the feed's numbers."""


def labelled(shown: Iterable[Journey], *, arrive_by: bool) -> tuple[Journey, ...]:
    """Those that nothing beats, with why each is there."""
    shown = tuple(shown)
    best = _best(shown, arrive_by=arrive_by)
    return tuple(replace(one, choice=_why(one, best)) for one in shown)


def _best(shown: Iterable[Journey], *, arrive_by: bool) -> Journey | None:
    rides = [one for one in shown if one.vehicles]
    return min(rides, key=lambda one: -one.start if arrive_by else one.end, default=None)


def _why(one: Journey, best: Journey | None) -> Choice:
    if best is None or not one.vehicles:
        return Choice.ON_FOOT
    if one is best:
        return Choice.BEST
    return Choice.FEWER_CHANGES if one.vehicles < best.vehicles else Choice.ANOTHER_TIME


def further(ground: Ground, closures: tuple[Closure, ...], shown: Sequence[Journey]) -> list[Journey]:
    """As many as are missing up to three, as far as there are honest ones."""
    best = _best(shown, arrive_by=ground.asked.arrive_by)
    if best is None or len(shown) >= FEWEST:
        return []
    book = _Book(ground, best, shown)
    tasks = deque(_tasks(book.ground, best, shown))
    tried = {avoided for _, avoided in tasks}
    for _ in range(LINES):
        if not tasks or len(book.all) >= FEWEST:
            break
        there, avoided = tasks.popleft()
        found = journeys(there, closures, Closed(routes=avoided))
        book.take(found)
        if avoided and found:
            more = [one for one in _without_each(ground, found[0], avoided) if one not in tried]
            tried.update(more)
            tasks += [(there, one) for one in more]
    for stops in islice(_without_stops(ground, best), STOPS):
        if len(book.all) < FEWEST:
            book.take(journeys(book.ground, closures, stops))
    return book.all[len(shown) :]


def _tasks(ground: Ground, best: Journey, shown: Sequence[Journey]) -> Iterator[Task]:
    """Without each of its lines, from nearer ends, and at another time."""
    none = frozenset[int]()
    for avoided in _without_each(ground, best, none):
        yield ground, avoided
    if best.metres >= _FAR_M:
        nearer = _nearer(ground.origin, best.legs[0]), _nearer(ground.target, best.legs[-1])
        yield ground._replace(origin=nearer[0], target=nearer[1]), none
    if not by_headway(best):
        asked, rides = ground.asked, [one for one in shown if one.vehicles]
        at = min(one.end for one in rides) - _MINUTE if asked.arrive_by else max(one.start for one in rides) + _MINUTE
        bound = best.start - APART_S if asked.arrive_by else best.end + APART_S
        yield ground._replace(asked=replace(asked, at=at), bound=bound), none


def _without_each(ground: Ground, journey: Journey, avoided: frozenset[int]) -> list[frozenset[int]]:
    """Lines to go without: one more of the journey's each time."""
    return [avoided | {number} for number in _numbers(ground, {leg.route for leg in journey.rides})]


def _nearer(end: End, leg: Leg) -> End:
    """The end with half as far to walk at most, if one walks there and there are such stops."""
    ways = {stop: one for stop, one in end.ways.items() if one.metres <= leg.metres // 2}
    return end if leg.rides or not (ways or end.stops) else End(end.spot, end.stops, ways)


def _without_stops(ground: Ground, best: Journey) -> Iterator[Closed]:
    """Without where one changes, then without where it begins and where it ends."""
    rides = best.rides
    changes = [call for one, other in pairwise(rides) for call in ((one, one.target), (other, other.origin))]
    for calls in (changes, [(rides[0], rides[0].origin)], [(rides[-1], rides[-1].target)]):
        numbers = frozenset(
            (number, ground.present.places.by_id[spot.id])
            for leg, spot in calls
            for number in _numbers(ground, {leg.route})
        )
        if numbers:
            yield Closed(calls=numbers)


def _numbers(ground: Ground, routes: set[str]) -> list[int]:
    """Lines by the feed's numbers."""
    return [number for number, one in enumerate(ground.present.days.table.feed.routes) if one.id in routes]


class _Book:
    """What is shown so far, and what may be."""

    def __init__(self, ground: Ground, best: Journey, shown: Sequence[Journey]) -> None:
        self._best, self.all = best, list(shown)
        self._slack = max((best.end - best.start) // 2, SLACK_S)
        asked = replace(ground.asked, range_s=0, vehicles=min(ground.asked.vehicles, best.vehicles + 1))
        bound = best.start - self._slack if asked.arrive_by else best.end + self._slack
        self.ground = ground._replace(asked=asked, bound=bound)

    def take(self, found: Iterable[Journey]) -> None:
        """Takes those that are a choice, the earliest there first, up to three of all."""
        for one in sorted(found, key=lambda one: one.end):
            choice = self._choice(one) if self._honest(one) else None
            if choice is not None and len(self.all) < FEWEST:
                self.all.append(replace(one, choice=choice, further=True))

    def _choice(self, one: Journey) -> Choice | None:
        """What sets it apart from all others; None where nothing does."""
        lines = [leg.route for leg in one.rides]
        rides = [other for other in self.all if other.vehicles]
        alike = [other for other in rides if [leg.route for leg in other.rides] == lines]
        if one.metres <= min(other.metres for other in alike or rides) - NEARER_M:
            return Choice.LESS_WALKING
        if not alike:
            return Choice.OTHER_LINES
        again = [other for other in alike if way(other) == way(one)]
        if not again:
            return Choice.OTHER_STOPS if one.metres <= self._best.metres + FARTHER_M else None
        apart = all(abs(other.start - one.start) >= _MINUTE for other in again) and not by_headway(one)
        return Choice.ANOTHER_TIME if apart else None

    def _honest(self, one: Journey) -> bool:
        lines, takes = [leg.route for leg in one.rides], one.end - one.start
        foot = [other.end - other.start for other in self.all if not other.vehicles]
        return (
            0 < len(lines) == len(set(lines))
            and takes <= self._best.end - self._best.start + self._slack
            and all(takes < other for other in foot)
            and not met([one], self.ground.present.now.closures, self.ground.present)
        )
