"""The desk of agencies that levy: issuing bills, arrears, cash at the counter, cancelling."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy import payments
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, tried, wanting
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.caller_words import caller_words
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.sought import code_sought
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from services.kit.numbers import grouped
from services.kit.rpc.text import clean
from smartcity.economy.v1 import levies_pb2 as pb
from smartcity.economy.v1 import levies_views as views
from smartcity.economy.v1 import payments_pb2

router = APIRouter(prefix="/petugas/tagihan", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"issued", "bill_cancelled", "bill_cash"})


def levy_officer(request: Request) -> Caller:
    """Dependency: an officer of an agency that levies, of the treasury, or an administrator."""
    caller = staff(request)
    if not caller_words(caller, texts_of(request), city_words(request), request).levies:
        raise Problem(403, "NOT_THE_LEVYING_AGENCY", "This desk is that of agencies that levy, and of the treasury.")
    return caller


Officer = Annotated[Caller, Depends(levy_officer)]


@router.get("")
async def listed(request: Request, caller: Officer, state: str = "", done: str = "") -> Response:
    """Bills, the soonest due first; ``state=overdue`` are the arrears, ``object=kios`` what there is of it in whatever
    state. A number leads to its bill.
    """
    if isinstance(sought := await code_sought(request, "T", partial(_of, request, caller)), str):
        return RedirectResponse(f"/petugas/tagihan/{sought}", 303)
    if away := strange(request, state={*views.BILL_STATE_NUMBERS, "overdue"}):
        return away
    words = clean(request.query_params.get("object", ""))
    wanted = [state] if state in views.BILL_STATE_NUMBERS else views.BILL_STATE_NUMBERS if words and not state else []
    asked = pb.ListBillsRequest(
        page_size=PAGE, page_token=page_token(request), overdue=state == "overdue", object=words,
        states=[views.BILL_STATE_NUMBERS[each] for each in wanted],
    )  # fmt: skip
    if wrong := wanting(request, "object", Fields(object=words), asked, {}):
        return await _listed(request, caller, pb.ListBillsRequest(page_size=PAGE), "", wrong)
    return await _listed(request, caller, asked, state, sought or FormState(done=done if done in DONE else ""))


async def _listed(
    request: Request, caller: Caller, asked: pb.ListBillsRequest, state: str, shown: FormState
) -> Response:
    answer = await current_gateway(request).pillars.call(asked, caller)
    query = {name: value for name, value in (("state", state), ("object", asked.object)) if value}
    return render(
        request, "economy/officer_bills.html", shown.status, private=True, here="officer", view="levies", state=state,
        states=list(views.BILL_STATE_NUMBERS), bills=[views.bill(each) for each in answer.bills],
        next_href=next_href("/petugas/tagihan", answer.next_page_token, **query), words=asked.object,
        **shown.context(),
    )  # fmt: skip


@router.get("/baru")
async def draft(request: Request, caller: Officer) -> Response:
    """The form to issue a bill."""
    return await _draft(request, caller, FormState())


async def _draft(request: Request, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    answer = await pillars.call(pb.ListTariffsRequest(), caller)
    tariffs = [views.tariff(each) for each in answer.tariffs]
    mine = [each for each in tariffs if caller.has("admin") or each.agency == caller.agency]
    return render(
        request, "economy/officer_bill_new.html", shown.status, private=True, here="officer", view="levies",
        tariffs=mine, **shown.context(),
    )  # fmt: skip


@router.post("/baru", dependencies=CHECKED)
async def issue(request: Request, caller: Officer) -> Response:
    """Issues a bill from a tariff."""
    form = await forms.read(request)
    asked = pb.CreateBillRequest(
        request_id=form["request_id"], tariff=form["tariff"], object=form["object"], period=form["period"],
        quantity=_whole(form["quantity"]), area=form["area"], exercise=form.flag("exercise"),
    )  # fmt: skip
    answer = await tried(request, caller, "", form, asked, {})
    if isinstance(answer, FormState):
        return await _draft(request, caller, answer)
    return RedirectResponse(f"/petugas/tagihan/{answer.bill.number}?done=issued", 303)


def _whole(text: str) -> int:
    """A whole number that fits a call; 0, which is refused with a reason, for anything else."""
    return grouped(text, 9) or 0


@router.get("/{number}")
async def bill(request: Request, number: Code, caller: Officer, done: str = "") -> Response:
    """One bill, and what can be done."""
    return await _bill(request, number, caller, FormState(done=done if done in DONE else ""))


async def _of(request: Request, caller: Caller, number: str) -> views.Bill:
    return views.bill((await current_gateway(request).pillars.call(pb.GetBillRequest(number=number), caller)).bill)


async def _bill(request: Request, number: str, caller: Caller, shown: FormState) -> Response:
    found = await _of(request, caller, number)
    unpaid = found.state == "issued" and found.payment
    made = await payments.payment_of(request, found.payment, caller) if unpaid else None
    return render(
        request, "economy/officer_bill.html", shown.status, private=True, here="officer", view="levies", bill=found,
        aside=payments.waits_aside(made),
        mine=caller.has("admin") or caller.agency == found.agency, **shown.context(),
    )  # fmt: skip


@router.post("/{number}/batal", dependencies=CHECKED)
async def cancel(request: Request, number: Code, caller: Officer) -> Response:
    """Cancels an unpaid bill."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.CancelBillRequest(request_id=form["request_id"], number=number, etag=form["etag"])
    answer = await attempted(request, "cancel", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _bill(request, number, caller, answer)
    return RedirectResponse(f"/petugas/tagihan/{number}?done=bill_cancelled", 303)


@router.post("/{number}/tunai", dependencies=CHECKED)
async def cash(request: Request, number: Code, caller: Officer) -> Response:
    """Records that a bill was paid in cash at the counter. Sent twice, it is paid once: both steps have their key."""
    form = await forms.read(request)
    answer = await attempted(request, "cash", form, _take_cash(request, number, form, caller))
    if isinstance(answer, FormState):
        return await _bill(request, number, caller, answer)
    return RedirectResponse(f"/petugas/tagihan/{number}?done=bill_cash", 303)


async def _take_cash(request: Request, number: str, form: Fields, caller: Caller) -> bool:
    pillars, key = current_gateway(request).pillars, form["request_id"]
    asked = pb.PayBillRequest(request_id=key, number=number)
    payment = (await pillars.call(asked, caller)).payment
    taken = payments_pb2.RecordCashRequest(request_id=f"{key}-cash", id=payment.id)
    await pillars.call(taken, caller)
    return True
