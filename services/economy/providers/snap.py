"""An acquirer that speaks SNAP BI: qr-mpm-generate (47), query (51), cancel (77), refund (78), and a daily report.

SNAP has no service for reports; ours is a GET that answers JSON lines: ``referenceNo``, ``partnerReferenceNo``,
``type`` (PAYMENT or REFUND), ``amount`` and ``time``.
"""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

import msgspec

from services.economy.providers.connection import Connection, external_id, new_external_id
from services.economy.providers.credentials import Credentials
from services.economy.providers.model import (
    Provider,
    ProviderAwayError,
    ProviderRefusedError,
    Qr,
    QrRequest,
    RefundRequest,
    ReportLine,
    ReportUnclearError,
    State,
    Status,
)
from services.economy.providers.wire import amount, read_amount, read_timestamp, timestamp
from services.economy.qris.model import decode
from services.economy.settings import EconomySettings
from services.kit.errors import DomainError

QR = "/v1.0/qr/qr-mpm-"
STATES: dict[str, State] = {
    "00": "paid",
    "01": "pending",
    "02": "pending",
    "03": "pending",
    "04": "refunded",
    "05": "cancelled",
    "06": "expired",  # "failed": nobody can pay it any more
    "07": "unknown",
}
"""SNAP's latestTransactionStatus."""
KINDS: dict[str, Literal["payment", "refund"]] = {"PAYMENT": "payment", "REFUND": "refund"}
MOST_REASON = 256
_PRINTABLE = re.compile(r"[\x21-\x7e]{1,64}")


