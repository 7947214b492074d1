"""Problems in the OpenAPI document: a response for each status, with an example as it may come."""

from http import HTTPStatus
from typing import Any

import msgspec

from gateway.answers.problems import MEDIA_TYPE, OPAQUE, TITLES, anchor, missing_header

_MISSING = {one.status: one for one in map(missing_header, ("Idempotency-Key", "If-Match"))}
_PARTICULAR = {
    401: ("LOGIN_REQUIRED", "This needs a login. Log in and repeat."),
    403: ("ROLE_NOT_ALLOWED", "Your role may not do this."),
    404: ("COMPLAINT_NOT_FOUND", "There is no such complaint, or you may not see it."),
    409: ("REQUEST_IN_FLIGHT", "The same request is still being handled. Repeat it in a moment."),
    411: ("LENGTH_MISSING", "Send the archive with its length (Content-Length), not in chunks."),
    412: ("STALE_ETAG", "It has changed since you read it. Read it again and repeat."),
    413: ("BODY_TOO_LARGE", "The body is larger than 64 kB. Send a smaller one."),
    414: ("ADDRESS_TOO_LONG", "At most 8,192 bytes of address."),
    415: ("MEDIA_TYPE_NOT_TAKEN", "Send the body with Content-Type: application/json."),
    422: ("INVALID_REQUEST", "text: has 4 characters; give 10 to 5,000"),
    429: ("RATE_LIMITED", "That was more than 30 requests in 60 seconds. Wait 2 s."),
}
EXAMPLES: dict[int, tuple[str, str]] = dict(
    sorted({**_PARTICULAR, **OPAQUE, **{one.status: (one.reason, one.detail) for one in _MISSING.values()}}.items())
)
"""Status -> a reason of it, and what it says: all that an operation may be refused with."""
_ERRORS = {
    422: [{"field": "text", "message": "has 4 characters; give 10 to 5,000"}],
    **{one.status: msgspec.to_builtins(list(one.errors)) for one in _MISSING.values()},
}
_WAITING = {
    409: "Seconds to wait, with the reason REQUEST_IN_FLIGHT alone: no other conflict ends by itself.",
    429: "Seconds to wait, where that is known; without it do not repeat by itself: the detail says what comes first.",
    503: "Seconds to wait.",
    504: "Seconds to wait; without it the same request would take as long: the detail says what to ask for.",
}
SCHEMA = {"$ref": "#/components/schemas/Problem"}


def responses() -> dict[str, Any]:
    """All by their names."""
    refused = {
        **_response(401),
        "description": "The token that came along does not hold (Unauthorized). No login is needed.",
        "content": _content(401, "TOKEN_REFUSED", "The token has expired. Get another and repeat."),
    }
    return {**{f"Problem{status}": _response(status) for status in EXAMPLES}, "TokenRefused": refused}


def _response(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": f"{TITLES[status]} ({HTTPStatus(status).phrase}).",
        "content": _content(status, *EXAMPLES[status]),
    }
    if headers := _headers(status):
        answer["headers"] = headers
    return answer


def _content(status: int, reason: str, detail: str) -> dict[str, Any]:
    example = {
        "type": f"/docs/problems#{anchor(reason, status)}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "instance": "/v1/complaints",
        "reason": reason,
        "trace_id": "0af7651916cd43dd8448eb211c80319c",
    }
    if status in _ERRORS:
        example["errors"] = _ERRORS[status]
    return {MEDIA_TYPE: {"schema": SCHEMA, "example": example}}


def _headers(status: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if status in _WAITING:
        found["Retry-After"] = {"description": _WAITING[status], "schema": {"type": "integer", "minimum": 0}}
    if status == 401:
        text = "How to log in (RFC 6750), and what was wrong with the token."
        found["WWW-Authenticate"] = {"description": text, "schema": {"type": "string"}}
    if status == 429:
        found["RateLimit"] = {"description": "What is left, and until when.", "schema": {"type": "string"}}
    return found
