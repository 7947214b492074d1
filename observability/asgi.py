"""HTTP requests in the trace: one SERVER span per request, as pure ASGI middleware.

Every request begins a trace of its own. A ``traceparent`` the caller sent is linked, never adopted: a stranger must
decide neither our trace ids nor what we sample. The answer carries the trace id in ``x-trace-id`` and, for tools, as
``traceresponse`` (W3C Trace Context level 2).
"""

import time
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from starlette.routing import Mount

from observability import semconv
from observability.metrics import record_duration
from observability.telemetry import Span, SpanKind, span

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

QUIET_PATHS = frozenset({"/livez", "/readyz"})
"""Probes come every few seconds and would bury the traces of people."""

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})


class TraceRequests:
    """ASGI middleware; wrap it around the whole application: ``app = TraceRequests(FastAPI(...))``.

    Not with ``add_middleware``: that puts it inside Starlette's handler of unexpected errors, whose answer would then
    carry no trace id.
    """

    def __init__(self, app: App, quiet_paths: frozenset[str] = QUIET_PATHS) -> None:
        """Wraps ``app``; requests to ``quiet_paths`` are not traced."""
        self._app = app
        self._quiet_paths = quiet_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one connection."""
        if scope["type"] != "http" or scope["path"] in self._quiet_paths:
            await self._app(scope, receive, send)
            return
        with _request_span(scope) as (current, outcome):

            async def send_with_trace(message: Message) -> None:
                if message["type"] == "http.response.start":
                    outcome[semconv.HTTP_RESPONSE_STATUS_CODE] = message["status"]
                    _add_trace_headers(message, current)
                await send(message)

            await self._app(scope, receive, send_with_trace)


@contextmanager
def _request_span(scope: Scope) -> Iterator[tuple[Span, dict[str, Any]]]:
    method = scope["method"] if scope["method"] in _METHODS else semconv.OTHER_METHOD
    foreign = _traceparent(scope)
    attributes = {semconv.HTTP_REQUEST_METHOD: method, semconv.URL_SCHEME: scope.get("scheme", "http")}
    outcome: dict[str, Any] = dict(attributes)
    started = time.perf_counter()
    with span(method, SpanKind.SERVER, attributes, links=(foreign,) if foreign else (), root=True) as current:
        try:
            yield current, outcome
        except BaseException as error:
            outcome.setdefault(semconv.HTTP_RESPONSE_STATUS_CODE, 500)
            outcome[semconv.ERROR_TYPE] = type(error).__qualname__
            raise
        finally:
            _finish(current, scope, method, outcome)
            record_duration(semconv.HTTP_SERVER_REQUEST_DURATION, time.perf_counter() - started, outcome)


def _finish(current: Span, scope: Scope, method: str, outcome: dict[str, Any]) -> None:
    route = _route(scope)
    if route:
        outcome[semconv.HTTP_ROUTE] = route
        current.set(semconv.HTTP_ROUTE, route)
        # The conventions ask for the path and for scrubbing it: the template is the path without what may be a secret.
        current.set(semconv.URL_PATH, route)
        current.rename(f"{method} {route}")
    status = outcome.get(semconv.HTTP_RESPONSE_STATUS_CODE)
    if status is None:
        return
    current.set(semconv.HTTP_RESPONSE_STATUS_CODE, status)
    if status >= 500:
        outcome.setdefault(semconv.ERROR_TYPE, str(status))
        current.fail(outcome[semconv.ERROR_TYPE])


def _route(scope: Scope) -> str:
    """The template that routing chose (``/v1/complaints/{code}``), with the prefix of a mounted application."""
    route = scope.get("route")
    # Of a route in an included router FastAPI leaves the whole template here; the route itself knows only its own part.
    included = scope.get("fastapi", {}).get("effective_route_context")
    path = getattr(included, "path_format", None) or getattr(route, "path", None)
    root = scope.get("root_path", "")
    if isinstance(path, str) and not isinstance(route, Mount):
        return f"{root}{path}"
    # Only a mount leaves this key; what it serves has no routes of its own, or none that fits.
    return f"{root}/{{path}}" if "app_root_path" in scope else ""


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent":
            return bytes(value).decode("latin-1")
    return None


def _add_trace_headers(message: Message, current: Span) -> None:
    traceparent = current.traceparent
    if traceparent is None:
        return
    message["headers"] = [
        *message.get("headers", ()),
        (b"x-trace-id", traceparent[3:35].encode()),
        (b"traceresponse", traceparent.encode()),
    ]
