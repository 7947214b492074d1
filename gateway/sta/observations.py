"""Observations: read from the pillar by datastream and time, as many as are asked for, and never more than a budget.

What a filter says of the time bounds what is read; all else is looked at reading by reading. Several datastreams are
read one after the other.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from gateway.calls.pillars import Pillars
from gateway.sta import evaluating
from gateway.sta.catalogue import micros
from gateway.sta.evaluating import Evaluator
from gateway.sta.expressions import Binary, Node, Path
from gateway.sta.faults import QueryFault, SpentFault
from gateway.sta.model import ALWAYS, FIRST, LAST, OBSERVATIONS, Entity, Span
from gateway.sta.options import Query
from services.kit.caller import ANONYMOUS
from services.kit.numbers import typed
from services.kit.rpc import protos
from smartcity.environment.v1 import datastreams_views as views
from smartcity.environment.v1 import observations_pb2

MOST_CALLS = 300
"""To the pillar, of a request."""
MOST_SCANNED = 10_000
"""Readings that are looked at in a request; a page that ends sooner says where to go on."""
MOST_COUNTED_STREAMS = 50
_PAGE = 200
_LEAST = timedelta(microseconds=1)
_TIME = ("phenomenonTime",)
_ABOUT = ("Datastream", "FeatureOfInterest")
"""What observations lead to: conditions on these are asked before any is read."""
_FLIPPED = {"gt": "lt", "ge": "le", "lt": "gt", "le": "ge", "eq": "eq"}


class Found(NamedTuple):
    """A page of observations, where the next begins (empty on the last), and how many it has still to leave out."""

    entities: list[Entity]
    token: str
    skip: int = 0


class Seen(NamedTuple):
    """An observation that was looked at, and whether it is among those that are asked for."""

    entity: Entity
    fits: bool

    @property
    def at(self) -> datetime:
        """Its time."""
        time: datetime = self.entity.values["phenomenonTime"]
        return time


@dataclass
class Budget:
    """What is left of a request's work."""

    calls: int = MOST_CALLS
    scanned: int = MOST_SCANNED

    def call(self) -> None:
        """Takes a call. Raises SpentFault where none is left."""
        self.calls -= 1
        if self.calls < 0:
            raise SpentFault("asks for too much at once; set a smaller $top, or expand less", "query")


@dataclass
class Reader:
    """Reads observations within a request, those of a time."""

    pillars: Pillars
    budget: Budget
    evaluator: Evaluator
    during: Span = ALWAYS

    async def page(self, streams: Sequence[Entity], query: Query, top: int) -> Found:
        """A page. Raises QueryFault, and AioRpcError where the pillar does not answer."""
        chosen = await self._chosen(streams, query.filter)
        oldest = _oldest_first(query, chosen)
        span = self._span(query.filter)
        skip, found = query.skip, list[Entity]()
        chosen, span = _going_on(query.token, chosen, span, oldest=oldest)
        for place, stream in enumerate(chosen):
            within = span if place == 0 else self._span(query.filter)
            token = begin = _token(stream, within.start - _LEAST if oldest else within.end)
            try:
                async for seen in self._of(stream, within, query.filter, top - len(found) + skip + 1, oldest=oldest):
                    if seen.fits and not skip and len(found) == top:
                        return Found(found, token)
                    if seen.fits and skip:
                        skip -= 1
                    elif seen.fits:
                        found.append(seen.entity)
                    token = _token(stream, seen.at)
                    if self.budget.scanned <= 0:
                        return Found(found, token, skip)
            except SpentFault:
                if not place and token == begin:  # whoever went on would come to the same end
                    raise
                return Found(found, token, skip)
        return Found(found, "")

    async def count(self, streams: Sequence[Entity], query: Query) -> int:
        """How many there are. Raises QueryFault where that is too many to count."""
        chosen = await self._chosen(streams, query.filter)
        if len(chosen) > MOST_COUNTED_STREAMS:
            raise QueryFault(f"counts over at most {MOST_COUNTED_STREAMS} datastreams; name some", "$count")
        total = 0
        for stream in chosen:
            exact = self._says_all(stream, query.filter)
            total += await (self._counted(stream, query) if exact else self._scanned(stream, query))
        return total

    def _says_all(self, stream: Entity, condition: Node | None) -> bool:
        """Whether time and datastream alone decide what fits: where it has several features, they do not."""
        decided = _ABOUT if len(stream.links["FeatureOfInterest"]) == 1 else _ABOUT[:1]
        return all(_is_about(one, decided) or self._bound(one) is not None for one in _conditions(condition))

    async def one(self, stream: Entity, at: datetime) -> Entity | None:
        """The observation of a moment."""
        async for seen in self._of(stream, Span(at, at + _LEAST), None, 1, oldest=True):
            return seen.entity
        return None

    async def _of(
        self, stream: Entity, span: Span, condition: Node | None, wanted: int, *, oldest: bool
    ) -> AsyncIterator[Seen]:
        """Those of a datastream, until as many as are wanted fit a condition; who asks looks at the budget."""
        start, end = span
        while start < end:
            size = _PAGE if condition is not None else min(_PAGE, max(wanted, 1))
            self.budget.call()
            request = observations_pb2.ListObservationsRequest(
                datastream=stream.id,
                page_size=size,
                start_time=protos.timestamp(start),
                end_time=protos.timestamp(end),
                oldest_first=oldest,
            )
            answer = await self.pillars.call(request, ANONYMOUS)
            for reading in answer.observations:
                await self.evaluator.turn()
                entity = _entity(stream, views.reading(reading))
                seen = Seen(entity, condition is None or self.evaluator.holds(condition, entity.reach))
                start, end = (seen.at + _LEAST, end) if oldest else (start, seen.at)
                self.budget.scanned -= 1
                wanted -= seen.fits
                yield seen
            if not answer.next_page_token:
                return

    async def _counted(self, stream: Entity, query: Query) -> int:
        span = self._span(query.filter)
        if span.start >= span.end:
            return 0
        self.budget.call()
        request = observations_pb2.GetObservationCountRequest(
            datastream=stream.id, start_time=protos.timestamp(span.start), end_time=protos.timestamp(span.end)
        )
        found = await self.pillars.call(request, ANONYMOUS)
        if found.more:
            raise QueryFault(f"counts up to {found.count}; narrow phenomenonTime down in $filter", "$count")
        return found.count

    async def _scanned(self, stream: Entity, query: Query) -> int:
        total = 0
        async for seen in self._of(stream, self._span(query.filter), query.filter, _PAGE, oldest=True):
            total += seen.fits
            if self.budget.scanned <= 0:
                raise QueryFault(
                    f"looks at up to {MOST_SCANNED} observations; narrow phenomenonTime down in $filter", "$count"
                )
        return total

    async def _chosen(self, streams: Sequence[Entity], condition: Node | None) -> list[Entity]:
        """The datastreams for which holds what a condition says of them, with one of their features at least."""
        about = [one for one in _conditions(condition) if _is_about(one, _ABOUT)]
        chosen = []
        for stream in streams if about else ():
            await self.evaluator.turn()
            probes = [_probe(stream, feature) for feature in stream.links["FeatureOfInterest"]]
            if any(all(self.evaluator.holds(one, probe.reach) for one in about) for probe in probes):
                chosen.append(stream)
        return chosen if about else list(streams)

    def _span(self, condition: Node | None) -> Span:
        """The time that a condition leaves."""
        start, end = self.during
        for one in _conditions(condition):
            bound = self._bound(one)
            if bound is not None:
                start, end = max(start, bound.start), min(end, bound.end)
        return Span(start, end)

    def _bound(self, condition: Node) -> Span | None:
        """The time that a comparison with a time leaves; None where it is another condition."""
        if not isinstance(condition, Binary) or condition.op not in _FLIPPED:
            return None
        op, one, other = condition
        if other == Path(_TIME):
            op, one, other = _FLIPPED[op], other, one
        at = self.evaluator.constant(other) if one == Path(_TIME) else None
        if not isinstance(at, datetime):
            return None
        at = min(max(at, FIRST), LAST)
        return {
            "gt": Span(start=at + _LEAST), "ge": Span(start=at), "lt": Span(end=at), "le": Span(end=at + _LEAST),
            "eq": Span(at, at + _LEAST),
        }[op]  # fmt: skip


