"""The desk of the agency for micro business: taking merchants on, and stopping them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy.desk import merchant_of
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, strange
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.economy.v1 import account_changes_pb2
from smartcity.economy.v1 import merchants_pb2 as pb
from smartcity.economy.v1 import merchants_views as views

router = APIRouter(prefix="/petugas/usaha", route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"activated", "suspended"})


def business_officer(request: Request) -> Caller:
    """Dependency: an officer of the agency for micro business, or an administrator."""
    caller, terms = staff(request), city_words(request).terms
    if not (caller.has("admin") or (caller.agency and caller.agency == terms.business_agency)):
        raise Problem(403, "BUSINESS_OFFICE_ONLY", "This desk is that of the agency for micro business.")
    return caller


Officer = Annotated[Caller, Depends(business_officer)]


@router.get("")
async def listed(request: Request, caller: Officer, state: str = "applied", done: str = "") -> Response:
    """Merchants in a state; those that wait first of all."""
    if away := strange(request, state=views.MERCHANT_STATE_NUMBERS):
        return away
    pillars, state = current_gateway(request).pillars, state or "applied"
    asked = pb.ListMerchantsRequest(
        page_size=PAGE, page_token=page_token(request), states=[views.MERCHANT_STATE_NUMBERS[state]]
    )  # fmt: skip
    accounts = account_changes_pb2.ListAccountChangesRequest(page_size=1)
    answer, waiting = await asyncio.gather(pillars.call(asked, caller), pillars.newer(accounts, caller))
    return render(
        request, "economy/officer_merchants.html", private=True, here="officer", view="business", state=state,
        states=list(views.MERCHANT_STATE_NUMBERS), done=done if done in DONE else "",
        merchants=[views.merchant(each) for each in answer.merchants], accounts_wait=bool(waiting.account_changes),
        next_href=next_href("/petugas/usaha", answer.next_page_token, state=state),
    )  # fmt: skip


@router.get("/{merchant}")
async def merchant(request: Request, merchant: Identifier, caller: Officer, done: str = "") -> Response:
    """One merchant, and what can be done."""
    return await _merchant(request, merchant, caller, FormState(done=done if done in DONE else ""))


async def _merchant(request: Request, merchant: str, caller: Caller, shown: FormState) -> Response:
    found = await merchant_of(request, merchant, caller)
    return render(
        request, "economy/officer_merchant.html", shown.status, private=True, here="officer", view="business",
        merchant=found, **shown.context(),
    )  # fmt: skip


async def _act(
    request: Request, merchant: str, caller: Caller, doing: str, done: str, form: Fields, call: Awaitable[Any]
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _merchant(request, merchant, caller, answer)
    return RedirectResponse(f"/petugas/usaha/{merchant}?done={done}", 303)


@router.post("/{merchant}/terima", dependencies=CHECKED)
async def activate(request: Request, merchant: Identifier, caller: Officer) -> Response:
    """Takes a merchant on, with what the acquirer gave it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.ActivateMerchantRequest(
        request_id=form["request_id"], id=merchant, etag=form["etag"], nmid=form["nmid"].upper(), pan=form["pan"]
    )  # fmt: skip
    call = pillars.call(asked, caller)
    return await _act(request, merchant, caller, "activate", "activated", form, call)


@router.post("/{merchant}/hentikan", dependencies=CHECKED)
async def suspend(request: Request, merchant: Identifier, caller: Officer) -> Response:
    """Stops a merchant for the time being."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.SuspendMerchantRequest(
        request_id=form["request_id"], id=merchant, etag=form["etag"], reason=form["reason"]
    )  # fmt: skip
    call = pillars.call(asked, caller)
    return await _act(request, merchant, caller, "suspend", "suspended", form, call)
