"""The bank's door (SNAP BI): where it is, and how it is answered, also when a request does not reach the pillar.

The bank knows nothing of problem+json: whatever it sends to an address below ``PREFIX`` is answered with SNAP's
``responseCode`` (HTTP status, service, case) and ``responseMessage``.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from starlette.responses import Response

PREFIX = "/v1/snap"
TOKEN_PATH, NOTIFY_PATH = "/v1.0/access-token/b2b", "/v1.0/qr/qr-mpm-notify"
SERVICES = {f"{PREFIX}{TOKEN_PATH}": "73", f"{PREFIX}{NOTIFY_PATH}": "52"}
"""SNAP's codes of the services that are served here."""
MOST_BYTES = 64 * 1024
HEADERS = (
    "authorization",
    "channel-id",
    "content-type",
    "x-client-key",
    "x-external-id",
    "x-partner-id",
    "x-signature",
    "x-timestamp",
)
"""What SNAP knows of a request's headers; nothing else travels on."""


def is_banks(path: str) -> bool:
    """Whether an address is the bank's: it proves itself by its signature, and its bearer tokens are the pillar's."""
    return path.startswith(f"{PREFIX}/")


def refusal(path: str, status: int, message: str, headers: Mapping[str, str]) -> Response:
    """What a request that did not get as far as the pillar is answered with."""
    code = f"{status}{SERVICES.get(path, '00')}00"
    body = msgspec.json.encode({"responseCode": code, "responseMessage": message[:150]})
    return Response(body, status, {"cache-control": "no-store", **headers}, "application/json")


def _text(description: str, example: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, "examples": [example], **more}


_ANSWER = {
    "responseCode": _text("HTTP status, service and case.", "2005200", pattern="^[0-9]{7}$"),
    "responseMessage": _text("What happened, in words.", "Successful"),
}
_NOTIFICATION = {
    "originalReferenceNo": "20261124000000000001",
    "originalPartnerReferenceNo": "SMGP-7K4P-92",
    "latestTransactionStatus": "00",
    "amount": {"value": "4000.00", "currency": "IDR"},
    "additionalInfo": {"merchantId": "ID0000000000101", "terminalId": "A01"},
}
SCHEMAS: dict[str, Any] = {
    "SnapAnswer": {
        "title": "SnapAnswer",
        "description": "SNAP's own form of an answer.",
        "type": "object",
        "required": ["responseCode", "responseMessage"],
        "properties": _ANSWER,
    },
    "SnapToken": {
        "title": "SnapToken",
        "description": "A token for the bank's notifications.",
        "type": "object",
        "required": ["responseCode", "responseMessage", "accessToken", "tokenType", "expiresIn"],
        "properties": {
            **_ANSWER,
            "accessToken": _text("To be sent as `Authorization: Bearer`.", "eyJhbGciOiJIUzI1NiJ9..."),
            "tokenType": _text("Always Bearer.", "Bearer"),
            "expiresIn": _text("Lifetime in seconds.", "900"),
        },
    },
    "SnapTokenRequest": {
        "title": "SnapTokenRequest",
        "type": "object",
        "required": ["grantType"],
        "properties": {"grantType": {"const": "client_credentials", "description": "The only grant."}},
        "examples": [{"grantType": "client_credentials"}],
    },
    "SnapNotification": {
        "title": "SnapNotification",
        "description": "That a payment has gone through; further fields are not read.",
        "type": "object",
        "required": ["originalReferenceNo", "latestTransactionStatus"],
        "properties": {
            "originalReferenceNo": _text("The bank's reference.", "20261124000000000001", maxLength=64),
            "originalPartnerReferenceNo": _text("Our code; empty for a printed QRIS.", "SMGP-7K4P-92", maxLength=64),
            "latestTransactionStatus": _text("00 when money has moved.", "00", pattern="^[0-9]{2}$"),
            "amount": {
                "type": "object",
                "required": ["value", "currency"],
                "properties": {
                    "value": _text("Whole units, with or without `.00`.", "4000.00"),
                    "currency": _text("ISO 4217.", "IDR"),
                },
            },
            "additionalInfo": {
                "type": "object",
                "properties": {
                    "merchantId": _text("NMID.", "ID0000000000101"),
                    "terminalId": _text("Label of the till.", "A01"),
                },
            },
        },
        "examples": [_NOTIFICATION],
    },
}
"""Components of the OpenAPI document."""
