"""An order: where it stands, how it is paid, and its tickets when they are there."""

from __future__ import annotations

from functools import partial
from typing import Any

from fastapi import APIRouter, Depends
from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers import qr
from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import ticket_keys
from gateway.portal.branding.ticket_sales import ALL, ORDERS
from gateway.portal.branding.tickets import when
from gateway.portal.economy import payments
from gateway.portal.economy.payments import Counter
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.society.invitations import offered
from smartcity.branding.v1 import orders_pb2 as pb
from smartcity.branding.v1 import orders_views as views
from smartcity.branding.v1.tickets_views import Ticket
from smartcity.economy.v1 import payments_pb2
from smartcity.society.v1 import satisfaction_pb2

CHECKED = [Depends(csrf_checked)]
_PAYABLE = frozenset({"held", "expired"})
OPENS = {"B": ORDERS}
"""Codes that are opened here, by the letter after the city's own, and where."""
KEYED = {"ORDER_NOT_FOUND": ALL}
"""Reasons of what is not found without its link or its login, and where all of it is."""
router = APIRouter(prefix=ORDERS, route_class=PageRoute, include_in_schema=False)


@router.get("/{code}/qris.png")
async def picture(request: Request, code: Code) -> Response:
    """The QRIS as a picture to keep; below its page, whose key browsers send nowhere else."""
    order = await _to_pay(request, code)
    found = await payments.payment_of(request, order.payment, current_caller(request))
    return qr.answer(found.qr, "png", found.code)


@router.get("/{code}")
async def shown(request: Request, code: Code, k: str = "", done: str = "") -> Response:
    """The order; a key in the address is kept and leaves it."""
    if (there := ticket_keys.rewritten(request, "B", ORDERS, code)) is not None:
        return there
    if k:
        return ticket_keys.keep_and_go(request, f"{ORDERS}/{code}", k)
    return await _show(request, code, FormState(done="order_cancelled" if done == "order_cancelled" else ""))


@router.post("/{code}/qris", dependencies=CHECKED)
async def present(request: Request, code: Code) -> Response:
    """Asks for the QRIS of its payment."""
    order = await attempted(request, "qris", await forms.read(request), _to_pay(request, code))
    if isinstance(order, FormState):
        return await _show(request, code, order)
    reason = await payments.present(request, order.payment, current_caller(request)) if order.payment else ""
    return RedirectResponse(payments.with_trouble(f"{ORDERS}/{order.code}", reason), 303)


@router.post("/{code}/dompet", dependencies=CHECKED)
async def pay_from_wallet(request: Request, code: Code) -> Response:
    """Pays it from the caller's wallet, at once."""
    given = await forms.read(request)
    order = await attempted(request, "wallet", given, _to_pay(request, code))
    if isinstance(order, FormState):
        return await _show(request, code, order)
    asked = payments_pb2.PayFromWalletRequest(request_id=given["request_id"], id=order.payment)
    call = current_gateway(request).pillars.call(asked, current_caller(request))
    answer = await attempted(request, "wallet", given, call)
    if isinstance(answer, FormState):
        return await _show(request, code, answer)
    return RedirectResponse(f"{ORDERS}/{order.code}", 303)


@router.post("/{code}/batal", dependencies=CHECKED)
async def cancel(request: Request, code: Code) -> Response:
    """Gives it up."""
    given = await forms.read(request)
    key = ticket_keys.key_of(request)
    asked = pb.CancelOrderRequest(request_id=given["request_id"], code=code, link_key=key, etag=given["etag"])
    call = current_gateway(request).pillars.call(asked, current_caller(request))
    answer = await attempted(request, "cancel", given, call)
    if isinstance(answer, FormState):
        return await _show(request, code, answer)
    return RedirectResponse(f"{ORDERS}/{answer.order.code}?done=order_cancelled", 303)


async def _order(request: Request, code: str) -> views.Order:
    asked = pb.GetOrderRequest(code=code, link_key=ticket_keys.key_of(request))
    found = views.order((await current_gateway(request).pillars.call(asked, current_caller(request))).order)
    # It is about to end. A service of the version before says of none that it is payable.
    if found.sale_state == "cancelled" and (found.payable or found.state == "held"):
        return replace(found, state="cancelled", reason="SALE_CANCELLED")
    return found


async def _to_pay(request: Request, code: str) -> views.Order:
    """The order for who pays it. Raises Problem where nobody is to pay it any more."""
    order = await _order(request, code)
    if order.state != "cancelled":
        return order
    if order.reason == "SALE_CANCELLED":
        raise Problem(409, "SALE_CANCELLED", "This sale was called off. Nothing is to be paid.")
    raise Problem(409, "ORDER_CANCELLED", "This order was cancelled. Nothing is to be paid.")


async def _show(request: Request, code: str, shown: FormState) -> Response:
    order = await _order(request, code)
    base = f"{ORDERS}/{order.code}"
    context: dict[str, Any] = {"order": order, "base": base, "expects": _expects(order)}
    context["link"] = ticket_keys.link_of(request, base)
    context["about_it"], context["changed"] = _about(order), _changed(order)
    context["when"] = partial(when, request)
    context["judge_code"] = await _judge_code(request, order)
    if order.payment and order.state in _PAYABLE:
        payment = await payments.payment_of(request, order.payment, current_caller(request))
        # The QRIS can be paid for longer, as long as seats remain; what buyers go by is until when theirs are held.
        counter = Counter(
            "branding/order.html", "branding", base, again=f"{base}/qris", wallet=f"{base}/dompet",
            saved=f"{base}/qris.png", due=order.hold_time,
        )  # fmt: skip
        return await payments.show(request, payment, counter, shown, **context)
    return render(
        request, "branding/order.html", shown.status, private=True, here="branding", payment=None, **context,
        **shown.context(),
    )  # fmt: skip


async def _judge_code(request: Request, order: views.Order) -> str:
    """The code by which whoever ordered can judge the agency: this page is theirs, by login or key."""
    if order.state != "paid" or not order.payment or not current_caller(request).roles <= {"anonymous", "citizen"}:
        return ""
    return await offered(request, satisfaction_pb2.ENDED_KIND_PAYMENT, order.payment)


def _about(order: views.Order) -> views.Order | Ticket:
    """What tells what an order is for now, and when: a ticket of it, where all that hold were changed for one other
    date.
    """
    sales = {one.sale: one for one in order.tickets if one.state == "valid" and (one.own or one.offer_key)}
    return sales.popitem()[1] if len(sales) == 1 else order


def _changed(order: views.Order) -> bool:
    """Whether a ticket is for something else now than what was ordered."""
    ordered = {(one.type, one.day) for one in order.lines}
    return any(one.own and one.state == "valid" and (one.type, one.first_day) not in ordered for one in order.tickets)


def _expects(order: views.Order) -> bool:
    """Whether something is about to come by itself: where to pay."""
    return order.state == "held" and not order.payment
