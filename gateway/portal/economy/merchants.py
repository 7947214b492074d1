"""A merchant's desk: applying, today's takings, what is to be paid now, tills and the printed QRIS."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.callers.session import csrf_checked
from gateway.city.permitting import permitting_of
from gateway.city.terms import GOVERNMENT
from gateway.gateway import current_gateway
from gateway.portal.economy import payments
from gateway.portal.economy.desk import (
    MCCS,
    account_changes_of,
    account_errors,
    account_typed,
    merchant_of,
    path_of,
)
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, incomplete, signed_in, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import next_href, page_token
from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import merchants_views as views
from smartcity.economy.v1 import payments_pb2, payments_views, permits_pb2, permits_views
from smartcity.types.v1.money_views import Money

OWN_PAGE = OwnPage("/usaha", "site.business")
router = APIRouter(prefix="/usaha", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Owner = Annotated[Caller, Depends(signed_in)]
DONE = frozenset({"applied", "terminal", "closed", "rested", "renamed"})
DAYS_SHOWN, PAYMENTS_SHOWN = 7, 5
NAME_MOST = 25
"""Of a name on a QRIS."""


@router.get("")
async def mine(request: Request, caller: Owner) -> Response:
    """The caller's businesses, or the counters of an officer's agency."""
    pillars = current_gateway(request).pillars
    asked = pb.ListMerchantsRequest(mine=True, page_token=page_token(request))
    answer, counters = await asyncio.gather(pillars.call(asked, caller), _counters(request, caller))
    return render(
        request, "economy/merchants.html", private=True, here="business",
        merchants=[*counters, *(views.merchant(each) for each in answer.merchants)],
        next_href=next_href("/usaha", answer.next_page_token),
    )  # fmt: skip


async def _counters(request: Request, caller: Caller) -> list[views.Merchant]:
    """The counters that an officer takes money at, and all of them for an administrator."""
    if page_token(request) or not (caller.has("admin") or caller.agency in city_words(request).terms.counters):
        return []
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.ListMerchantsRequest(counters=True, page_size=200), caller)
    found = (views.merchant(each) for each in answer.merchants)
    return [each for each in found if caller.has("admin") or each.agency == caller.agency]


@router.get("/daftar")
async def apply_form(request: Request, caller: Owner, izin: str = "") -> Response:
    """The form to apply; filled in with what a permit says."""
    return _apply(request, FormState(form=await _of_permit(request, izin[:32], caller) if izin else None))


async def _of_permit(request: Request, code: str, caller: Caller) -> Fields:
    """What a permit of the caller's says of a business."""
    gateway = current_gateway(request)
    found = permits_views.permit((await gateway.pillars.call(permits_pb2.GetPermitRequest(code=code), caller)).permit)
    kind = permitting_of(gateway.city).kinds.get(found.kind)
    plain = found.name.encode("ascii", "ignore").decode()[:NAME_MOST].strip()
    return Fields(
        permit=found.code, name=plain, area=found.area.code if found.area else "", sector=kind.sector if kind else "",
        size="umi",
    )  # fmt: skip


def _apply(request: Request, shown: FormState) -> Response:
    return render(
        request, "economy/merchant_apply.html", shown.status, private=True, here="business", mccs=MCCS,
        government=GOVERNMENT, sizes=list(views.BUSINESS_SIZE_NUMBERS), **shown.context(),
    )  # fmt: skip


@router.post("/daftar", dependencies=CHECKED)
async def apply(request: Request, caller: Owner) -> Response:
    """Applies as a merchant."""
    form = await forms.read(request)
    asked = pb.CreateMerchantRequest(
        request_id=form["request_id"], name=form["name"], mcc=form["mcc"], sector=form["sector"], area=form["area"],
        settlement_account=account_typed(form),
        permit=form["permit"],
    )  # fmt: skip
    if form["size"] in views.BUSINESS_SIZE_NUMBERS:
        asked.size = views.BUSINESS_SIZE_NUMBERS[form["size"]]
    answer = await tried(request, caller, "", form, asked, account_errors(form))
    if isinstance(answer, FormState):
        return _apply(request, answer)
    return RedirectResponse(f"{path_of(answer.merchant.id)}?done=applied", 303)


@router.get("/{merchant}")
async def desk(request: Request, merchant: Identifier, caller: Owner, done: str = "") -> Response:
    """The desk."""
    return await _desk(request, merchant, caller, FormState(done=done if done in DONE else ""))


async def _desk(request: Request, merchant: str, caller: Caller, shown: FormState) -> Response:
    gateway = current_gateway(request)
    found = await merchant_of(request, merchant, caller)
    days, latest, changes = await asyncio.gather(
        _takings(request, found.id, caller), _latest(request, found.id, caller),
        account_changes_of(request, found.id, caller),
    )  # fmt: skip
    today = datetime.now(gateway.city.timezone).date().isoformat()
    return render(
        request, "economy/merchant.html", shown.status, private=True, here="business", view="desk", merchant=found,
        today=next((each for each in days if each.day == today), None), days=days[:DAYS_SHOWN], payments=latest,
        no_money=Money(currency=gateway.city.currency, units=0), account_change=changes[0] if changes else None,
        **shown.context(),
    )  # fmt: skip


