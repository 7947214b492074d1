"""The one handler of the API: decode, call the pillar, answer. Identity and limits were seen to by the admission."""

import re
from collections import defaultdict
from collections.abc import Container, Iterable
from functools import cache
from urllib.parse import unquote

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.routing import Route as Address
from starlette.types import Receive, Scope, Send

from gateway.answers.problems import FIELDS
from gateway.bodies.body import body_of
from gateway.callers.origins import email_in, origin_of
from gateway.callers.session import current_caller
from gateway.edge.routing import Routes
from gateway.gateway import Gateway
from gateway.rest import me, memory
from gateway.rest.answering import Answer
from gateway.rest.decoding import Decoder
from gateway.rest.route import Route
from gateway.rest.routes import routes
from services.kit.rpc.rules import Field

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
        request.scope[FIELDS] = self._route.sent_as
        body_of(request).take(self._route.takes)
        message = await self._decode(request)
        if self._route.origin:
            getattr(message, self._route.origin).CopyFrom(origin_of(request, email_in(message)))
        if self._answer is None:
            assert self._route.act is not None
            return await self._route.act(gateway, request, message)
        found = await gateway.pillars.send(message, current_caller(request), within=self._seconds)
        return self._answer(found, request.headers.get("if-none-match"))


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


class _WithSlashes(Routes):
    """All addresses of the API; what was sent as %2F belongs to an id."""

    def __init__(self, addresses: Iterable[Address], with_slashes: Container[str]) -> None:
        """In the order in which they are to be tried; ``with_slashes`` are the paths whose fields may hold slashes."""
        super().__init__(addresses)
        self._with_slashes = with_slashes

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As if no slash had been sent, but where a field may hold it."""
        held = _with_slashes_held(scope) if scope["type"] == "http" else None
        if held is None:
            return super().matches(scope)
        match, child = self.best(held, [each for each in self.among(held) if each.path in self._with_slashes])
        if match is Match.NONE:
            return super().matches(scope)
        params = child["path_params"]
        return match, {**child, "path_params": {name: value.replace(_HELD, "/") for name, value in params.items()}}


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


def mount(app: FastAPI) -> None:
    """Adds every route."""
    memory.mount(app)
    me.mount(app)
    app.router.routes.append(_addresses())


@cache
def _addresses() -> _WithSlashes:
    by_address: dict[str, dict[str, Handler]] = defaultdict(dict)
    for route in routes():
        by_address[route.path][route.verb] = Handler(route)
    addresses = []
    for path, handlers in by_address.items():
        addresses.append(Address(path, Verbs(path, handlers), methods=list(handlers)))
    return _WithSlashes(addresses, {one.path for one in routes() if any(map(_takes_slashes, one.in_path))})
