"""The bank's SNAP services, for its one customer."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from deploy.local.bank.bank import MOST, Bank, money
from deploy.local.bank.book import Deal
from deploy.local.bank.emvco import Qris
from deploy.local.bank.settings import BankSettings
from deploy.local.bank.signing import Keys

TOKEN_PATH = "/v1.0/access-token/b2b"  # noqa: S105 - an address
TOKEN_SECONDS = 900
STALE_AFTER = timedelta(minutes=5)
_EXTERNAL_ID = re.compile(r"[0-9]{1,36}")
_VALUE = re.compile(r"([1-9][0-9]{0,11})(\.0{1,2})?")

Content = dict[str, Any]


class SnapError(Exception):
    """A refusal in SNAP's form: HTTP status, case and text."""

    def __init__(self, status: int, case: int, message: str) -> None:
        """Takes the three."""
        super().__init__(message)
        self.status, self.case, self.message = status, case, message


class CutOff(Response):
    """No answer: the connection breaks."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Begins and never ends; the server then closes the connection."""
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"100")]})


class Api:
    """The services, over a bank. Tokens are forgotten at a restart, as some acquirers do."""

    def __init__(self, settings: BankSettings, keys: Keys, bank: Bank) -> None:
        """Serves for a bank."""
        self._settings = settings
        self._keys = keys
        self._bank = bank
        self._tokens: dict[str, float] = {}

    def routes(self) -> list[Route]:
        """Where it is served."""
        services: dict[str, tuple[str, Callable[[Content], Content]]] = {
            "generate": ("47", self._generate),
            "query": ("51", self._query),
            "cancel": ("77", self._cancel),
            "refund": ("78", self._refund),
        }
        made = [
            Route(f"/v1.0/qr/qr-mpm-{name}", self._service(code, serve), methods=["POST"])
            for name, (code, serve) in services.items()
        ]
        report = Route("/v1.0/reports/{day}", self._report, methods=["GET"])
        return [Route(TOKEN_PATH, self._token, methods=["POST"]), *made, report]

    async def _token(self, request: Request) -> Response:
        if self._bank.whims.take("vanish"):
            return CutOff()
        body = await request.body()
        try:
            client, timestamp = _header(request, "x-client-key"), self._fresh(request)
            signature = _header(request, "x-signature")
            if client != self._settings.client_id or not self._keys.is_token_request(client, timestamp, signature):
                raise SnapError(401, 0, "Unauthorized. Signature")
            if _object(body).get("grantType") != "client_credentials":
                raise SnapError(400, 1, "Invalid Field Format grantType")
        except SnapError as error:
            return _answer("73", error.status, error.case, error.message, {})
        token = secrets.token_urlsafe(32)
        self._tokens = {each: until for each, until in self._tokens.items() if until > time.monotonic()}
        self._tokens[token] = time.monotonic() + TOKEN_SECONDS
        content = {"accessToken": token, "tokenType": "Bearer", "expiresIn": str(TOKEN_SECONDS)}
        return _answer("73", 200, 0, "Successful", content)

    def _service(self, code: str, serve: Callable[[Content], Content]) -> Any:
        async def served(request: Request) -> Response:
            whims = self._bank.whims
            if whims.take("vanish"):
                return CutOff()
            answer = self._served(request, await request.body(), code, serve)
            if slow := whims.take("slow"):
                await asyncio.sleep(slow.value)
            return _answer(code, 500, 0, "General Error", {}) if whims.take("broken") else answer

        return served

    def _served(self, request: Request, body: bytes, code: str, serve: Callable[[Content], Content]) -> Response:
        """Checks, and does; a request that changes something is done once for its external id."""
        try:
            external_id = self._check(request, body)
            day, asked = self._bank.now.date().isoformat(), f"{code} {body.decode(errors='replace')}"
            known = self._bank.book.answer(day, external_id)
            if known is not None and known[0] != asked:
                raise SnapError(409, 0, "Conflict")
            if known is not None:
                return Response(known[2], known[1], media_type="application/json")
            answer = _answer(code, 200, 0, "Successful", serve(_object(body)))
            self._bank.book.keep_answer(day, external_id, asked, answer.status_code, bytes(answer.body))
        except SnapError as error:
            return _answer(code, error.status, error.case, error.message, {})
        return answer

    def _check(self, request: Request, body: bytes) -> str:
        """The external id of a call that is the customer's. Raises SnapError."""
        timestamp, signature = self._fresh(request), _header(request, "x-signature")
        external_id = _header(request, "x-external-id")
        token = _header(request, "authorization").removeprefix("Bearer ")
        if not _EXTERNAL_ID.fullmatch(external_id):
            raise SnapError(400, 1, "Invalid Field Format X-EXTERNAL-ID")
        if _header(request, "x-partner-id") != self._settings.client_id:
            raise SnapError(401, 0, "Unauthorized. Unknown partner")
        if self._tokens.get(token, 0) <= time.monotonic():
            raise SnapError(401, 1, "Invalid Token (B2B)")
        if not self._keys.is_call(request.method, request.url.path, token, body, timestamp, signature):
            raise SnapError(401, 0, "Unauthorized. Signature")
        return external_id

    def _fresh(self, request: Request) -> str:
        timestamp = _header(request, "x-timestamp")
        try:
            age = abs(self._bank.now - datetime.fromisoformat(timestamp))
        except (ValueError, TypeError):
            raise SnapError(400, 1, "Invalid Field Format X-TIMESTAMP") from None
        if age > STALE_AFTER:
            raise SnapError(401, 0, "Unauthorized. Stale timestamp")
        return timestamp

    def _generate(self, content: Content) -> Content:
        code, merchant, more = _text(content, "partnerReferenceNo"), _text(content, "merchantId"), _more(content)
        expires_at = _text(content, "validityPeriod")
        try:
            datetime.fromisoformat(expires_at) - self._bank.now  # a time without its zone cannot be compared later
        except (ValueError, TypeError):
            raise SnapError(400, 1, "Invalid Field Format validityPeriod") from None
        amount, terminal = _amount(content, "amount"), str(content.get("terminalId") or "")
        qris = Qris(merchant, _text(more, "merchantName"), terminal, amount, static=False)
        deal = self._bank.make(code, qris, _text(more, "merchantPan"), expires_at)
        if deal is None:
            raise SnapError(409, 1, "Duplicate partnerReferenceNo")
        return {"referenceNo": deal.reference, "partnerReferenceNo": code, "qrContent": deal.payload}

    def _query(self, content: Content) -> Content:
        deal = self._original(content)
        state, words = self._bank.status(deal)
        back = [
            {
                "refundNo": each["number"],
                "partnerRefundNo": each["partner_number"],
                "refundAmount": money(each["amount"]),
                "refundTime": each["made_at"],
            }
            for each in self._bank.book.refunds(deal.reference)
        ]
        return {
            **_named(deal),
            "serviceCode": "47",
            "latestTransactionStatus": state,
            "transactionStatusDesc": words,
            "amount": money(deal.amount),
            "additionalInfo": {"qrContent": deal.payload, "refundHistory": back},
        }

    def _cancel(self, content: Content) -> Content:
        deal = self._original(content)
        if not self._bank.book.set_state(deal.reference, "cancelled"):
            raise SnapError(404, 0, "Invalid Transaction Status")
        return {**_named(deal), "cancelTime": self._bank.now.isoformat(timespec="seconds")}

    def _refund(self, content: Content) -> Content:
        deal, number = self._original(content), _text(content, "partnerRefundNo")
        amount, book = _amount(content, "refundAmount"), self._bank.book
        if any(each["partner_number"] == number for each in book.refunds(deal.reference)):
            raise SnapError(409, 1, "Duplicate partnerRefundNo")
        if self._bank.whims.take("decline"):
            raise SnapError(403, 15, "Transaction Not Permitted. The payer's bank takes nothing back")
        if deal.state != "paid":
            raise SnapError(404, 0, "Invalid Transaction Status")
        if amount > deal.amount - sum(each["amount"] for each in book.refunds(deal.reference)):
            raise SnapError(404, 13, "Invalid Amount")
        now = self._bank.now.isoformat(timespec="seconds")
        try:
            made = book.add_refund(deal.reference, number, amount, now)
        except sqlite3.IntegrityError:
            raise SnapError(409, 1, "Duplicate partnerRefundNo") from None
        named = {**_named(deal), "refundNo": made, "partnerRefundNo": number}
        return {**named, "refundAmount": money(amount), "refundTime": now}

    async def _report(self, request: Request) -> Response:
        if self._bank.whims.take("vanish"):
            return CutOff()
        try:
            self._check(request, await request.body())
            day = date.fromisoformat(request.path_params["day"])
        except SnapError as error:
            return _answer("00", error.status, error.case, error.message, {})
        except ValueError:
            return _answer("00", 400, 1, "Invalid Field Format day", {})
        if day > self._bank.now.date():
            return _answer("00", 404, 1, "Not Found", {})
        book, on = self._bank.book, day.isoformat()
        lines = [_line("PAYMENT", it.reference, it.code, it.amount, it.paid_at) for it in book.paid_on(on)]
        back = book.refunds(day=on)
        lines += [_line("REFUND", it["number"], it["code"], it["amount"], it["made_at"]) for it in back]
        return Response("".join(f"{json.dumps(line)}\n" for line in lines), media_type="application/jsonl")

    def _original(self, content: Content) -> Deal:
        reference = str(content.get("originalReferenceNo") or "")
        code = str(content.get("originalPartnerReferenceNo") or "")
        if not reference and not code:
            raise SnapError(400, 2, "Invalid Mandatory Field originalReferenceNo")
        deal = self._bank.book.deal(reference, code)
        if deal is None:
            raise SnapError(404, 1, "Transaction Not Found")
        return deal


