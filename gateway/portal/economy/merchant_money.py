"""A merchant's money: its payments, giving back, the statement and the days' batches."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy import payments
from gateway.portal.economy.desk import fills_wallets, merchant_of, of_treasury, path_of, refund_told, returns
from gateway.portal.economy.payments import Counter
from gateway.portal.economy.statements import statement_of
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, incomplete, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, same_page, strange
from gateway.portal.kit.sought import code_sought
from services.kit.caller import Caller
from smartcity.economy.v1 import merchants_views, settlement_pb2, settlement_views
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views

router = APIRouter(prefix="/usaha/{merchant}", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Owner = Annotated[Caller, Depends(signed_in)]
DONE = frozenset(
    {"refund_done", "refund_cash", "refund_processing", "refund_requested", "refund_refused"}
    | {"cancelled", "cash", "handed_out"}
)


@router.get("/pembayaran")
async def listed(request: Request, merchant: Identifier, caller: Owner, state: str = "", done: str = "") -> Response:
    """The merchant's payments, newest first. A code leads to its payment."""
    if isinstance(sought := await code_sought(request, "P", partial(_of, request, merchant, caller)), str):
        return RedirectResponse(f"{path_of(merchant)}/bayar/{sought}", 303)
    if away := strange(request, state=views.PAYMENT_STATE_NUMBERS):
        return away
    return await _listed(request, merchant, caller, sought or FormState(done=done if done in DONE else ""), state)


async def _of(
    request: Request, merchant: str, caller: Caller, payment: str
) -> tuple[merchants_views.Merchant, views.Payment]:
    """A merchant and a payment of theirs; at the treasury's counter also one into a wallet, which is nobody's."""
    seller, found = await asyncio.gather(
        merchant_of(request, merchant, caller), payments.payment_of(request, payment, caller)
    )
    if found.merchant != seller.id and (found.merchant or not fills_wallets(request, seller)):
        raise Problem(404, "PAYMENT_NOT_FOUND", "This merchant has no such payment.")
    return seller, found


async def _listed(request: Request, merchant: str, caller: Caller, shown: FormState, state: str = "") -> Response:
    pillars = current_gateway(request).pillars
    asked = pb.ListPaymentsRequest(merchant=merchant, page_size=PAGE, page_token=page_token(request))
    if state:
        asked.states.append(views.PAYMENT_STATE_NUMBERS[state])
    ready = pb.ListRefundsRequest(merchant=merchant, at_counter=True, page_size=PAGE)
    found, answer, refunds = await asyncio.gather(
        merchant_of(request, merchant, caller), pillars.call(asked, caller), pillars.call(ready, caller)
    )
    path, query = f"{path_of(merchant)}/pembayaran", {"state": state} if asked.states else {}
    rows = [views.payment(each) for each in answer.payments]
    return render(
        request, "economy/merchant_payments.html", shown.status, private=True, here="business", view="payments",
        merchant=found, at_counter=_shown(refunds), more_at_counter=bool(refunds.next_page_token), payments=rows,
        returns=await returns(request, rows, caller), state=state, of_list=same_page(request, state=state),
        states=list(views.PAYMENT_STATE_NUMBERS), next_href=next_href(path, answer.next_page_token, **query),
        **shown.context(),
    )  # fmt: skip


def _state(request: Request) -> str:
    """By which state the list is filtered that an act leads back to; empty for all."""
    state = request.query_params.get("state", "")
    return state if state in views.PAYMENT_STATE_NUMBERS else ""


def _shown(found: pb.ListRefundsResponse) -> list[views.Refund]:
    return [views.refund(each) for each in found.refunds]


def _counter(merchant: str, payment: str) -> Counter:
    base = f"{path_of(merchant)}/bayar/{payment}"
    return Counter("economy/merchant_charge.html", "business", base, again=base)


