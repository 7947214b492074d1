"""What of an operator's alerts is about its own lines: an operator speaks for its agency, and closes nobody else's.

What it tells of one direction closes a line, or its stop, that has no other direction: nobody waits there in vain; and
one whose other direction is told of, too, as of the whole line, or by another alert as long as that holds. Of a line
that runs the other way still it is told, and nothing is closed: a closure knows no directions.
"""

from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec

from services.kit.database import Transaction
from services.living.alerts.model import Content, Effect, Entity, Period
from services.living.feeds import lookup
from services.living.feeds import store as timetables
from services.living.operators.reading import Directions

MOST_ENTITIES = 500
"""Of one alert: a stop is told of for each line of the agency that calls there."""


async def own(
    tx: Transaction, feed: int, agency: str, told: Mapping[str, Content], directions: Mapping[str, Directions]
) -> dict[str, Content]:
    """Alerts with what they say of the agency itself, its lines, and its lines' stops; without those that are left."""
    entities = [one for content in told.values() for one in content.entities]
    routes = await lookup.routes_of_agency(tx, feed, agency, {one.route for one in entities if one.route})
    calling = await _calling(tx, feed, agency, {one.stop for one in entities if one.stop and not one.route})

    spans = _spans(told, directions)
    lines = {line for line, _ in spans} & routes
    lines |= {line for route, stop in spans if not route for line in calling.get(stop, ())}
    runs = await lookup.directions(tx, feed, lines) if lines else {}

    def kept(one: Entity, key: str) -> Iterator[Entity]:
        partly = (one.route, one.stop) in directions.get(key, {})
        for each in named(one):
            open_ = partly and not runs.get((each.route, each.stop), set()) <= _ways(each, told[key].periods, spans)
            yield msgspec.structs.replace(each, closes=False) if open_ else each

    def named(one: Entity) -> Iterator[Entity]:
        if one.agency or one.route:
            if one.agency == agency if one.agency else one.route in routes:
                yield one
        else:
            yield from (Entity(route=route, stop=one.stop, closes=one.closes) for route in calling.get(one.stop, ()))

    found = {}
    for key, content in told.items():
        some = tuple(islice(dict.fromkeys(new for one in content.entities for new in kept(one, key)), MOST_ENTITIES))
        runs_on = bool(directions.get(key)) and not any(one.closes for one in some)
        effect = Effect.MODIFIED_SERVICE if runs_on else content.effect
        if some:
            found[key] = msgspec.structs.replace(content, entities=some, effect=effect)
    return found


Spans = Mapping[tuple[str, str], set[tuple[int, tuple[Period, ...]]]]
"""By line and stop: the directions that have no service, and when."""


def _spans(told: Mapping[str, Content], directions: Mapping[str, Directions]) -> Spans:
    found: dict[tuple[str, str], set[tuple[int, tuple[Period, ...]]]] = {}
    for key, pairs in directions.items():
        for pair, ways in pairs.items():
            found.setdefault(pair, set()).update((way, told[key].periods) for way in ways)
    return found


def _ways(one: Entity, periods: tuple[Period, ...], spans: Spans) -> set[int]:
    """The directions of a line, or of its stop, that have no service all that time: by itself or as the whole line."""
    about = {(one.route, one.stop), (one.route, "")} | ({("", one.stop)} if one.stop else set())
    return {way for pair in about for way, others in spans.get(pair, ()) if _lasts(others, periods)}


def _lasts(others: tuple[Period, ...], periods: tuple[Period, ...]) -> bool:
    """Whether one alert holds whenever another does; of several periods, where they are the same."""
    if len(others) > 1 or others == periods:
        return others == periods
    (span,) = others or (Period(),)
    return all(span.start <= one.start and (not span.end or 0 < one.end <= span.end) for one in periods or (Period(),))


async def _calling(tx: Transaction, feed: int, agency: str, names: set[str]) -> dict[str, list[str]]:
    """The agency's lines at stops, at stations those of their platforms."""
    stops = await lookup.stops(tx, feed, names) if names else []
    of = {one.number: one.id for one in stops}
    about: dict[int, set[str]] = {number: {name} for number, name in of.items()}
    for one in await lookup.platforms(tx, feed, list(of)) if stops else ():
        if one.parent is not None:
            about.setdefault(one.number, set()).add(of[one.parent])
    numbers = await timetables.routes_of(tx, feed, list(about)) if about else {}
    ids = await lookup.numbers_of_agency(tx, feed, agency, {each for every in numbers.values() for each in every})
    found: dict[str, set[str]] = {}
    for stop, every in numbers.items():
        for name in about[stop]:
            found.setdefault(name, set()).update(ids[each] for each in every if each in ids)
    return {stop: sorted(every) for stop, every in found.items()}
