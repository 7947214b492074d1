"""Warnings for other systems: the Atom feed, and each CAP message as it was published."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import Problem
from gateway.callers.session import current_caller
from gateway.city.bulletins import ATOM, CAP
from gateway.city.reference import Ready
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.environment.v1 import warnings_pb2 as pb2

FRESH, FOR_EVER = 5, 31_536_000
"""Seconds in which caches need not ask again."""


def _file(kind: str) -> dict[str, Any]:
    return {
        "200": {"description": "The file.", "content": {kind: {"schema": {"type": "string"}}}},
        "304": {"description": "You have these bytes already."},
    }


@by_hand(
    "GET",
    "/v1/warnings.cap",
    pb2.GetWarningFeedRequest,
    "getWarningFeed",
    only=(),
    responses=_file(ATOM),
    lenient=True,
)
async def feed(parts: Gateway, request: Request, message: pb2.GetWarningFeedRequest) -> Response:
    """Hands out the newest CAP messages as an Atom feed (RFC 4287), from memory; each entry links to its message."""
    found = parts.bulletins.feed
    if found is None:
        detail = "The feed is not there yet. Try again in a moment."
        raise Problem(503, "PILLAR_UNAVAILABLE", detail, headers={"retry-after": "1"})
    return found.response(request, FRESH)


@by_hand(
    "GET",
    "/v1/warnings/{id}/messages/{number}.cap",
    pb2.GetWarningMessageRequest,
    "getWarningMessage",
    responses=_file(CAP),
    lenient=True,
)
async def message(parts: Gateway, request: Request, message: pb2.GetWarningMessageRequest) -> Response:
    """Hands out a CAP 1.2 message byte by byte as it was published, with the city's signature where it has a key.

    What was published does not change, so caches keep it.
    """
    kept = parts.bulletins.message(message.id, int(message.number))
    if kept is None:
        found = await parts.pillars.call(message, current_caller(request))
        kept = Ready.of(found.message.body, CAP)
    return kept.response(request, FOR_EVER)