class SnapProvider:
    """The Provider of a SNAP acquirer; see ``model.Provider`` for what the calls promise."""

    name = "snap"

    def __init__(self, connection: Connection, report_url: str, currency: str, zone: ZoneInfo, days: ZoneInfo) -> None:
        """``report_url`` holds ``{day}``, or is empty; ``currency`` is the one that every amount must be in; times are
        written in ``zone``, and reported by days in ``days``.
        """
        self._api = connection
        self._report_url = report_url
        self._currency = currency
        self._zone = zone
        self.zone = days

    @property
    def reports(self) -> bool:
        """Whether a report URL is set."""
        return bool(self._report_url)

    async def generate(self, request: QrRequest) -> Qr:
        """Makes a dynamic QRIS; one that was made before is asked for instead."""
        content = {
            "partnerReferenceNo": request.code,
            "amount": amount(request.amount, request.currency),
            "merchantId": request.nmid,
            "terminalId": request.terminal,
            "validityPeriod": timestamp(request.expires_at, self._zone),
            "additionalInfo": {"merchantName": request.merchant_name, "merchantPan": request.pan},
        }
        try:
            found = await self._api.post(f"{QR}generate", "47", content, external_id("generate", request.code))
        except ProviderRefusedError as refused:
            if not _is_conflict(refused):
                raise
            asked = await self._asked(request.code, "")
            found = {**_additional(asked), "referenceNo": asked.get("originalReferenceNo")}
            if "qrContent" not in found:
                raise refused from None
        _same(found, "partnerReferenceNo", request.code)
        payload = _text(found, "qrContent", 512)
        _check_qr(payload, request)
        return Qr(payload, _reference(found, "referenceNo"))

    async def query(self, code: str, provider_reference: str, created: datetime) -> Status:
        """What became of a payment."""
        try:
            found = await self._asked(code, provider_reference)
        except ProviderRefusedError as refused:
            if not _is_not_found(refused):
                raise
            return Status("unknown", 0, provider_reference)
        state = STATES.get(str(found.get("latestTransactionStatus")))
        if state is None:
            raise ProviderAwayError("the acquirer's status is not understood")
        if state == "unknown":
            return Status("unknown", 0, provider_reference)
        units = self._units(found, "amount") if state in ("paid", "refunded") or "amount" in found else 0
        return Status(state, units, provider_reference or _reference(found, "originalReferenceNo"))

    async def cancel(self, code: str, provider_reference: str, created: datetime) -> None:
        """Makes a QRIS unpayable; one that the acquirer does not know is."""
        content = {**_original(code, provider_reference), "reason": "expired or withdrawn"}
        try:
            found = await self._api.post(f"{QR}cancel", "77", content, external_id("cancel", code))
        except ProviderRefusedError as refused:
            if _is_not_found(refused):
                return
            if (await self.query(code, provider_reference, created)).state not in ("cancelled", "expired", "unknown"):
                raise refused from None
            return
        if provider_reference:
            _same(found, "originalReferenceNo", provider_reference)

    async def refund(self, request: RefundRequest) -> str:
        """Sends money back; a refund that was made before is looked up instead."""
        wanted = amount(request.amount, request.currency)
        content = {
            **_original(request.code, request.provider_reference),
            "partnerRefundNo": request.id,
            "refundAmount": wanted,
            "reason": request.reason[:MOST_REASON],
        }
        try:
            found = await self._api.post(f"{QR}refund", "78", content, external_id("refund", request.id))
        except ProviderRefusedError as refused:
            if not _is_conflict(refused):
                raise
            history = _additional(await self._asked(request.code, request.provider_reference)).get("refundHistory")
            made = history if isinstance(history, list) else []
            found = next((each for each in made if _is_of(each, request.id)), {})
            if not found:
                raise ProviderAwayError("the acquirer knows our refund and does not show it") from None
        _same(found, "partnerRefundNo", request.id)
        if "refundAmount" in found and self._units(found, "refundAmount") != request.amount:
            raise ProviderAwayError("the acquirer sent back another amount than it was told")
        return _reference(found, "refundNo")

    async def report(self, day: date) -> list[ReportLine] | None:
        """The movements of a day; None without a report URL, or while there is no report."""
        if not self._report_url:
            return None
        body = await self._api.get(self._report_url.replace("{day}", day.isoformat()))
        if body is None:
            return None
        try:
            return [self._line(each) for each in body.splitlines() if each.strip()]
        except ProviderAwayError as error:
            raise ReportUnclearError(f"in the report: {error}") from error

    def _line(self, line: bytes) -> ReportLine:
        try:
            found = msgspec.json.decode(line)
            kind, at = KINDS[found["type"]], read_timestamp(found["time"])
            code = found.get("partnerReferenceNo", "")
        except (msgspec.MsgspecError, UnicodeDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
            raise ProviderAwayError("a line of the acquirer's report is not understood") from error
        if not isinstance(code, str):
            raise ProviderAwayError("a line of the acquirer's report is not understood")
        units = self._units(found, "amount")
        return ReportLine(_reference(found, "referenceNo"), code, kind, units, self._currency, at)

    async def _asked(self, code: str, provider_reference: str) -> dict[str, Any]:
        content = {**_original(code, provider_reference), "serviceCode": "47"}
        found = await self._api.post(f"{QR}query", "51", content, new_external_id())
        if provider_reference:
            _same(found, "originalReferenceNo", provider_reference)
        if code and not (provider_reference and found.get("originalPartnerReferenceNo") == ""):  # static: knows no code
            _same(found, "originalPartnerReferenceNo", code)
        return found

    def _units(self, found: dict[str, Any], name: str) -> int:
        try:
            units, currency = read_amount(found.get(name))
        except ValueError as error:
            raise ProviderAwayError(f"the acquirer's {name} is not understood") from error
        if currency != self._currency:
            raise ProviderAwayError(f"the acquirer's {name} is in {currency}")
        return units


@asynccontextmanager
async def open_provider(
    settings: EconomySettings, credentials: Credentials, currency: str, zone: ZoneInfo, clock: Callable[[], datetime]
) -> AsyncIterator[Provider]:
    """The acquirer of the settings, until the block ends; nothing is asked before it is needed. In the city's zone."""
    days = ZoneInfo(settings.snap_zone) if settings.snap_zone else zone
    connection = Connection(settings.snap_url, credentials, settings.snap_timeout_seconds, zone, clock)
    try:
        yield SnapProvider(connection, settings.snap_report_url, currency, zone, days)
    finally:
        await connection.close()


def _original(code: str, provider_reference: str) -> dict[str, str]:
    """How a later call names a payment. A static QRIS has no code of ours."""
    named = {"originalReferenceNo": provider_reference, "originalPartnerReferenceNo": code}
    named |= {"originalExternalId": external_id("generate", code)} if code else {}
    return {name: value for name, value in named.items() if value}


def _is_conflict(refused: ProviderRefusedError) -> bool:
    return refused.code.startswith("409")


def _is_not_found(refused: ProviderRefusedError) -> bool:
    return refused.code.startswith("404") and refused.code.endswith("01")


def _is_of(refund: Any, id: str) -> bool:  # noqa: A002 - the field's own word
    return isinstance(refund, dict) and refund.get("partnerRefundNo") == id


def _additional(found: dict[str, Any]) -> dict[str, Any]:
    more = found.get("additionalInfo")
    return more if isinstance(more, dict) else {}


def _same(found: dict[str, Any], name: str, wanted: str) -> None:
    """An answer about something else is no answer."""
    if found.get(name, wanted) != wanted:
        raise ProviderAwayError(f"the acquirer's {name} is not what was asked for")


def _check_qr(payload: str, request: QrRequest) -> None:
    """What people pay is what the code says, so it must say what was asked for."""
    try:
        qris = decode(payload)
    except DomainError as error:
        raise ProviderAwayError(f"the acquirer's QRIS cannot be read: {error.reason}") from error
    asked = (False, Decimal(request.amount), request.currency, request.nmid)
    if (qris.is_static, qris.amount, qris.currency, qris.nmid or request.nmid) != asked:
        raise ProviderAwayError("the acquirer's QRIS is not the one that was asked for")


def _text(found: dict[str, Any], name: str, most: int) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= most or not value.isprintable():
        raise ProviderAwayError(f"the acquirer's {name} is not understood")
    return value


def _reference(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    if not isinstance(value, str) or not _PRINTABLE.fullmatch(value):
        raise ProviderAwayError(f"the acquirer's {name} is not understood")
    return value
