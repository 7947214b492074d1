"""Paying a bill or a payment that somebody else made: find it, see it, pay it."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem, from_grpc
from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal import opening
from gateway.portal.economy import payments
from gateway.portal.economy.judging import judge_code
from gateway.portal.economy.payments import Counter
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import Trouble
from smartcity.economy.v1 import levies_pb2, levies_views
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views

OPENS = {"T": "/bayar", "P": "/bayar"}
"""Codes that are opened here, by the letter after the city's own, and where."""
router = APIRouter(prefix="/bayar", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]


@router.get("")
async def find(request: Request, nomor: str = "") -> Response:
    """Leads from a typed number or code to its page; from the code of what is paid on a page of its own to that."""
    typed = re.sub(r"[^0-9A-Za-z-]", "", nomor)[:32].upper()
    for letter, _, path in opening(current_gateway(request).city.code_prefix, typed):
        if letter not in ("", *OPENS):
            return RedirectResponse(path, 303)
    if typed:
        return RedirectResponse(f"/bayar/{typed}", 303)
    return await _begin(request, FormState())


async def _begin(request: Request, shown: FormState) -> Response:
    """The first page: a form to find a bill, and what can be paid."""
    pillars = current_gateway(request).pillars
    asked = levies_pb2.ListTariffsRequest()
    try:
        answer = await pillars.call(asked, current_caller(request), retry=False)
    except grpc.aio.AioRpcError:
        tariffs = None  # the page is for finding a bill; the list is told to be missing
    else:
        tariffs = [levies_views.tariff(each) for each in answer.tariffs]
    return render(request, "economy/pay.html", shown.status, here="pay", tariffs=tariffs, **shown.context())


@router.get("/{number}")
async def bill(request: Request, number: Code) -> Response:
    """What is to be paid."""
    try:
        if is_payment_code(request, number):
            return await _show_payment(request, number)
        found = await _bill(request, number)
    except grpc.aio.AioRpcError as error:
        return await _not_found(request, number, from_grpc(error))
    if found.number != number:
        return RedirectResponse(f"/bayar/{found.number}", 303)
    return await _show_bill(request, found, FormState())


def is_payment_code(request: Request, number: str) -> bool:
    """Whether it is written like a payment's code; anything else is taken for a bill's number."""
    return number.upper().startswith(f"{current_gateway(request).city.code_prefix}P")


async def _not_found(request: Request, number: str, problem: Problem) -> Response:
    """The form to find a bill, saying what is wrong with the number."""
    if problem.status >= 500:
        raise problem
    told = Trouble.of(problem, texts_of(request))
    trouble = Trouble(told.title, told.message, {"nomor": told.message})
    return await _begin(request, FormState(form=Fields(nomor=number), trouble=trouble, status=problem.status))


async def _bill(request: Request, number: str) -> levies_views.Bill:
    pillars = current_gateway(request).pillars
    asked = levies_pb2.GetBillRequest(number=number)
    return levies_views.bill((await pillars.call(asked, current_caller(request))).bill)


async def _show_bill(request: Request, found: levies_views.Bill, shown: FormState) -> Response:
    refused = shown.trouble.reason if shown.trouble else ""
    made = await _payment(request, found.payment) if found.payment else None
    return render(
        request, "economy/bill.html", shown.status, private=True, here="pay", bill=found,
        judge_code=await judge_code(request, made) if made and found.state == "paid" else "",
        otherwise=payments.waits_aside(made) or refused == "PAID_OTHERWISE", **shown.context(),
    )  # fmt: skip


async def _show_payment(request: Request, number: str) -> Response:
    """The payment itself; a payment of a bill is shown as the bill."""
    found = await payments.payment_of(request, number, current_caller(request))
    if found.bill:
        return RedirectResponse(f"/bayar/{found.bill}", 303)
    if found.state == "created":
        return render(request, "economy/payment.html", private=True, here="pay", payment=found)
    return RedirectResponse(f"/bayar/{found.code}/qris", 303)


@router.post("/{number}", dependencies=CHECKED)
async def pay(request: Request, number: Code) -> Response:
    """Makes the payment where there is none yet, and asks for its QRIS."""
    form, caller = await forms.read(request), current_caller(request)
    if is_payment_code(request, number):
        reason = await payments.present(request, number, caller)
        return RedirectResponse(payments.with_trouble(f"/bayar/{number}/qris", reason), 303)
    pillars = current_gateway(request).pillars
    asked = levies_pb2.PayBillRequest(request_id=form["request_id"], number=number)
    answer = await attempted(request, "pay", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show_bill(request, await _bill(request, number), answer)
    reason = await payments.present(request, answer.payment.id, caller)
    address = f"/bayar/{number}/qris?{urlencode({'p': answer.payment.id})}"
    return RedirectResponse(payments.with_trouble(address, reason), 303)


@router.get("/{number}/qris")
async def qris(request: Request, number: Code, p: str = "") -> Response:
    """The QRIS and whether it was paid; once it was, the receipt."""
    return await _show_qris(request, number, p, FormState())


async def _show_qris(request: Request, number: str, payment: str, shown: FormState) -> Response:
    if is_payment_code(request, number):
        found = await _payment(request, number)
    else:
        owed = await _bill(request, number)
        if owed.receipt:
            return RedirectResponse(f"/bayar/kuitansi/{owed.number}", 303)
        if not (payment or owed.payment):
            return RedirectResponse(f"/bayar/{owed.number}", 303)
        found = await _payment(request, payment or owed.payment)
        if found.bill != owed.number:
            raise Problem(404, "PAYMENT_NOT_FOUND", "This bill has no such payment.")
        if owed.state == "cancelled" and found.state not in payments.PAID:
            return RedirectResponse(f"/bayar/{owed.number}", 303)
    judged = await judge_code(request, found)
    counter = _counter(number, payment, renews=bool(found.bill))
    return await payments.show(request, found, counter, shown, judge_code=judged)


def _counter(number: str, payment: str, *, renews: bool = False) -> Counter:
    base = f"/bayar/{number}"
    return Counter(
        "economy/payment_qris.html", "pay", f"{base}/qris", urlencode({"p": payment}) if payment else "", again=base,
        renews=renews, wallet=f"{base}/dompet",
    )  # fmt: skip


async def _payment(request: Request, payment: str) -> views.Payment:
    return await payments.payment_of(request, payment, current_caller(request))


@router.get("/{number}/qris.png")
async def picture(request: Request, number: Code, p: str = "") -> Response:
    """The QRIS as a picture to keep."""
    found = await _payment(request, p or number)
    return qr.answer(found.qr, "png", found.code)


@router.post("/{number}/dompet", dependencies=CHECKED)
async def pay_from_wallet(request: Request, number: Code) -> Response:
    """Pays from the caller's wallet, at once."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.PayFromWalletRequest(request_id=form["request_id"], id=form["p"] or number)
    call = pillars.call(asked, current_caller(request))
    answer = await attempted(request, "wallet", form, call)
    if isinstance(answer, FormState):
        return await _show_qris(request, number, form["p"], answer)
    return RedirectResponse(_counter(number, form["p"]).address, 303)
