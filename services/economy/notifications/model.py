"""What the acquirer sends us: is it from the acquirer, is it fresh, and what does it say? Nothing here has an effect.

Every refusal is an answer in SNAP's own form: HTTP status, and a responseCode of status, service and case.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from services.economy.captures.model import Notice
from services.economy.notifications import tokens
from services.economy.providers.credentials import Credentials
from services.economy.providers.signature import call_text, token_text, verify_asymmetric, verify_symmetric
from services.economy.providers.wire import read_amount, read_timestamp

TOKEN_PATH = "/v1.0/access-token/b2b"  # noqa: S105 - an address
NOTIFY_PATH = "/v1.0/qr/qr-mpm-notify"
SERVICES = {TOKEN_PATH: "73", NOTIFY_PATH: "52"}
"""SNAP's service codes by the paths that we serve."""
MOST_BYTES = 64 * 1024
PAID = "00"
"""The latestTransactionStatus of money that has moved; we take note of no other."""

_EXTERNAL_ID = re.compile(r"[0-9]{1,36}")
_REFERENCE = re.compile(r"[\x21-\x7e]{1,64}")
_STATUS = re.compile(r"[0-9]{2}")


@dataclass(frozen=True, slots=True)
class SnapRequest:
    """One HTTP request; header names in lower case, ``path`` as the acquirer signs it."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def service(self) -> str:
        """SNAP's code of what is asked for; "00" when we do not serve it."""
        return SERVICES.get(self.path, "00")


@dataclass(frozen=True, slots=True)
class SnapAnswer:
    """What the acquirer is answered: HTTP status, and JSON in SNAP's form."""

    status: int
    body: bytes


class RefusedError(Exception):
    """The request is not taken; ``answer`` says why."""

    def __init__(self, answer: SnapAnswer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def answered(request: SnapRequest, status: int, case: int, message: str, **more: str) -> SnapAnswer:
    """An answer to a request; ``case`` is the last part of the responseCode."""
    body = {"responseCode": f"{status}{request.service}{case:02d}", "responseMessage": message, **more}
    return SnapAnswer(status, msgspec.json.encode(body))


def refused(request: SnapRequest, status: int, case: int, message: str) -> RefusedError:
    """The refusal of a request, to be raised; ``case`` as in ``answered``."""
    return RefusedError(answered(request, status, case, message))


def check_token_request(request: SnapRequest, acquirer: Credentials, now: datetime) -> None:
    """Raises RefusedError unless the acquirer asks for a token with its own signature, now."""
    client = _header(request, "x-client-key")
    timestamp = _fresh(request, acquirer, now)
    signature = _header(request, "x-signature")
    if client != acquirer.partner_id:
        raise refused(request, 401, 0, "Unauthorized. Unknown client")
    if not verify_asymmetric(acquirer.public_key, token_text(client, timestamp), signature, acquirer.encoding):
        raise refused(request, 401, 0, "Unauthorized. Signature")
    if _text(request, _object(request), "grantType") != "client_credentials":
        raise refused(request, 400, 1, "Invalid Field Format grantType")


def check_notification(request: SnapRequest, acquirer: Credentials, now: datetime) -> str:
    """The X-EXTERNAL-ID of a notification that is really the acquirer's. Raises RefusedError."""
    partner = _header(request, "x-partner-id")
    timestamp = _fresh(request, acquirer, now)
    signature = _header(request, "x-signature")
    external = _header(request, "x-external-id")
    scheme, _, token = _header(request, "authorization").partition(" ")
    if not _EXTERNAL_ID.fullmatch(external):
        raise refused(request, 400, 1, "Invalid Field Format X-EXTERNAL-ID")
    if partner != acquirer.partner_id:
        raise refused(request, 401, 0, "Unauthorized. Unknown partner")
    if scheme.lower() != "bearer" or not tokens.holds(token, acquirer, now):
        raise refused(request, 401, 1, "Invalid Token (B2B)")
    text = call_text(request.method, request.path, token, request.body, timestamp)
    if not verify_symmetric(acquirer.secret, text, signature, acquirer.encoding):
        raise refused(request, 401, 0, "Unauthorized. Signature")
    return external


def read_notice(request: SnapRequest) -> Notice | None:
    """What a notification says; None when it tells of no money that has moved. Raises RefusedError."""
    content = _object(request)
    reference = _text(request, content, "originalReferenceNo", _REFERENCE)
    status = _text(request, content, "latestTransactionStatus", _STATUS)
    code = _optional(request, content, "originalPartnerReferenceNo")
    if status != PAID:
        return None
    if "amount" not in content:
        raise refused(request, 400, 2, "Invalid Mandatory Field amount")
    try:
        units, currency = read_amount(content["amount"])
    except ValueError:
        raise refused(request, 400, 1, "Invalid Field Format amount") from None
    if units == 0:
        raise refused(request, 400, 1, "Invalid Field Format amount")
    more = content.get("additionalInfo")
    if more is None:
        more = {}
    if not isinstance(more, dict):
        raise refused(request, 400, 1, "Invalid Field Format additionalInfo")
    return Notice(
        provider_reference=reference,
        code=code,
        amount=units,
        currency=currency,
        nmid=_optional(request, more, "merchantId"),
        terminal=_optional(request, more, "terminalId"),
        static=not code,
    )


def _header(request: SnapRequest, name: str) -> str:
    value = request.headers.get(name, "").strip()
    if not value:
        raise refused(request, 400, 2, f"Invalid Mandatory Field {name.upper()}")
    return value


def _fresh(request: SnapRequest, acquirer: Credentials, now: datetime) -> str:
    timestamp = _header(request, "x-timestamp")
    try:
        signed = read_timestamp(timestamp)
    except ValueError:
        raise refused(request, 400, 1, "Invalid Field Format X-TIMESTAMP") from None
    if abs(now - signed) > acquirer.clock_skew:
        raise refused(request, 401, 0, "Unauthorized. Stale timestamp")
    return timestamp


def _object(request: SnapRequest) -> dict[str, Any]:
    try:
        content = msgspec.json.decode(request.body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise refused(request, 400, 1, "Invalid Field Format body")
    return content


def _text(request: SnapRequest, content: dict[str, Any], name: str, form: re.Pattern[str] = _REFERENCE) -> str:
    if content.get(name) in (None, ""):
        raise refused(request, 400, 2, f"Invalid Mandatory Field {name}")
    value = content[name]
    if not isinstance(value, str) or not form.fullmatch(value):
        raise refused(request, 400, 1, f"Invalid Field Format {name}")
    return value


def _optional(request: SnapRequest, content: dict[str, Any], name: str) -> str:
    return "" if content.get(name) in (None, "") else _text(request, content, name)
