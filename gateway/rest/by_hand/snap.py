"""The bank's door: SNAP requests go to the pillar as they came, and its answer goes back as it is."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import snap
from gateway.bodies.kinds import Kind
from gateway.gateway import Gateway
from gateway.rest.route import by_hand
from services.kit.caller import ANONYMOUS
from smartcity.economy.v1 import snap_pb2 as pb2

_REFUSALS = {
    400: "A field or header is missing or malformed.",
    401: "Not the bank, a signature or token that does not hold, or a timestamp that is stale.",
    404: "No such service.",
    405: "No such method.",
    409: "The same X-EXTERNAL-ID came today with another body.",
    413: "Larger than 65,536 bytes.",
    415: "Not JSON.",
    422: "Not valid.",
    429: "Too many requests.",
    500: "It could not be taken now, such as while an account of the city is frozen: send it again.",
    503: "Temporarily unavailable: send it again.",
    504: "Took too long: send it again.",
}

_NOTICE = Kind(bytes=snap.MOST_BYTES)


def _header(name: str, description: str, example: str) -> dict[str, Any]:
    schema = {"type": "string", "examples": [example]}
    return {"in": "header", "name": name, "required": True, "description": description, "schema": schema}


_TIMESTAMP = _header("X-TIMESTAMP", "When it was signed; at most five minutes ago.", "2026-11-24T09:00:00+07:00")
_TOKEN_HEADERS = [
    _TIMESTAMP,
    _header("X-CLIENT-KEY", "By which we know the bank.", "bank-contoh"),
    _header("X-SIGNATURE", "SHA256withRSA over `X-CLIENT-KEY|X-TIMESTAMP`.", "c2lnbmF0dXJl"),
]
_NOTIFY_HEADERS = [
    _TIMESTAMP,
    _header("X-PARTNER-ID", "By which we know the bank.", "bank-contoh"),
    _header("X-EXTERNAL-ID", "The bank's number of the message: digits, once a day.", "20261124000000000001"),
    _header(
        "X-SIGNATURE",
        "HMAC-SHA512 over `METHOD:path:token:lowerhex(sha256(minified body)):X-TIMESTAMP`; the path begins at /v1.0.",
        "c2lnbmF0dXJl",
    ),
]


def _documented(answer: str, body: str, headers: list[dict[str, Any]]) -> dict[str, Any]:
    def content(name: str) -> dict[str, Any]:
        return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

    refusals = {str(each): {"description": text, "content": content("SnapAnswer")} for each, text in _REFUSALS.items()}
    return {
        "responses": {"200": {"description": "Done.", "content": content(answer)}, **refusals},
        "parameters": headers,
        "body": {"required": True, "content": content(body)},
        "security": [],
    }


@by_hand(
    "POST",
    f"{snap.PREFIX}{snap.TOKEN_PATH}",
    pb2.HandleSnapRequestRequest,
    "createSnapToken",
    only=(),
    lenient=True,
    takes=_NOTICE,
    **_documented("SnapToken", "SnapTokenRequest", _TOKEN_HEADERS),
)
async def token(parts: Gateway, request: Request, message: pb2.HandleSnapRequestRequest) -> Response:
    """Gives the bank a token for its notifications (SNAP service 73)."""
    return await _hand_on(parts, request)


@by_hand(
    "POST",
    f"{snap.PREFIX}{snap.NOTIFY_PATH}",
    pb2.HandleSnapRequestRequest,
    "notifySnapPayment",
    only=(),
    lenient=True,
    takes=_NOTICE,
    **_documented("SnapAnswer", "SnapNotification", _NOTIFY_HEADERS),
)
async def notify(parts: Gateway, request: Request, message: pb2.HandleSnapRequestRequest) -> Response:
    """Takes note that a QRIS was paid (SNAP service 52). Send `Authorization: Bearer` with a token from here.

    What is sent again under the same X-EXTERNAL-ID gets the same answer, and the same money counts once.
    """
    return await _hand_on(parts, request)


async def _hand_on(parts: Gateway, request: Request) -> Response:
    body = await request.body()
    headers = [
        pb2.SnapHeader(name=name, value=request.headers[name]) for name in snap.HEADERS if name in request.headers
    ]
    path = request.url.path.removeprefix(snap.PREFIX)
    message = pb2.HandleSnapRequestRequest(method=request.method, path=path, headers=headers, body=body)
    found = await parts.pillars.call(message, ANONYMOUS)
    return Response(found.body, found.status, {"cache-control": "no-store"}, "application/json")
