"""What can be read of the feed that holds, and how what no longer does goes away."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from services.kit import ids
from services.kit.city import LANGUAGES
from services.kit.database import Transaction
from services.kit.database.paging import page_size
from services.kit.database.table import Keyset, Page
from services.kit.errors import DomainError, invalid, not_found
from services.kit.runtime import Runtime
from services.living.feeds import store, words
from services.living.feeds.model import (
    GRACE,
    MOST_NEAR,
    Box,
    Call,
    Current,
    Direction,
    Feed,
    Found,
    Route,
    Stop,
    around,
    distance_m,
    folded,
)

PART_BYTES = 1 << 20
"""Of a part of an archive, but the last."""
LEAST_ALIKE, MOST_ALIKE = 4, 5
"""Letters from which on names like them are looked for, and how many of those are told."""
_NO_FEED = "The city has no timetable so far."


@dataclass(frozen=True)
class Seen:
    """A stop with its lines; ``metres`` from where it was looked for, else None."""

    stop: Stop
    routes: tuple[Route, ...] = ()
    metres: float | None = None
    members: tuple["Seen", ...] = ()


async def held(tx: Transaction) -> tuple[Current, list[Found]]:
    """The feed that holds and what was found in it. Errors: FEED_NOT_FOUND."""
    current = await store.current(tx)
    if current is None:
        raise not_found("FEED_NOT_FOUND", _NO_FEED)
    return current, await store.found(tx, current.feed.number)


async def part(tx: Transaction, feed: str, number: int) -> tuple[Feed, bytes]:
    """A part of the archive of the feed that holds, or of the one of that id. Errors: FEED_NOT_FOUND."""
    known = await _feed(tx, feed)
    content = await store.part(tx, known.number, number) if known is not None and known.kept else None
    if known is None or content is None:
        raise not_found("FEED_NOT_FOUND", "This archive is not there any more; ask for the one that holds.")
    return known, content


async def _feed(tx: Transaction, name: str) -> Feed | None:
    if not name:
        current = await store.current(tx)
        return current.feed if current else None
    identity: UUID | None = ids.parse(name)
    return await store.FEEDS.get(tx, identity) if identity else None


async def page_stops(
    tx: Transaction, box: Box | None, name: str, language: str, size: int, token: str
) -> tuple[Feed | None, Page[Seen]]:
    """Stops by name, where none has it those with a name like it; none where there is no feed.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    most = page_size(size)
    wanted = (box, folded(name), language)
    after = _after(store.BY_NAME, token, language, lambda other: (box, folded(name), other))
    current = await store.current(tx)
    if current is None:
        return None, Page([])
    found = await store.page_stops(tx, current.feed.number, box, folded(name), most, after)
    if not found and after is None and box is None and len(folded(name)) >= LEAST_ALIKE:
        found = await store.alike(tx, current.feed.number, folded(name), min(most, MOST_ALIKE))
        return current.feed, Page(await _seen(tx, current.feed, language, found))
    page = store.BY_NAME.cut(found, most, wanted)
    return current.feed, Page(await _seen(tx, current.feed, language, page.rows), page.token)


async def near(
    tx: Transaction, lat: float, lon: float, metres: int, name: str, language: str, size: int
) -> tuple[Feed | None, list[Seen]]:
    """Stops around a point, the nearest first. Errors: PAGE_SIZE_INVALID, NEAR_INVALID."""
    most = page_size(size)
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise invalid("NEAR_INVALID", "Give latitude, then longitude: -6.9837,110.4105.", field="near")
    current = await store.current(tx)
    if current is None:
        return None, []
    box = around(lat, lon, metres)
    found = await store.nearest(tx, current.feed.number, lat, lon, box, folded(name), MOST_NEAR)
    away = [(distance_m(lat, lon, one.lat or 0, one.lon or 0), one) for one in found]
    close = sorted((one for one in away if one[0] <= metres), key=lambda one: (one[0], one[1].id))[:most]
    seen = await _seen(tx, current.feed, language, [one for _, one in close])
    return current.feed, [replace(one, metres=far) for one, (far, _) in zip(seen, close, strict=True)]


