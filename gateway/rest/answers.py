"""How answers are made and described: views become bytes, and the documentation names their schemas."""

from collections.abc import Sequence
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from gateway.reference import etag_matches

_encoder = msgspec.json.Encoder()

PRIVATE = {"cache-control": "private, no-cache", "vary": "Authorization, Cookie, X-Link-Key"}
"""For answers that depend on who asks."""
PUBLIC_READS = (404, 422, 503, 504)
"""How reading may be refused what anybody may read."""
READS = (401, 403, *PUBLIC_READS)
"""How reading may be refused what is not for everybody."""
WRITES = (400, 401, 403, 404, 409, 413, 422, 503, 504)
"""How a write may be refused."""
CHANGES = (*WRITES, 412, 428)
"""How a write may be refused that needs the version its caller saw."""


def answer(view: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A view as JSON."""
    return Response(_encoder.encode(view), status, headers, "application/json")


def answer_versioned(request: Request, view: Any, etag: str, status: int = 200) -> Response:
    """A view that has a version: with ETag, and 304 for a reader who has it already."""
    quoted = f'"{etag}"'
    headers = {"etag": quoted, **PRIVATE}
    if request.method == "GET" and etag_matches(request.headers.get("if-none-match"), quoted):
        return Response(status_code=304, headers=headers)
    return answer(view, status, headers)


def answer_tagged(view: Any, etag: str) -> Response:
    """A view with the version for If-Match that can change without it (balances, deadlines): nobody may keep it."""
    return answer(view, headers={"etag": f'"{etag}"', "cache-control": "no-store"})


def created(view: Any, location: str, etag: str) -> Response:
    """The view of what was made, at an address of its own."""
    headers = {"location": location, "etag": f'"{etag}"', "cache-control": "no-store"}
    return answer(view, 201, headers)


def documented(
    schema: str,
    *,
    status: int = 200,
    etag: bool = False,
    problems: Sequence[int] = (),
    example: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """Keyword arguments of a route that answers with the component ``schema`` and may refuse with ``problems``."""
    media: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{schema}"}}
    if example is not None:
        media["example"] = example
    success: dict[str, Any] = {"description": "Done." if status < 300 else "", "content": {"application/json": media}}
    headers: dict[str, Any] = {}
    if etag:
        headers["ETag"] = {"description": "Version of the resource, for If-Match.", "schema": {"type": "string"}}
    if status == 201:
        success["description"] = "Created."
        headers["Location"] = {"description": "Address of what was created.", "schema": {"type": "string"}}
    if headers:
        success["headers"] = headers
    responses: dict[int | str, Any] = {status: success}
    if etag and status == 200 and more.pop("conditional", False):
        responses[304] = {"description": "You have this version already."}
    more.pop("conditional", None)
    return {"status_code": status, **_route(responses, problems), **more}


def documented_file(media: str, what: str, *, problems: Sequence[int] = ()) -> dict[str, Any]:
    """Keyword arguments of a route that answers with a file of this media type."""
    binary = media.startswith("image/") and media != "image/svg+xml"
    schema = {"type": "string", **({"contentMediaType": "application/octet-stream"} if binary else {})}
    return _route({200: {"description": what, "content": {media: {"schema": schema}}}}, problems)


def documented_stream(event: str, schema: str, *, problems: Sequence[int] = ()) -> dict[str, Any]:
    """Keyword arguments of a route that sends events of this name whose data are the component ``schema``."""
    data = {"contentMediaType": "application/json", "contentSchema": {"$ref": f"#/components/schemas/{schema}"}}
    one = {
        "type": "object",
        "required": ["event", "id", "data"],
        "properties": {"event": {"const": event}, "id": {"type": "string"}, "data": {"type": "string", **data}},
    }
    sent = {"description": "Server-sent events, each of this form.", "content": {"text/event-stream": {"schema": one}}}
    over = {"description": "You have seen the last event (`Last-Event-ID`): do not connect again."}
    return _route({200: sent, 204: over}, problems)


def _route(responses: dict[int | str, Any], problems: Sequence[int]) -> dict[str, Any]:
    for each in sorted({*problems, 429, 500}):
        responses[each] = {"$ref": f"#/components/responses/Problem{each}"}
    return {"response_class": Response, "response_model": None, "responses": responses}
