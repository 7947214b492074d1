"""A story, live."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.callers.session import current_caller
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from gateway.streams.events import Stream
from smartcity.governance.v1 import stories_pb2 as pb2

_DATA = {"contentMediaType": "application/json", "contentSchema": {"$ref": "#/components/schemas/StoryEvent"}}
_EVENT = {
    "type": "object",
    "required": ["event", "id", "data"],
    "properties": {"event": {"const": "happened"}, "id": {"type": "string"}, "data": {"type": "string", **_DATA}},
}
_RESPONSES: dict[str, Any] = {
    "200": {
        "description": "Server-sent events, each of this form.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
}


@by_hand(
    "GET",
    "/v1/stories/{correlation}/events",
    pb2.GetStoryRequest,
    "followStory",
    responses=_RESPONSES,
    lenient=True,
)
async def events(parts: Gateway, request: Request, message: pb2.GetStoryRequest) -> Response:
    """Follows a story live: sends an event `happened` for each that is known, at once, and for each that comes.

    The stream ends after ten minutes; a browser's `EventSource` connects again by itself and is told all again, so
    forget those whose id you have. Who does not accept `text/event-stream` by name gets those that are known alone.
    Errors: STORY_NOT_FOUND.
    """
    story = (await parts.pillars.call(message, current_caller(request))).story
    once = Stream.media_type not in request.headers.get("accept", "")
    return parts.stories.stream(story, request.state.address, once=once)