def _conditions(node: Node | None) -> Sequence[Node]:
    return [] if node is None else list(evaluating.conditions(node))


def _is_about(node: Node, links: Sequence[str]) -> bool:
    return all(path[0] in links for path in evaluating.paths(node))


def _oldest_first(query: Query, streams: Sequence[Entity]) -> bool:
    if not query.orderby:
        return False
    first = query.orderby[0]
    if first.by != Path(_TIME):
        raise QueryFault("sorts observations by phenomenonTime alone", "$orderby")
    if len(streams) > 1:
        message = "sorts the observations of one datastream; ask Datastreams('id')/Observations, or name one in $filter"
        raise QueryFault(message, "$orderby")
    return not first.descending


def _going_on(token: str, streams: list[Entity], span: Span, *, oldest: bool) -> tuple[list[Entity], Span]:
    """From where a token says on. Raises QueryFault where it is none."""
    if not token:
        return streams, span
    stream, _, text = token.rpartition(".")
    place = next((place for place, one in enumerate(streams) if one.id == stream), None)
    at = moment(text)
    if place is None or at is None:
        raise QueryFault("is none of this list; begin anew without it", "$skiptoken")
    if oldest:
        return streams[place:], Span(max(span.start, at + _LEAST), span.end)
    return streams[place:], Span(span.start, min(span.end, at))


def _token(stream: Entity, after: datetime) -> str:
    """Where a list goes on: behind a time, of a datastream."""
    return f"{stream.id}.{micros(after)}"


def moment(text: str) -> datetime | None:
    """The time of an id's end."""
    since = typed(text.removeprefix("-"), 17)
    if since is None:
        return None
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=-since if text[0] == "-" else since)
    except OverflowError:
        return None


def _probe(stream: Entity, feature: Entity) -> Entity:
    return Entity(OBSERVATIONS, "", {}, {"Datastream": [stream], "FeatureOfInterest": [feature]})


def _entity(stream: Entity, one: views.Reading) -> Entity:
    assert one.time is not None
    values: dict[str, Any] = {
        "phenomenonTime": one.time,
        "resultTime": one.arrival,
        "result": one.value,
        "parameters": {"outOfRange": one.out_of_range, "late": one.late},
    }
    feature = next(each for each in reversed(stream.links["FeatureOfInterest"]) if each.during.start <= one.time)
    links = {"Datastream": [stream], "FeatureOfInterest": [feature]}
    return Entity(OBSERVATIONS, f"{stream.id}.{micros(one.time)}", values, links)
