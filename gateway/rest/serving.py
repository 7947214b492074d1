"""The one handler of the API: decode, call the pillar, answer. Identity and limits were seen to by the admission."""

from collections import defaultdict

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as Address
from starlette.types import Receive, Scope, Send

from gateway.gateway import Gateway
from gateway.rest import me, memory
from gateway.rest.answering import Answer
from gateway.rest.decoding import Decoder
from gateway.rest.routes import Route, routes
from gateway.session import current_caller


class Handler:
    """Serves the requests of one route."""

    def __init__(self, route: Route) -> None:
        """Makes its plans."""
        self._route = route
        self._decode = Decoder(route)
        self._answer = Answer(route) if route.act is None else None
        self._seconds = route.rpc.options.seconds or None

    async def __call__(self, request: Request) -> Response:
        """The answer. Raises Problem, and AioRpcError where the pillar refuses."""
        gateway: Gateway = request.app.state.gateway
        message = await self._decode(request)
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
        """Serves one request."""
        scope["route"] = self  # names the span
        response = await self._handlers[scope["method"]](Request(scope, receive, send))
        await response(scope, receive, send)


def mount(app: FastAPI) -> None:
    """Adds every route."""
    memory.mount(app)
    me.mount(app)
    by_address: dict[str, dict[str, Handler]] = defaultdict(dict)
    for route in routes():
        by_address[route.path][route.verb] = Handler(route)
    for path, handlers in by_address.items():
        address = Address(path, Verbs(path, handlers), methods=list(handlers))
        address.methods = set(handlers)  # Starlette adds HEAD, which would open a stream that nobody reads
        app.router.routes.append(address)
