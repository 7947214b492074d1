"""Answers: entities as SensorThings writes them, with their links and all that is expanded in them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from gateway.sta.catalogue import Catalogue
from gateway.sta.faults import QueryFault
from gateway.sta.model import ALWAYS, IDS, KINDS, OBSERVATIONS, SELF_LINK, Entity, Span
from gateway.sta.observations import Reader
from gateway.sta.options import NESTED_TOP, TOP, Order, Query

MOST_ENTITIES = 5_000
"""Of an answer, with all that is expanded."""
LINK = 250
"""Characters of the way to a further page that weigh as much as an entity: it stands beside each that leads on."""
_TURN = 200
"""Entities after which others have their turn."""


class Page(NamedTuple):
    """Entities of a collection, how many there are if that was asked, and the query of the next page."""

    entities: Sequence[Entity]
    total: int | None
    following: str


@dataclass
class Answers:
    """Makes the answer of one request."""

    root: str
    """Address of the service."""
    catalogue: Catalogue
    reader: Reader
    entities: int = MOST_ENTITIES

    async def collection(self, page: Page, query: Query, address: str) -> dict[str, Any]:
        """A page of a collection that stands at an address."""
        made: dict[str, Any] = {}
        if page.total is not None:
            made["@iot.count"] = page.total
        if page.following:
            self._take(len(page.following) // LINK)
            made["@iot.nextLink"] = f"{address}?{page.following}"
        made["value"] = [await self.entity(one, query) for one in page.entities]
        return made

    async def entity(self, one: Entity, query: Query) -> dict[str, Any]:
        """An entity with what of it is selected and expanded."""
        self._take(1)
        if self.entities % _TURN == 0:
            await asyncio.sleep(0)
        address, wanted = self.address(one), query.select
        made: dict[str, Any] = {}
        if not wanted or wanted.count(IDS[0]) or wanted.count(IDS[1]):
            made["@iot.id"] = one.id
        if not wanted or SELF_LINK in wanted:
            made[SELF_LINK] = address
        made |= {name: one.values.get(name) for name in KINDS[one.kind].properties if not wanted or name in wanted}
        for name in KINDS[one.kind].links:
            if name in query.expand:
                await self._expand(made, one, name, query.expand[name], f"{address}/{name}")
            elif not wanted or name in wanted:
                made[f"{name}@iot.navigationLink"] = f"{address}/{name}"
        return made

    def _take(self, entities: int) -> None:
        self.entities -= entities
        if self.entities < 0:
            raise QueryFault(f"answers with at most {MOST_ENTITIES} entities; set a smaller $top", "$expand")

    async def page(self, of: Sequence[Entity], query: Query, top: int = TOP) -> Page:
        """A page of entities that are held."""
        chosen = list(of)
        if query.filter is not None:
            chosen = [one async for one in self._filtered(chosen, query)]
        for order in reversed(query.orderby):
            chosen = await self._sorted(chosen, order)
        top = top if query.top is None else query.top
        end = query.skip + top
        following = query.written(skip=str(end)) if end < len(chosen) and top else ""
        return Page(chosen[query.skip : end], len(chosen) if query.count else None, following)

    async def observations(
        self, streams: Sequence[Entity], query: Query, top: int = TOP, during: Span = ALWAYS
    ) -> Page:
        """A page of the observations of datastreams, those of a time."""
        top, reader = top if query.top is None else query.top, replace(self.reader, during=during)
        found = await reader.page(streams, query, top)
        count = await reader.count(streams, query) if query.count else None
        following = query.written(skip=str(found.skip or ""), skiptoken=found.token) if found.token and top else ""
        return Page(found.entities, count, following)

    def address(self, one: Entity) -> str:
        """Where an entity stands."""
        return f"{self.root}/{one.kind}('{one.id}')"

    async def linked(self, one: Entity, name: str, query: Query, top: int = TOP) -> Page:
        """A page of what an entity leads to."""
        if KINDS[one.kind].links[name].kind == OBSERVATIONS:
            return await self.observations(streams_of(one), query, top, one.during)
        return await self.page(one.links.get(name, ()), query, top)

    async def _expand(self, made: dict[str, Any], one: Entity, name: str, query: Query, address: str) -> None:
        link = KINDS[one.kind].links[name]
        if not link.many:
            found = one.links.get(name, ())
            made[name] = await self.entity(found[0], query) if found else None
            return
        page = await self.linked(one, name, query, NESTED_TOP)
        inner = await self.collection(page, query, address)
        made[name] = inner.pop("value")
        made |= {f"{name}{each}": value for each, value in inner.items()}

    async def _filtered(self, of: Sequence[Entity], query: Query) -> AsyncIterator[Entity]:
        assert query.filter is not None
        for one in of:
            await self.reader.evaluator.turn()
            if self.reader.evaluator.holds(query.filter, one.reach):
                yield one

    async def _sorted(self, of: Sequence[Entity], order: Order) -> list[Entity]:
        keys = []
        for one in of:
            await self.reader.evaluator.turn()
            keys.append(_key(self.reader.evaluator.values(order.by, one.reach)[0]))
        places = sorted(range(len(of)), key=keys.__getitem__, reverse=order.descending)
        return [of[place] for place in places]


def _key(value: Any) -> tuple[str, Any]:
    """What is not there comes first, and values of one kind stand together."""
    if value is None or isinstance(value, dict | list):
        return "", 0
    return ("number" if isinstance(value, int | float) else type(value).__name__), value


def streams_of(one: Entity) -> Sequence[Entity]:
    """The datastreams whose observations an entity leads to."""
    return [one] if one.kind == "Datastreams" else one.links.get("Datastreams", [])