@router.get("/bayar/{payment}.png")
async def picture(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """The QRIS as a picture, to send to a customer."""
    found = await payments.payment_of(request, payment, caller)
    return qr.answer(found.qr, "png", found.code)


@router.get("/bayar/{payment}")
async def charged(
    request: Request, merchant: Identifier, payment: Identifier, caller: Owner, done: str = ""
) -> Response:
    """The QRIS that the customer scans, and whether it was paid."""
    return await _charged(request, merchant, payment, caller, FormState(done=done if done in DONE else ""))


async def _charged(request: Request, merchant: str, payment: str, caller: Caller, shown: FormState) -> Response:
    asked = pb.ListRefundsRequest(  # the treasury asks for those of any payment: a top-up has no merchant
        merchant="" if of_treasury(request, caller) else merchant,
        payment=payment,
        states=views.REFUND_STATE_NUMBERS.values(),
        page_size=200,
    )
    (seller, found), refunds = await asyncio.gather(
        _of(request, merchant, caller, payment), current_gateway(request).pillars.call(asked, caller)
    )
    return await payments.show(
        request, found, _counter(merchant, payment), shown, merchant=seller, view="payments",
        refunds=_shown(refunds), more_refunds=bool(refunds.next_page_token),
        returns=await returns(request, [found], caller), of_list=same_page(request, state=_state(request)),
    )  # fmt: skip


@router.post("/bayar/{payment}", dependencies=CHECKED)
async def present(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """Asks for the QRIS again."""
    reason = await payments.present(request, payment, caller)
    return RedirectResponse(payments.with_trouble(_counter(merchant, payment).address, reason), 303)


@router.post("/bayar/{payment}/batal", dependencies=CHECKED)
async def cancel(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """Cancels a payment that nobody has paid."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.CancelPaymentRequest(request_id=form["request_id"], id=payment, etag=form["etag"])
    answer = await attempted(request, "cancel", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _charged(request, merchant, payment, caller, answer)
    return RedirectResponse(f"{path_of(merchant)}/bayar/{payment}?done=cancelled", 303)


@router.post("/bayar/{payment}/tunai", dependencies=CHECKED)
async def cash(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """Records cash taken at a counter of the city."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.RecordCashRequest(request_id=form["request_id"], id=payment)
    answer = await attempted(request, "cash", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _charged(request, merchant, payment, caller, answer)
    return RedirectResponse(f"{path_of(merchant)}/bayar/{payment}?done=cash", 303)


@router.get("/kembalikan/{payment}")
async def refund_form(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """Says whether and how a payment can be given back, before anything is asked for."""
    typed = request.query_params.get("amount", "")
    if typed and money.typed(typed) is None:
        form = Fields(amount=typed[:30])
        return await _refund(
            request, merchant, payment, caller, incomplete(request, "amount", form, amount="problem.amount")
        )
    return await _refund(request, merchant, payment, caller, FormState(), money.typed(typed))


async def _refund(
    request: Request, merchant: str, payment: str, caller: Caller, shown: FormState, units: int | None = None
) -> Response:  # fmt: skip
    gateway = current_gateway(request)
    asked = pb.CheckRefundRequest(payment=payment)
    if units is not None:
        asked.amount.CopyFrom(money.message(units, gateway.city.currency))
    seller, found, check = await asyncio.gather(
        merchant_of(request, merchant, caller),
        payments.payment_of(request, payment, caller),
        gateway.pillars.call(asked, caller),
    )
    state = _state(request)
    return render(
        request, "economy/merchant_refund.html", shown.status, private=True, here="business", view="payments",
        merchant=seller, payment=found, verdict=views.check_refund_response(check),
        of_list=same_page(request, state=state), keep={"state": state, "page": page_token(request)}, **shown.context(),
    )  # fmt: skip


@router.post("/kembalikan/{payment}", dependencies=CHECKED)
async def refund(request: Request, merchant: Identifier, payment: Identifier, caller: Owner) -> Response:
    """Gives back the amount that was checked."""
    form, gateway = await forms.read(request), current_gateway(request)
    units = money.typed(form["amount"])
    if units is None:
        return await _refund(
            request, merchant, payment, caller, incomplete(request, "refund", form, amount="problem.amount")
        )  # fmt: skip
    asked = pb.CreateRefundRequest(
        request_id=form["request_id"], payment=payment, reason=form["reason"],
        amount=money.message(units, gateway.city.currency),
    )  # fmt: skip
    if (left := money.typed(form["left"])) is not None:
        asked.left.CopyFrom(money.message(left, gateway.city.currency))
    call = gateway.pillars.call(asked, caller)
    answer = await attempted(request, "refund", form, call)
    if isinstance(answer, FormState):
        return await _refund(request, merchant, payment, caller, answer, units)
    back = same_page(request, done=refund_told(answer.refund), state=_state(request))
    return RedirectResponse(f"{path_of(merchant)}/pembayaran{back}", 303)


@router.get("/rekening")
async def statement(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """The statement of the merchant's account."""
    found = await merchant_of(request, merchant, caller)
    listed = await statement_of(request, found.account, f"{path_of(merchant)}/rekening", caller)
    return render(
        request, "economy/merchant_statement.html", private=True, here="business", view="statement", merchant=found,
        statement=listed,
    )  # fmt: skip


@router.get("/setoran")
async def batches(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """What was paid out, day by day."""
    pillars = current_gateway(request).pillars
    asked = settlement_pb2.ListBatchesRequest(merchant=merchant, page_size=PAGE, page_token=page_token(request))
    found, answer = await asyncio.gather(merchant_of(request, merchant, caller), pillars.call(asked, caller))
    return render(
        request, "economy/merchant_batches.html", private=True, here="business", view="batches", merchant=found,
        batches=[settlement_views.batch(each) for each in answer.batches],
        next_href=next_href(f"{path_of(merchant)}/setoran", answer.next_page_token),
    )  # fmt: skip


@router.get("/setoran/{batch}")
async def batch(request: Request, merchant: Identifier, batch: Identifier, caller: Owner) -> Response:
    """One day's batch with its lines."""
    pillars = current_gateway(request).pillars
    asked = settlement_pb2.GetBatchRequest(id=batch, page_token=page_token(request))
    found, answer = await asyncio.gather(merchant_of(request, merchant, caller), pillars.call(asked, caller))
    shown = settlement_views.get_batch_response(answer)
    return render(
        request, "economy/merchant_batch.html", private=True, here="business", view="batches", merchant=found,
        batch=shown.batch, lines=shown.lines,
        next_href=next_href(f"{path_of(merchant)}/setoran/{batch}", answer.next_page_token),
    )  # fmt: skip


@router.post("/serahkan/{refund}", dependencies=CHECKED)
async def hand_out(request: Request, merchant: Identifier, refund: Identifier, caller: Owner) -> Response:
    """Says that cash which lay ready at the counter was handed out."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.ApproveRefundRequest(request_id=form["request_id"], id=refund, etag=form["etag"])
    answer = await attempted(request, "hand_out", form, pillars.call(asked, caller))
    state = _state(request)
    if isinstance(answer, FormState):
        return await _listed(request, merchant, caller, answer, state)
    back = same_page(request, done="handed_out", state=state)
    return RedirectResponse(f"{path_of(merchant)}/pembayaran{back}", 303)
