"""What of an operator's alerts is about its own lines: an operator speaks for its agency, and closes nobody else's."""

from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec

from services.kit.database import Transaction
from services.living.alerts.model import Content, Entity
from services.living.feeds import lookup
from services.living.feeds import store as timetables

MOST_ENTITIES = 500
"""Of one alert: a stop is told of for each line of the agency that calls there."""


async def own(tx: Transaction, feed: int, agency: str, told: Mapping[str, Content]) -> dict[str, Content]:
    """Alerts with what they say of the agency itself, its lines, and its lines' stops; without those that are left."""
    entities = [one for content in told.values() for one in content.entities]
    routes = await lookup.routes_of_agency(tx, feed, agency, {one.route for one in entities if one.route})
    calling = await _calling(tx, feed, agency, {one.stop for one in entities if one.stop and not one.route})

    def kept(one: Entity) -> Iterator[Entity]:
        if one.agency or one.route:
            if one.agency == agency if one.agency else one.route in routes:
                yield one
        else:
            yield from (Entity(route=route, stop=one.stop, closes=one.closes) for route in calling.get(one.stop, ()))

    found = {}
    for key, content in told.items():
        some = tuple(islice(dict.fromkeys(new for one in content.entities for new in kept(one)), MOST_ENTITIES))
        if some:
            found[key] = msgspec.structs.replace(content, entities=some)
    return found


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
