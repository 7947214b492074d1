"""One payment on a page, wherever it is shown: its QRIS, its state, and the ways to pay it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import grpc.aio
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers import qr
from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.city.terms import GOVERNMENT, terms_of
from gateway.gateway import current_gateway
from gateway.portal.kit.acting import FormState
from gateway.portal.kit.page import render, texts_of
from services.kit.caller import Caller
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views
from smartcity.economy.v1 import wallets_pb2, wallets_views

WAITING = frozenset({"created", "pending"})
PAID = frozenset({"captured", "partly_refunded", "refunded"})


@dataclass(frozen=True)
class Counter:
    """Where a payment is shown, and what can be done there."""

    template: str
    here: str
    base: str
    """Address of this page without its query."""
    query: str = ""
    """The query that names the payment, where the path does not."""
    again: str = ""
    """Where a form asks for a QRIS: the first time, after the bank was away, or after the old one expired."""
    renews: bool = False
    """Whether ``again`` makes a new payment when this one has expired."""
    wallet: str = ""
    """Where a form pays from the caller's wallet."""
    saved: str = ""
    """Address of the QRIS as a picture to keep, where it is not that of the page with ``.png``."""
    due: datetime | None = None
    """By when it is to be paid, where something ends before the payment does: the page says this and no other time."""

    @property
    def address(self) -> str:
        """Address of this page."""
        return f"{self.base}?{self.query}" if self.query else self.base

    @property
    def picture(self) -> str:
        """Address of the QRIS as a picture to keep."""
        if self.saved:
            return self.saved
        return f"{self.base}.png?{self.query}" if self.query else f"{self.base}.png"


async def payment_of(request: Request, payment: str, caller: Caller) -> views.Payment:
    """The payment with that identifier or code, as the caller may see it."""
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.GetPaymentRequest(id=payment), caller)
    return views.payment(answer.payment)


def waits_aside(payment: views.Payment | None) -> bool:
    """Whether money that came for it, otherwise than was asked, waits until the treasury has said where it belongs."""
    return payment is not None and any(each.state != "released" for each in payment.put_aside)


async def present(request: Request, payment: str, caller: Caller) -> str:
    """Asks for the QRIS of a payment; answers why there is none, empty when there is one."""
    pillars = current_gateway(request).pillars
    try:
        # Not tried again for a bank that does not answer: people decide that, with a button.
        await pillars.call(pb.PresentQrRequest(id=payment), caller, retry=False)
    except grpc.aio.AioRpcError as error:
        return from_grpc(error).reason
    return ""


def with_trouble(address: str, reason: str) -> str:
    """The address of a payment's page that says why there is no QRIS."""
    if not reason:
        return address
    return f"{address}{'&' if '?' in address else '?'}{urlencode({'gagal': reason})}"


async def show(
    request: Request, payment: views.Payment, counter: Counter, shown: FormState | None = None, **context: Any
) -> Response:
    """The payment's page as it stands now."""
    shown, texts = shown or FormState(), texts_of(request)
    failed = request.query_params.get("gagal", "")[:60]
    now = datetime.now(UTC)
    expires = payment.expire_time or now
    late = expires <= now
    until = said_until(expires, counter.due, now)
    waiting = payment.state in WAITING and not late
    # Whoever paid otherwise than was asked has paid, until it went back to them.
    returned = all(each.returned for each in payment.put_aside)
    asks = waiting and not payment.payee_stopped and returned
    used = asks and any(each.by_qris for each in payment.put_aside)
    if used:
        failed = "PAYMENT_QRIS_USED"
    return render(
        request, counter.template, shown.status, private=True, here=counter.here,
        payment=payment, counter=counter, waiting=waiting, asks=asks, used=used, late=late and payment.state in WAITING,
        returned=returned, until=until, due=until < expires, seconds_left=max(0, round((until - now).total_seconds())),
        paid=payment.state in PAID, title=_title(payment.state in PAID, used, asks, waiting),
        qr=qr.drawing(payment.qr) if asks and payment.qr else "",
        failed=texts.maybe(f"reason.{failed}", texts("qris.failed")) if failed and asks and not payment.qr else "",
        bank_href=_bank(request, payment.qr) if asks else "",
        in_cash=asks and _takes_cash(request, payment), from_wallet=asks and bool(counter.wallet and payment.merchant),
        wallet=await _wallet(request) if counter.wallet and payment.merchant and asks else None,
        **shown.context(), **context,
    )  # fmt: skip


def _takes_cash(request: Request, payment: views.Payment) -> bool:
    """Whether a counter of the city takes cash for it: that of the agency that is paid, the treasury's for a top-up."""
    if not payment.merchant:
        return terms_of(current_gateway(request).city).fills_in_cash
    return payment.sector == GOVERNMENT


def _title(paid: bool, used: bool, asks: bool, waiting: bool) -> str:
    """What the page is called: the first of these that is so says."""
    if paid:
        return "qris.title_paid"
    if used:
        return "qris.title_used"
    if asks:
        return "qris.title"
    return "qris.title_stopped" if waiting else "qris.title_over"


def said_until(expires: datetime, due: datetime | None, now: datetime) -> datetime:
    """The one time that a page says a payment is to be made by: when it is due, until then; later when it expires."""
    return due if due and now < due < expires else expires


def _bank(request: Request, qr: str) -> str:
    """Address of the simulated bank with this QRIS, on a local platform."""
    settings = current_gateway(request).settings
    if settings.mode != "local" or not settings.bank_url or not qr:
        return ""
    return at_bank(settings.bank_url, qr, texts_of(request).language)


def at_bank(bank_url: str, qr: str, language: str) -> str:
    """The page of the simulated bank that pays a QRIS, in the reader's language."""
    return f"{bank_url.rstrip('/')}/pay?{urlencode({'qr': qr, 'lang': language})}"


async def _wallet(request: Request) -> wallets_views.Wallet | None:
    """The caller's wallet; None where there is none to pay from."""
    caller, pillars = current_caller(request), current_gateway(request).pillars
    if not caller.has("citizen"):
        return None
    try:
        answer = await pillars.call(wallets_pb2.GetWalletRequest(), caller, retry=False)
    except grpc.aio.AioRpcError:
        return None  # none opened, switched off, or away: there are other ways to pay
    return wallets_views.wallet(answer.wallet)
