"""The route: one handler for every address below /sta/v1.1. It reads, for everybody, and writes nothing."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

import msgspec
from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem
from gateway.gateway import Gateway
from gateway.sta import options, paths
from gateway.sta.answering import Answers, Page, streams_of
from gateway.sta.catalogue import Catalogue, Catalogues
from gateway.sta.evaluating import Evaluator
from gateway.sta.faults import QueryFault
from gateway.sta.model import KINDS, OBSERVATIONS, Entity
from gateway.sta.observations import Budget, Reader, moment
from gateway.sta.options import Query
from gateway.sta.paths import Address
from gateway.visitors.places import Places

PREFIX = "/sta/v1.1"
SECONDS = 10.0
"""Of an answer."""
AT_WORK, AT_ONCE, AT_ONCE_EACH = 3, 24, 6
"""Questions of this process that are worked on; that are there, the others waiting; and those of one address.
Any of them may be a second's work, and who asks for something else waits for those that are worked on alone."""
_SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req"
CONFORMANCE = [
    f"{_SPEC}/datamodel",
    f"{_SPEC}/resource-path/resource-path-to-entities",
    *(
        f"{_SPEC}/request-data/{name}"
        for name in (
            "status-codes", "query-status-code", "order", "expand", "select", "top", "skip", "filter",
            "built-in-filter-operations", "pagination",
        )
    ),
]  # fmt: skip
"""Requirements classes that hold of all collections. Not the built-in functions: those on places and some on times are
not there. Nor `orderby` and `count`: observations are sorted by time alone, and counted up to a bound."""
_HEADERS = {"cache-control": "public, max-age=5"}


def mount(app: FastAPI) -> None:
    """Adds the routes; ``gateway.openapi.sensor_things`` describes them."""
    catalogues, turns, places = Catalogues(), asyncio.Semaphore(AT_WORK), Places(AT_ONCE, AT_ONCE_EACH)

    async def root(request: Request) -> Response:
        return _json(_root(_base(_gateway(request))))

    async def read(request: Request) -> Response:
        try:
            with _place(places, request.state.address):
                async with asyncio.timeout(SECONDS), turns:
                    return await _read(request, _gateway(request), catalogues)
        except QueryFault as fault:
            raise fault.problem() from fault
        except TimeoutError as error:
            message = f"The answer took more than {SECONDS:.0f} s. Ask for less: a smaller $top, fewer expansions."
            raise Problem(504, "STA_TOOK_TOO_LONG", message) from error

    app.add_route(PREFIX, root, include_in_schema=False)
    app.add_route(f"{PREFIX}/", root, include_in_schema=False)
    app.add_route(f"{PREFIX}/{{address:path}}", read, include_in_schema=False)


def _place(places: Places, address: str) -> AbstractContextManager[None]:
    """A question while it is there; the one too many is refused."""
    own = f"{places.most_each} questions from your address are being answered. Ask one after the other."
    return places.place(
        address,
        Problem(429, "STA_TOO_MANY_AT_ONCE", own, headers={"retry-after": "1"}),
        Problem(503, "STA_FULL", "Very many ask right now. Ask again in a moment.", headers={"retry-after": "2"}),
    )


async def _read(request: Request, gateway: Gateway, catalogues: Catalogues) -> Response:
    try:
        address = paths.read(request.path_params["address"])
    except LookupError as error:
        known = ", ".join(KINDS)
        raise Problem(404, "STA_NOT_FOUND", f"There is nothing at this address. Collections are {known}.") from error
    query = options.read(request.url.query, address.kind, many=address.many)
    catalogue = await catalogues.now(gateway.pillars)
    reader = Reader(gateway.pillars, Budget(), Evaluator(datetime.now(UTC)))
    found = await _Walk(catalogue, reader, Answers(_base(gateway), catalogue, reader)).follow(address, query)
    return _told(address, found)


class _Walk:
    """Follows an address to what stands there."""

    def __init__(self, catalogue: Catalogue, reader: Reader, answers: Answers) -> None:
        self._catalogue, self._reader, self._answers = catalogue, reader, answers

    async def follow(self, address: Address, query: Query) -> Any:
        """The answer, as it is written. Raises Problem where there is no such entity."""
        at: Entity | None = None
        for step in address.steps[:-1]:
            at = await self._entered(at, step)
        last = address.steps[-1]
        if not address.many:
            one = await self._entered(at, last)
            return await self._answers.entity(one, Query() if address.wanted else query)
        if at is None:
            where = f"{self._answers.root}/{last.name}"
            page = await self._page(last.name, query)
        else:
            where = f"{self._answers.address(at)}/{last.name}"
            page = await self._answers.linked(at, last.name, query)
        if address.wanted == "$ref":
            links = [{"@iot.selfLink": self._answers.address(one)} for one in page.entities]
            return {"value": links} | ({"@iot.nextLink": f"{where}/$ref?{page.following}"} if page.following else {})
        return await self._answers.collection(page, query, where)

    async def _page(self, kind: str, query: Query) -> Page:
        if kind == OBSERVATIONS:
            return await self._answers.observations(self._catalogue.all("Datastreams"), query)
        return await self._answers.page(self._catalogue.all(kind), query)

    async def _entered(self, at: Entity | None, step: paths.Step) -> Entity:
        """The entity of a step, from the one before. Raises Problem where there is none."""
        kind = step.name if at is None else KINDS[at.kind].links[step.name].kind
        found: Entity | None
        if step.id is None:
            assert at is not None  # the root has collections alone
            found = next(iter(at.links.get(step.name, ())), None)
        elif kind == OBSERVATIONS:
            found = await self._observation(step.id, at)
        else:
            found = self._catalogue.get(kind, step.id)
            if at is not None and found not in at.links.get(step.name, ()):
                found = None
        if found is None:
            raise Problem(404, "STA_NOT_FOUND", f"There is no such entity among the {kind} here.")
        return found

    async def _observation(self, identity: str, of: Entity | None) -> Entity | None:
        name, _, text = identity.rpartition(".")
        stream, at = self._catalogue.get("Datastreams", name), moment(text)
        if stream is None or at is None:
            return None
        if of is not None and (stream not in streams_of(of) or not of.during.start <= at < of.during.end):
            return None
        return await self._reader.one(stream, at)


def _told(address: Address, found: Any) -> Response:
    if not address.wanted or (address.wanted == "$ref" and address.many):
        return _json(found)
    if address.wanted == "$ref":
        return _json({"@iot.selfLink": found["@iot.selfLink"]})
    value = found[address.wanted]
    if not address.raw:
        return _json({address.wanted: value})
    if value is None:
        return Response(status_code=204)
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode().strip('"')
    return Response(text, headers=_HEADERS, media_type="text/plain")


def _root(base: str) -> dict[str, Any]:
    return {
        "value": [{"name": name, "url": f"{base}/{name}"} for name in KINDS],
        "serverSettings": {"conformance": CONFORMANCE},
    }


def _base(gateway: Gateway) -> str:
    return f"{gateway.settings.origin}{PREFIX}"


def _gateway(request: Request) -> Gateway:
    gateway: Gateway = request.app.state.gateway
    return gateway


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), headers=_HEADERS, media_type="application/json")
