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
    for each in sorted({*problems, 429, 500}):
        responses[each] = {"$ref": f"#/components/responses/Problem{each}"}
    return {"status_code": status, "response_class": Response, "response_model": None, "responses": responses, **more}
