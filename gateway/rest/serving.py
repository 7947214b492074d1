"""The one handler of the API: decode, call the pillar, answer. Identity and limits were seen to by the admission."""

from collections import defaultdict
from collections.abc import Iterable

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

_ADDRESS = "gateway.address"
"""Where the address that was found waits in the scope."""


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

    def __init__(self, addresses: Iterable[Address]) -> None:
        """In the order in which they are to be tried."""
        self._alike: dict[tuple[str, int], list[Address]] = defaultdict(list)
        for each in addresses:
            self._alike[_likeness(each.path)].append(each)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The address that serves the request; else the first that does not know its verb."""
        best: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] == "http":
            path = scope["path"].removeprefix(scope.get("root_path", ""))
            for each in self._alike.get(_likeness(path), ()):
                match, child = each.matches(scope)
                if match.value > best[0].value:
                    best = match, {**child, _ADDRESS: each}
                if match is Match.FULL:
                    break
        return best

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        await scope[_ADDRESS].handle(scope, receive, send)


def _likeness(path: str) -> tuple[str, int]:
    parts = path.split("/", 3)
    return parts[2] if len(parts) > 2 else "", path.count("/")


def mount(app: FastAPI) -> None:
    """Adds every route."""
    memory.mount(app)
    me.mount(app)
    by_address: dict[str, dict[str, Handler]] = defaultdict(dict)
    for route in routes():
        by_address[route.path][route.verb] = Handler(route)
    addresses = []
    for path, handlers in by_address.items():
        address = Address(path, Verbs(path, handlers), methods=list(handlers))
        address.methods = set(handlers)  # Starlette adds HEAD, which would open a stream that nobody reads
        addresses.append(address)
    app.router.routes.append(Addresses(addresses))