async def stop(tx: Transaction, name: str, language: str) -> tuple[Feed, Seen]:
    """A stop with its lines, and a station with what belongs to it. Errors: STOP_NOT_FOUND."""
    current = await store.current(tx)
    found = await store.stop(tx, current.feed.number, name) if current else None
    if current is None or found is None:
        raise not_found("STOP_NOT_FOUND", "The timetable has no such stop; the list is at /v1/stops.")
    members = await store.children(tx, current.feed.number, found.number)
    one, *others = await _seen(tx, current.feed, language, [found, *members])
    together = {route.number: route for each in (one, *others) for route in each.routes}
    return current.feed, replace(one, routes=_sorted(together.values()), members=tuple(others))


async def page_routes(tx: Transaction, language: str, size: int, token: str) -> tuple[Feed | None, Page[Route]]:
    """Lines in the feed's order. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    most = page_size(size)
    after = _after(store.BY_PLACE, token, language, lambda other: other)
    current = await store.current(tx)
    if current is None:
        return None, Page([])
    found = await store.page_routes(tx, current.feed.number, most, after)
    page = store.BY_PLACE.cut(found, most, language)
    return current.feed, Page(await words.routes(tx, current.feed, language, page.rows), page.token)


def _after(order: Keyset[Any], token: str, language: str, wanted: Callable[[str], object]) -> list[Any] | None:
    """Where a token goes on, whichever of our languages it was written in: that changes what things are called, and not
    their order. Errors: PAGE_TOKEN_INVALID.
    """
    for other in ("", *LANGUAGES):
        with suppress(DomainError):
            return order.after(token, wanted(other))
    return order.after(token, wanted(language))


async def route(tx: Transaction, name: str, language: str) -> tuple[Feed, Route, list[Direction]]:
    """A line with its stops in order. Errors: ROUTE_NOT_FOUND."""
    current = await store.current(tx)
    found = await store.route(tx, current.feed.number, name) if current else None
    if current is None or found is None:
        raise not_found("ROUTE_NOT_FOUND", "The timetable has no such line; the list is at /v1/routes.")
    feed = current.feed
    ways = await store.directions(tx, feed.number, found.number)
    lines = await store.lines(tx, feed.number, {shape for _, shape in ways if shape is not None})
    calls = await store.calls(tx, feed.number, found.number)
    stops = await store.stops(tx, feed.number, {call.stop for call in calls})
    translated = {one.number: one for one in await words.stops(tx, feed, language, list(stops.values()))}
    by_way: dict[int, list[Call]] = defaultdict(list)
    for call in calls:
        by_way[call.direction].append(Call(call.position, translated[call.stop], call.trips))
    signs = await words.headsigns(tx, feed, language, [one.headsign for one, _ in ways])
    told = [
        replace(
            one,
            headsign=signs.of("trip_headsign", "", one.headsign),
            stops=tuple(by_way[one.direction]),
            line=lines.get(-1 if shape is None else shape, ()),
        )
        for one, shape in ways
    ]
    [named] = await words.routes(tx, feed, language, [found])
    return feed, named, told


async def clear(runtime: Runtime) -> None:
    """Takes away the rows of a feed that nobody goes back to, a table a transaction."""
    async with runtime.transaction() as tx:
        number = await store.gone(tx, tx.now - GRACE)
    if number is None:
        return
    left = 1
    while left:
        async with runtime.transaction() as tx:
            left = await store.drop_part(tx, number)
    async with runtime.transaction() as tx:
        await store.dropped(tx, number)


async def _seen(tx: Transaction, feed: Feed, language: str, found: Sequence[Stop]) -> list[Seen]:
    """Stops in a language, with their lines."""
    calling = await store.routes_of(tx, feed.number, [one.number for one in found]) if found else {}
    routes = await store.routes(tx, feed.number, {one for each in calling.values() for one in each}) if calling else {}
    named = {one.number: one for one in await words.routes(tx, feed, language, list(routes.values()))}
    stops = await words.stops(tx, feed, language, found)
    return [Seen(one, _sorted(named[each] for each in calling.get(one.number, ()))) for one in stops]


def _sorted(routes: Iterable[Route]) -> tuple[Route, ...]:
    return tuple(sorted(routes, key=lambda one: (one.place, one.number)))
