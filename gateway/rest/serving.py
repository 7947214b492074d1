"""The one handler of the API: decode, call the pillar, answer. Identity and limits were seen to by the admission."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cache
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.routing import Route as Address
from starlette.types import Receive, Scope, Send

from gateway.bodies.body import body_of
from gateway.callers.origins import email_in, origin_of
from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest import me, memory
from gateway.rest.answering import Answer
from gateway.rest.decoding import Decoder
from gateway.rest.route import Route
from gateway.rest.routes import routes
from services.kit.rpc.rules import Field

_ADDRESS = "gateway.address"
"""Where the address that was found waits in the scope."""
_SLASH = re.compile(rb"%2f", re.IGNORECASE)
_HELD = "\x1f"
"""Stands for a slash within a part of a path until the address is found."""


class Handler:
    """Serves the requests of one route."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._decode = Decoder(route)
        self._answer = Answer(route) if route.act is None else None
        self._seconds = route.rpc.options.seconds or None

    async def __call__(self, request: Request) -> Response:
        """The answer. Raises Problem, and AioRpcError where the pillar refuses."""
        gateway: Gateway = request.app.state.gateway
        body_of(request).take(self._route.takes)
        message = await self._decode(request)
        if self._route.origin:
            getattr(message, self._route.origin).CopyFrom(origin_of(request, email_in(message)))
        if self._answer is None:
            assert self._route.act is not None
            return await self._route.act(gateway, request, message)
        found = await gateway.pillars.send(message, current_caller(request), within=self._seconds)
        return self._answer(request, found)


class Verbs:
    """All routes of one address (ASGI)."""

    def __init__(self, address: str, handlers: dict[str, Handler]) -> None:
        """``handlers`` by their verb."""
        self.path = address
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope["route"] = self  # names the span
        response = await self._handlers[scope["method"]](Request(scope, receive, send))
        await response(scope, receive, send)


class Addresses(BaseRoute):
    """All addresses of the API as one route: only those are tried that have the same first word after the version, and
    as many parts, as what is asked for. Of a hundred that leaves a handful.
    """

    def __init__(self, addresses: Iterable[Address], with_slashes: Container[str] = ()) -> None:
        """In the order in which they are to be tried; ``with_slashes`` are the paths whose fields may hold slashes."""
        self._alike: dict[tuple[str, int], list[Address]] = defaultdict(list)
        self._with_slashes = with_slashes
        for each in addresses:
            self._alike[_likeness(each.path)].append(each)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The address that serves the request; else the first that does not know its verb."""
        best: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] == "http":
            held = _with_slashes_held(scope)
            if held is not None:
                best = self._best(held, [each for each in self._among(held) if each.path in self._with_slashes])
            if best[0] is Match.NONE:
                return self._best(scope, self._among(scope))
            params = best[1]["path_params"]
            best[1]["path_params"] = {name: value.replace(_HELD, "/") for name, value in params.items()}
        return best

    def _among(self, scope: Scope) -> list[Address]:
        return self._alike.get(_likeness(scope["path"].removeprefix(scope.get("root_path", ""))), [])

    @staticmethod
    def _best(scope: Scope, among: Iterable[Address]) -> tuple[Match, Scope]:
        best: tuple[Match, Scope] = Match.NONE, {}
        for each in among:
            match, child = each.matches(scope)
            if match.value > best[0].value:
                best = match, {**child, _ADDRESS: each}
            if match is Match.FULL:
                break
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[_ADDRESS].handle(scope, receive, send)


def _with_slashes_held(scope: Scope) -> Scope | None:
    """The scope with a path whose slashes are those between its parts: what was sent as %2F belongs to an id; None
    where nothing was.
    """
    raw: bytes = scope.get("raw_path") or b""
    if not _SLASH.search(raw) or _HELD in scope["path"]:
        return None
    return {**scope, "path": unquote(_SLASH.sub(_HELD.encode(), raw.partition(b"?")[0]).decode("latin-1"))}


def _takes_slashes(field: Field) -> bool:
    return bool(field.rules.pattern) and not field.wrong("a/b")


def _likeness(path: str) -> tuple[str, int]:
    parts = path.split("/", 3)
    return parts[2] if len(parts) > 2 else "", path.count("/")


def mount(app: FastAPI) -> None:
    """Adds every route."""
    memory.mount(app)
    me.mount(app)
    app.router.routes.append(_addresses())


@cache
def _addresses() -> Addresses:
    by_address: dict[str, dict[str, Handler]] = defaultdict(dict)
    for route in routes():
        by_address[route.path][route.verb] = Handler(route)
    addresses = []
    for path, handlers in by_address.items():
        address = Address(path, Verbs(path, handlers), methods=list(handlers))
        address.methods = set(handlers)  # Starlette adds HEAD, which would open a stream that nobody reads
        addresses.append(address)
    return Addresses(addresses, {one.path for one in routes() if any(map(_takes_slashes, one.in_path))})