def _named(deal: Deal) -> Content:
    return {"originalReferenceNo": deal.reference, "originalPartnerReferenceNo": deal.code}


def _line(kind: str, reference: str, code: str, amount: int, at: str) -> Content:
    named = {"type": kind, "referenceNo": reference, "partnerReferenceNo": code}
    return {**named, "amount": money(amount), "time": at}


def _answer(service: str, status: int, case: int, message: str, content: Content) -> Response:
    body = {"responseCode": f"{status}{service}{case:02d}", "responseMessage": message, **content}
    return Response(json.dumps(body), status, media_type="application/json")


def _header(request: Request, name: str) -> str:
    value = request.headers.get(name, "")
    if not value:
        raise SnapError(400, 2, f"Invalid Mandatory Field {name.upper()}")
    return value


def _object(body: bytes) -> Content:
    try:
        content = msgspec.json.decode(body)
    except (msgspec.DecodeError, ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise SnapError(400, 1, "Invalid Field Format body")
    return content


def _more(content: Content) -> Content:
    more = content.get("additionalInfo")
    return more if isinstance(more, dict) else {}


def _text(content: Content, name: str) -> str:
    value = content.get(name)
    if value in (None, ""):
        raise SnapError(400, 2, f"Invalid Mandatory Field {name}")
    if not isinstance(value, str) or len(value) > 64:
        raise SnapError(400, 1, f"Invalid Field Format {name}")
    return value


def _amount(content: Content, name: str) -> int:
    given = content.get(name)
    found = _VALUE.fullmatch(str(given.get("value"))) if isinstance(given, dict) else None
    if found is None or not isinstance(given, dict) or given.get("currency") != "IDR":
        raise SnapError(400, 1, f"Invalid Field Format {name}")
    if int(found[1]) > MOST:
        raise SnapError(404, 13, "Invalid Amount")
    return int(found[1])
