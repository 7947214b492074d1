"""A citizen's wallet: what is on it, filling it, and its statement. Hidden where the city has none."""

from __future__ import annotations

from typing import Annotated

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.city.terms import terms_of
from gateway.gateway import current_gateway
from gateway.portal.economy import payments
from gateway.portal.economy.payments import Counter
from gateway.portal.economy.statements import statement_of
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, incomplete, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.way_back import goal, towards
from services.kit.caller import Caller
from smartcity.economy.v1 import wallets_pb2 as pb
from smartcity.economy.v1 import wallets_views as views

CHECKED = Depends(csrf_checked)
DONE = frozenset({"opened"})


def _where_there_are_wallets(request: Request) -> None:
    if not terms_of(current_gateway(request).city).wallets:
        raise Problem(404, "WALLETS_OFF", "This city has no wallets.")


OWN_PAGE = OwnPage("/dompet", "wallet.title", lambda city: terms_of(city).wallets)
router = APIRouter(
    prefix="/dompet", route_class=PageRoute, include_in_schema=False, dependencies=[Depends(_where_there_are_wallets)]
)
Holder = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def wallet(request: Request, caller: Holder, done: str = "") -> Response:
    """The caller's wallet, or the offer to open one."""
    return await _show(request, caller, FormState(done=done if done in DONE else ""))


async def _show(request: Request, caller: Caller, shown: FormState) -> Response:
    found = await _wallet(request, caller)
    statement = await statement_of(request, found.account, "/dompet", caller) if found else None
    return render(
        request, "economy/wallet.html", shown.status, private=True, here="pay", wallet=found, statement=statement,
        goal=goal(request), towards=towards(request), **shown.context(),
    )  # fmt: skip


async def _wallet(request: Request, caller: Caller) -> views.Wallet | None:
    pillars = current_gateway(request).pillars
    try:
        answer = await pillars.call(pb.GetWalletRequest(), caller)
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.NOT_FOUND:
            return None
        raise
    return views.wallet(answer.wallet)


@router.post("", dependencies=[CHECKED])
async def begin(request: Request, caller: Holder) -> Response:
    """Opens the caller's wallet."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    call = pillars.call(pb.CreateWalletRequest(request_id=form["request_id"]), caller)
    answer = await attempted(request, "open", form, call)
    if isinstance(answer, FormState):
        return await _show(request, caller, answer)
    return RedirectResponse(f"/dompet{towards(request, done='opened')}", 303)


@router.post("/isi", dependencies=[CHECKED])
async def fill(request: Request, caller: Holder) -> Response:
    """Makes the payment that fills the wallet, and asks for its QRIS."""
    form, gateway = await forms.read(request), current_gateway(request)
    units = money.typed(form["amount"])
    if units is None:
        return await _show(request, caller, incomplete(request, "fill", form, amount="problem.amount"))
    asked = pb.TopUpWalletRequest(
        request_id=form["request_id"], amount=money.message(units, gateway.city.currency)
    )  # fmt: skip
    answer = await attempted(request, "fill", form, gateway.pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, caller, answer)
    reason = await payments.present(request, answer.payment.id, caller)
    address = f"/dompet/isi/{answer.payment.id}{towards(request)}"
    return RedirectResponse(payments.with_trouble(address, reason), 303)


def _counter(request: Request, payment: str) -> Counter:
    base, query = f"/dompet/isi/{payment}", towards(request)
    return Counter("economy/wallet_qris.html", "pay", base, query.removeprefix("?"), again=base + query)


@router.get("/isi/{payment}.png")
async def picture(request: Request, payment: Identifier, caller: Holder) -> Response:
    """The QRIS as a picture to keep."""
    found = await payments.payment_of(request, payment, caller)
    return qr.answer(found.qr, "png", found.code)


@router.get("/isi/{payment}")
async def filling(request: Request, payment: Identifier, caller: Holder) -> Response:
    """The QRIS that fills the wallet, and whether it was paid."""
    found = await payments.payment_of(request, payment, caller)
    return await payments.show(request, found, _counter(request, payment), goal=goal(request), towards=towards(request))


@router.post("/isi/{payment}", dependencies=[CHECKED])
async def present(request: Request, payment: Identifier, caller: Holder) -> Response:
    """Asks for the QRIS again."""
    reason = await payments.present(request, payment, caller)
    address = f"/dompet/isi/{payment}{towards(request)}"
    return RedirectResponse(payments.with_trouble(address, reason), 303)
