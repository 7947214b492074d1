"""Where a business' takings are paid out to: shown to its owner, who asks for another account; the agency checks."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy.business import Officer
from gateway.portal.economy.desk import (
    CHANGES,
    Read,
    account_changes_of,
    account_errors,
    account_typed,
    merchant_of,
    path_of,
    whole_account,
)
from gateway.portal.kit import forms
from gateway.portal.kit.acting import OVERTAKEN, FormState, overtaken, signed_in, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, same_page, strange
from services.kit.caller import Caller
from smartcity.economy.v1 import account_changes_pb2 as pb
from smartcity.economy.v1 import account_changes_views as views

router = APIRouter(route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
Owner = Annotated[Caller, Depends(signed_in)]
DESK = "/petugas/usaha/rekening"
ASKED = frozenset({"account_asked", "account_cancelled", "already"})
DECIDED = frozenset({"account_approved", "account_rejected"})


@router.get("/usaha/{merchant}/tujuan-setoran")
async def account(request: Request, merchant: Identifier, caller: Owner, done: str = "") -> Response:
    """The account in force, and what became of the others that were asked for."""
    return await _account(request, merchant, caller, FormState(done=done if done in ASKED else ""))


@router.post("/usaha/{merchant}/tujuan-setoran/nomor", dependencies=CHECKED)
async def whole(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Shows the owner the whole number, and who else read it. Never by a redirect: nothing is kept."""
    answer = await whole_account(request, caller, merchant, await forms.read(request))
    if isinstance(answer, FormState):
        return await _account(request, merchant, caller, answer)
    return await _account(request, merchant, caller, FormState(), answer)


async def _account(
    request: Request, merchant: str, caller: Caller, shown: FormState, read: Read | None = None
) -> Response:
    found, changes = await asyncio.gather(
        merchant_of(request, merchant, caller), account_changes_of(request, merchant, caller)
    )
    return render(
        request, "economy/merchant_account.html", shown.status, private=True, here="business", view="batches",
        merchant=found, changes=changes, most=CHANGES, waits=any(each.state == "requested" for each in changes),
        read=read, **shown.context(),
    )  # fmt: skip


@router.post("/usaha/{merchant}/tujuan-setoran", dependencies=CHECKED)
async def ask(request: Request, merchant: Identifier, caller: Owner) -> Response:
    """Asks for another account."""
    form = await forms.read(request)
    asked = pb.CreateAccountChangeRequest(
        request_id=form["request_id"], merchant=merchant, settlement_account=account_typed(form)
    )  # fmt: skip
    answer = await tried(request, caller, "account", form, asked, account_errors(form))
    return await _after(request, merchant, caller, answer, "account_asked")


@router.post("/usaha/{merchant}/tujuan-setoran/{change}/tarik", dependencies=CHECKED)
async def cancel(request: Request, merchant: Identifier, change: Identifier, caller: Owner) -> Response:
    """Takes back what was asked for."""
    form = await forms.read(request)
    asked = pb.CancelAccountChangeRequest(request_id=form["request_id"], id=change, etag=form["etag"])
    answer = await tried(request, caller, "cancel", form, asked)
    if isinstance(answer, FormState) and answer.status in OVERTAKEN:
        found = await account_changes_of(request, merchant, caller)
        if any(one.id == change and one.state == "cancelled" for one in found):
            return RedirectResponse(f"{path_of(merchant)}/tujuan-setoran?done=already", 303)
    return await _after(request, merchant, caller, answer, "account_cancelled")


async def _after(request: Request, merchant: str, caller: Caller, answer: Any, done: str) -> Response:
    if isinstance(answer, FormState):
        return await _account(request, merchant, caller, answer)
    return RedirectResponse(f"{path_of(merchant)}/tujuan-setoran?done={done}", 303)


@router.get(DESK)
async def waiting(request: Request, caller: Officer, done: str = "") -> Response:
    """Changes that wait for the agency, or in another state."""
    if away := strange(request, state=views.ACCOUNT_CHANGE_STATE_NUMBERS):
        return away
    return await _waiting(request, caller, FormState(done=done if done in DECIDED else ""))


async def _waiting(
    request: Request, caller: Caller, shown: FormState, item: str = "", read: Read | None = None
) -> Response:
    state = request.query_params.get("state", "")
    if state not in views.ACCOUNT_CHANGE_STATE_NUMBERS:
        state = "requested"
    states = [views.ACCOUNT_CHANGE_STATE_NUMBERS[state]]
    asked = pb.ListAccountChangesRequest(page_size=PAGE, page_token=page_token(request), states=states)
    answer = await current_gateway(request).pillars.call(asked, caller)
    if item and item not in {each.id for each in answer.account_changes}:
        shown = overtaken(request, shown, "account_change.meanwhile")
    return render(
        request, "economy/officer_accounts.html", shown.status, private=True, here="officer", view="business",
        changes=[views.account_change(each) for each in answer.account_changes], item=item, read=read, state=state,
        states=list(views.ACCOUNT_CHANGE_STATE_NUMBERS), of_list=same_page(request),
        next_href=next_href(DESK, answer.next_page_token, state=state), **shown.context(),
    )  # fmt: skip


@router.post(f"{DESK}/{{change}}/nomor", dependencies=CHECKED)
async def compare(request: Request, change: Identifier, caller: Officer) -> Response:
    """Shows the agency whole numbers to compare; that it read them is recorded, and the owner sees it."""
    form = await forms.read(request)
    answer = await whole_account(request, caller, form["merchant"][:64], form)
    if isinstance(answer, FormState):
        return await _waiting(request, caller, answer, change)
    return await _waiting(request, caller, FormState(), change, answer)


@router.post(f"{DESK}/{{change}}/setujui", dependencies=CHECKED)
async def approve(request: Request, change: Identifier, caller: Officer) -> Response:
    """Lets it hold."""
    form = await forms.read(request)
    asked = pb.ApproveAccountChangeRequest(request_id=form["request_id"], id=change, etag=form["etag"])
    return await _decided(request, change, caller, await tried(request, caller, "approve", form, asked), "approved")


@router.post(f"{DESK}/{{change}}/tolak", dependencies=CHECKED)
async def reject(request: Request, change: Identifier, caller: Officer) -> Response:
    """Refuses it, with a reason that the owner reads."""
    form = await forms.read(request)
    asked = pb.RejectAccountChangeRequest(
        request_id=form["request_id"], id=change, etag=form["etag"], reason=form["reason"]
    )  # fmt: skip
    return await _decided(request, change, caller, await tried(request, caller, "reject", form, asked), "rejected")


async def _decided(request: Request, change: str, caller: Caller, answer: Any, done: str) -> Response:
    if isinstance(answer, FormState):
        return await _waiting(request, caller, answer, change)
    return RedirectResponse(f"{DESK}?done=account_{done}", 303)
