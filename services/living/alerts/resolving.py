"""What an alert touches and closes in the timetable that holds: found once for each state of an alert and feed."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from services.kit.database import Transaction
from services.living.alerts.model import MOST, MOST_OF_FEED, Alert, Content, Entity, Period
from services.living.alerts.touching import Touched, outlined, touched
from services.living.feeds import lookup
from services.living.feeds import store as feeds
from services.living.feeds.lookup import Route, Stop
from services.living.feeds.model import Feed
from services.living.present.model import Closure

_KEPT = MOST + 20 * MOST_OF_FEED
"""As many as are told at once, with the feeds of twenty operators: all of them are looked up each second, so with fewer
none would be found again."""
_STATION = 1


@dataclass(frozen=True)
class Resolved:
    """An alert in a timetable."""

    routes: tuple[Route, ...] = ()
    stops: tuple[Stop, ...] = ()
    stations: tuple[Stop, ...] = ()
    unknown: tuple[str, ...] = ()
    entities: tuple[Entity, ...] = ()
    """What it is about, of kelurahan what lies there."""
    stretched: frozenset[str] = frozenset()
    """The lines of its stretches."""
    closures: tuple[Closure, ...] = ()
    nowhere: tuple[Entity, ...] = ()
    """What it says is closed and nothing runs: stretches that no line goes, stops that are not on their lines."""
    everywhere: bool = False
    """Whether it is about an agency, and so about whatever runs."""

    @property
    def told(self) -> bool:
        """Whether there is anything to tell."""
        return bool(self.routes or self.stops or self.everywhere)

    def about(self, routes: Iterable[str], stops: Iterable[str]) -> bool:
        """Whether it touches any of these lines or stops."""
        return (
            self.everywhere
            or not {one.id for one in self.routes}.isdisjoint(routes)
            or not {one.id for one in self.stops}.isdisjoint(stops)
        )


_known: OrderedDict[tuple[UUID, str, datetime | None, UUID], Resolved] = OrderedDict()
"""By what alerts say, not by their versions: what is refused or rolled back leaves its version to another content."""


async def resolved(tx: Transaction, feed: Feed | None, alert: Alert) -> Resolved:
    """What it touches; nothing without a timetable."""
    if feed is None:
        return Resolved()
    key = (alert.id, alert.content, alert.over_at, feed.id)
    if key not in _known:
        _known[key] = await _resolved(tx, feed, alert)
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    _known.move_to_end(key)
    return _known[key]


async def _resolved(tx: Transaction, feed: Feed, alert: Alert) -> Resolved:
    said = alert.said
    there = await touched(tx, feed, said.areas) if said.areas else Touched()
    entities = (*said.entities, *_of_areas(there, closes=said.closes_areas))
    pairs = await _pairs(tx, feed, [one for one in entities if one.begin])
    within = {pair for some in pairs.values() for pair in some}
    between = {stop for _, *ends in within for stop in ends}
    of_detours = {one for each in said.detours for one in (*each.skipped, *each.added)}
    stops = await _stops(tx, feed, _stop_ids(entities) | of_detours | between)
    names = {*(one.route for one in entities if one.route), *(one.route for one in said.detours)} | there.routes
    passing = {route for route, _, _ in within}
    routes = {one.id: one for one in await lookup.routes(tx, feed.number, names | passing)}
    known = {one.id for one in stops} | set(routes) | await lookup.agencies(tx, feed.number)
    asked = {*_stop_ids(entities), *of_detours, *names, *(one.agency for one in entities if one.agency)}
    closing = [
        *entities,
        *(Entity(route=each.route, stop=one, closes=True) for each in said.detours for one in each.skipped),
    ]
    closing += [Entity(route=route, begin=a, finish=b, closes=said.closes_areas) for route, a, b in there.stretches]
    calling = await _calling(tx, feed, stops, entities)
    lines = {one.id: one for one in calling} | routes
    return Resolved(
        routes=tuple(sorted(lines.values(), key=lambda one: (one.short_name or one.long_name, one.id))),
        stops=tuple(one for one in stops if one.kind != _STATION),
        stations=tuple(one for one in stops if one.kind == _STATION),
        unknown=tuple(sorted(asked - known)),
        entities=entities,
        stretched=_stretched(pairs),
        closures=tuple(_closures(alert, closing, pairs, await _outline(tx, said))) if alert.closes else (),
        nowhere=tuple(await _nowhere(tx, feed, said, pairs, stops, routes)),
        everywhere=any(one.agency for one in entities),
    )


def _of_areas(there: Touched, *, closes: bool) -> tuple[Entity, ...]:
    stops = (Entity(stop=one, closes=closes) for one in sorted(there.stops))
    return (*(Entity(route=one) for one in sorted(there.routes)), *stops)


def _stop_ids(entities: Iterable[Entity]) -> set[str]:
    return {one for each in entities for one in (each.stop, each.begin, each.finish) if one}


async def _stops(tx: Transaction, feed: Feed, names: set[str]) -> list[Stop]:
    """Stops by their ids, and of stations their platforms."""
    found = await lookup.stops(tx, feed.number, names) if names else []
    stations = [one.number for one in found if one.kind == _STATION]
    found += await lookup.platforms(tx, feed.number, stations) if stations else []
    return list(dict.fromkeys(found))


async def _calling(tx: Transaction, feed: Feed, stops: list[Stop], entities: Iterable[Entity]) -> list[Route]:
    """Lines that call at stops which are told of for all lines."""
    alone = {one.stop for one in entities if one.stop and not one.route}
    numbers = {one.number for one in stops if one.id in alone}
    numbers |= {one.number for one in stops if one.parent in numbers}
    calling = await feeds.routes_of(tx, feed.number, list(numbers)) if numbers else {}
    found = await feeds.routes(tx, feed.number, {one for each in calling.values() for one in each}) if calling else {}
    return [Route(one.number, one.id, one.short_name, one.long_name) for one in found.values()]


async def _pairs(tx: Transaction, feed: Feed, stretches: list[Entity]) -> dict[Entity, set[tuple[str, str, str]]]:
    """Of each stretch the lines and stops in a row within it, on all their ways from the one end to the other."""
    found: dict[Entity, set[tuple[str, str, str]]] = {}
    for one in stretches:
        begins = {stop.number for stop in await _stops(tx, feed, {one.begin})}
        ends = {stop.number for stop in await _stops(tx, feed, {one.finish})}
        calling = await feeds.routes_of(tx, feed.number, list(begins)) if begins and ends else {}
        routes = await feeds.routes(tx, feed.number, {each for every in calling.values() for each in every})
        found[one] = set()
        for route in routes.values():
            if one.route in ("", route.id):
                ways = await lookup.ways_of(tx, feed.number, route.number)
                pairs = {pair for way in ways for pair in pairwise(_within(way, begins, ends))}
                within = await feeds.stops(tx, feed.number, {stop for pair in pairs for stop in pair})
                found[one] |= {(route.id, within[here].id, within[there].id) for here, there in pairs}
    return found


def _stretched(pairs: dict[Entity, set[tuple[str, str, str]]]) -> frozenset[str]:
    """The lines that go there; those that are named, where none does."""
    gone = {(one.begin, one.finish) for one, some in pairs.items() if some}
    named = {one.route for one in pairs if one.route and (one.begin, one.finish) not in gone}
    return frozenset(named.union(line for some in pairs.values() for line, _, _ in some))


async def goes(tx: Transaction, feed: Feed, stretch: Entity) -> bool:
    """Whether any line, or its own, goes from the one end to the other."""
    return any((await _pairs(tx, feed, [stretch])).values())


async def _nowhere(
    tx: Transaction,
    feed: Feed,
    said: Content,
    pairs: dict[Entity, set[tuple[str, str, str]]],
    stops: list[Stop],
    routes: dict[str, Route],
) -> list[Entity]:
    """Of several lines that are named with a stop or a stretch, it is enough that one is there."""
    names = {"", *(one.id for one in stops)}
    known = [one for one in said.entities if one.closes and _stop_ids([one]) <= names and one.route in {"", *routes}]
    gone = {(one.begin, one.finish) for one in known if one.begin and pairs[one]}
    lost = [one for one in known if one.begin and (one.begin, one.finish) not in gone]
    at_stops = [one for one in known if one.stop and one.route]
    skipped = [Entity(route=one.route, stop=stop) for one in said.detours for stop in one.skipped]
    skipped = [one for one in skipped if one.stop in names and one.route in routes]
    here = {one.stop for one in (*at_stops, *skipped)}
    numbers = {one.id: [one.number, *(each.number for each in stops if each.parent == one.number)] for one in stops}
    calling = await feeds.routes_of(tx, feed.number, [one for stop in here for one in numbers[stop]]) if here else {}
    lines = {stop: {line for one in numbers[stop] for line in calling.get(one, ())} for stop in here}
    called = {one.stop for one in at_stops if routes[one.route].number in lines[one.stop]}
    lost += [one for one in at_stops if one.stop not in called]
    return lost + [one for one in skipped if routes[one.route].number not in lines[one.stop]]


def _within(way: list[int], begins: set[int], ends: set[int]) -> list[int]:
    """The stops of a way from the one to the other; none where it does not go from here to there."""
    for place, stop in enumerate(way):
        if stop in begins:
            end = next((later for later in range(place + 1, len(way)) if way[later] in ends), None)
            return way[place : end + 1] if end is not None else []
    return []


async def _outline(tx: Transaction, said: Content) -> bytes:
    """Of the kelurahan that it closes, which nobody walks through; none where it closes none."""
    return await outlined(tx.runtime.city, said.areas) if said.closes_areas and said.areas else b""


def _closures(
    alert: Alert, entities: Iterable[Entity], pairs: dict[Entity, set[tuple[str, str, str]]], outline: bytes
) -> Iterable[Closure]:
    """What is closed in each of its periods."""
    over = int(alert.over_at.timestamp()) if alert.over_at else 0
    for period in alert.said.periods or (Period(),):
        end = min(filter(None, (period.end, over)), default=0)
        if outline:
            yield Closure(str(alert.id), period.start, end, outline=outline)
        for one in entities:
            if not one.closes:
                continue
            name = str(alert.id)
            if not one.begin:
                yield Closure(name, period.start, end, one.route, one.stop)
            elif one in pairs:
                yield from (Closure(name, period.start, end, line, "", a, b) for line, a, b in sorted(pairs[one]))
            else:
                yield Closure(name, period.start, end, one.route, "", one.begin, one.finish)