async def _takings(request: Request, merchant: str, caller: Caller) -> list[views.Takings]:
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.ListTakingsRequest(merchant=merchant), caller)
    return [views.takings(each) for each in answer.days]


async def _latest(request: Request, merchant: str, caller: Caller) -> list[payments_views.Payment]:
    pillars = current_gateway(request).pillars
    asked = payments_pb2.ListPaymentsRequest(merchant=merchant, page_size=PAYMENTS_SHOWN)
    answer = await pillars.call(asked, caller)
    return [payments_views.payment(each) for each in answer.payments]


@router.get("/{merchant}/omzet")
async def takings(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """The last thirty days."""
    found, days = await asyncio.gather(merchant_of(request, merchant, caller), _takings(request, merchant, caller))
    return render(
        request,
        "economy/merchant_takings.html",
        private=True,
        here="business",
        view="takings",
        merchant=found,
        days=days,
    )


@router.post("/{merchant}/bayar", dependencies=CHECKED)
async def charge(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Makes a payment for the customer who stands here, and asks for its QRIS."""
    form, gateway = await forms.read(request), current_gateway(request)
    units = money.typed(form["amount"])
    if units is None:
        return await _desk(request, merchant, caller, incomplete(request, "charge", form, amount="problem.amount"))
    asked = payments_pb2.CreatePaymentRequest(
        request_id=form["request_id"], merchant=merchant, terminal=form["terminal"], description=form["description"],
        amount=money.message(units, gateway.city.currency),
    )  # fmt: skip
    call = gateway.pillars.call(asked, caller)
    answer = await attempted(request, "charge", form, call)
    if isinstance(answer, FormState):
        return await _desk(request, merchant, caller, answer)
    reason = await payments.present(request, answer.payment.id, caller)
    return RedirectResponse(payments.with_trouble(f"{path_of(merchant)}/bayar/{answer.payment.id}", reason), 303)


@router.get("/{merchant}/qris")
async def static_qr(request: Request, merchant: Identifier, caller: Owner, kasir: str = "", done: str = "") -> Response:
    """The QRIS to print and put up, of the merchant or one of its tills."""
    return await _static(request, merchant, caller, kasir, FormState(done=done if done in DONE else ""))


async def _static(request: Request, merchant: str, caller: Caller, terminal: str, shown: FormState) -> Response:
    found = await merchant_of(request, merchant, caller)
    payload = (
        await _static_payload(request, merchant, caller, terminal) if found.nmid and found.state == "active" else ""
    )
    return render(
        request, "economy/merchant_qris.html", shown.status, private=True, here="business", view="qris", merchant=found,
        qr=qr.drawing(payload) if payload else "", terminal=terminal, **shown.context(),
    )  # fmt: skip


async def _static_payload(request: Request, merchant: str, caller: Caller, terminal: str) -> str:
    pillars = current_gateway(request).pillars
    asked = pb.GetStaticQrRequest(merchant=merchant, terminal=terminal[:32])
    return (await pillars.call(asked, caller)).payload


@router.get("/{merchant}/qris.png")
async def static_picture(request: Request, merchant: Identifier, caller: Owner, kasir: str = "") -> Response:
    """The same as a picture."""
    return qr.answer(await _static_payload(request, merchant, caller, kasir), "png", f"qris-{kasir or merchant}")


@router.post("/{merchant}/kasir", dependencies=CHECKED)
async def add_terminal(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Adds a till."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.CreateTerminalRequest(request_id=form["request_id"], merchant=merchant, terminal=_terminal(form))
    answer = await attempted(request, "terminal", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _static(request, merchant, caller, "", answer)
    return RedirectResponse(f"{path_of(merchant)}/qris?done=terminal", 303)


@router.post("/{merchant}/kasir/{label}", dependencies=CHECKED)
async def rename_terminal(request: Request, merchant: Identifier, label: Identifier, caller: Owner) -> Response:
    """Calls a till otherwise, or says anew where it stands."""
    form = await forms.read(request)
    asked = pb.UpdateTerminalRequest(
        request_id=form["request_id"], merchant=merchant, label=label, terminal=_terminal(form)
    )  # fmt: skip
    answer = await tried(request, caller, "rename", form, asked)
    if isinstance(answer, FormState):
        return await _static(request, merchant, caller, label, answer)
    return RedirectResponse(f"{path_of(merchant)}/qris?kasir={asked.terminal.label}&done=renamed", 303)


def _terminal(form: Fields) -> pb.Terminal:
    return pb.Terminal(label=form["label"].upper(), place=form["place"])


@router.post("/{merchant}/izin", dependencies=CHECKED)
async def rest(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Rests it on another permit of its owner's."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.UpdateMerchantPermitRequest(
        request_id=form["request_id"], id=merchant, etag=form["etag"], permit=form["permit"]
    )  # fmt: skip
    answer = await attempted(request, "permit", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _desk(request, merchant, caller, answer)
    return RedirectResponse(f"{path_of(merchant)}?done=rested", 303)


@router.post("/{merchant}/tutup", dependencies=CHECKED)
async def close(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Ends a merchant."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.CloseMerchantRequest(request_id=form["request_id"], id=merchant, etag=form["etag"])
    answer = await attempted(request, "close", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _desk(request, merchant, caller, answer)
    return RedirectResponse(f"{path_of(merchant)}?done=closed", 303)
