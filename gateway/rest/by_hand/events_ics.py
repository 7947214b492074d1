"""The city's events as an iCalendar stream, for calendars that subscribe to it, and one event for one's own."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.city.calendar import CALENDAR
from gateway.city.reference import Ready
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from smartcity.branding.v1 import city_events_pb2 as pb2

FRESH = 60
"""Seconds in which caches need not ask again."""
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "An iCalendar stream (RFC 5545).",
        "content": {"text/calendar": {"schema": {"type": "string"}}},
    },
    "304": {"description": "You have these bytes already."},
}


@by_hand(
    "GET",
    "/v1/events.ics",
    pb2.GetEventCalendarRequest,
    "getEventCalendar",
    only=("event", "language"),
    refusals=(404,),
    responses=_RESPONSES,
    lenient=True,
)
async def events(parts: Gateway, request: Request, message: pb2.GetEventCalendarRequest) -> Response:
    """Hands out the published events as an iCalendar stream, or one of them.

    Ids never change, and SEQUENCE grows with each change, so that calendars move what they have.
    """
    if not message.event:
        return (await parts.calendar.events[message.language or "id"].now()).response(request, FRESH)
    message.site = parts.calendar.site
    found = await parts.pillars.call(message, current_caller(request))
    return Ready.of(found.content, CALENDAR).response(request, FRESH)
