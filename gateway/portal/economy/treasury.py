"""The treasury's desk: what waits for a second person, the city's accounts, differences, acts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy.desk import fills_wallets, of_treasury, path_of, refund_told
from gateway.portal.economy.payments import payment_of
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, incomplete, overtaken
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import MOST_LETTERS
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, same_page
from gateway.portal.kit.sought import code_sought
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.economy.v1 import (
    ledger_pb2,
    ledger_views,
    merchants_pb2,
    merchants_views,
    settlement_pb2,
    settlement_views,
)
from smartcity.economy.v1 import payments_pb2 as pb
from smartcity.economy.v1 import payments_views as views

PATH, SUSPENSE = "/petugas/kas", "titipan"
"""The desk, and by what its list of money in suspense goes on."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
DONE = frozenset(
    {"approved", "refund_done", "refund_cash_approved", "refund_processing", "refund_refused", "rejected", "proposed"}
    | {"suspense_released", "suspense_returning", "suspense_refused", "resumed"}
)
AFTER_RELEASE = {"released": "suspense_released", "proposed": "suspense_returning", "open": "suspense_refused"}
"""What became of money in suspense whose release was approved: the bank has the last word on what goes back."""
AT_THE_BANK = ("failed", "processing")
"""States of refunds that are the bank's to give back: it refused, or has not told of them yet."""
AT_BANK_PATH = f"{PATH}/di-bank"
"""Where all of these are listed."""
AT_BANK_SHOWN = 10
"""So many in each of these states are on the desk itself."""
MOST = 200
"""Refunds among which a page looks for those that nobody made good since."""
TO_PAYER, BY_NMID, NEVER_CAME = "payer", "nmid", "never"
"""Choices beside the merchants: to send money in suspense back to whoever paid it, one that is not listed, and that the
bank never had it."""
LISTED = 200
"""Merchants that are offered to choose from, beside the city's counters."""


def treasurer(request: Request) -> Caller:
    """Dependency: an officer of the treasury's agency, or an administrator."""
    caller = staff(request)
    if not of_treasury(request, caller):
        raise Problem(403, "TREASURY_ONLY", "This desk is the treasury's.")
    return caller


Treasurer = Annotated[Caller, Depends(treasurer)]


@router.get("")
async def waiting(request: Request, caller: Treasurer, done: str = "") -> Response:
    """What waits for a second person, and money that belongs to nothing known. A code leads to its payment."""
    if isinstance(sought := await code_sought(request, "P", partial(payment_of, request, caller=caller)), str):
        found = await payment_of(request, sought, caller)
        return RedirectResponse(await _desk_of(request, found, caller), 303)
    if sought:
        return await _waiting(request, caller, sought)
    return await _waiting(request, caller, FormState(done=done if done in DONE else ""))


async def _desk_of(request: Request, found: views.Payment, caller: Caller) -> str:
    """Where a payment is dealt with: at its merchant's desk, one into a wallet at the treasury's own counter."""
    if found.merchant:
        return f"{path_of(found.merchant)}/bayar/{found.id}"
    asked = merchants_pb2.ListMerchantsRequest(counters=True, page_size=200)
    answer = await current_gateway(request).pillars.call(asked, caller)
    counters = [merchants_views.merchant(each) for each in answer.merchants]
    own = next((each.id for each in counters if fills_wallets(request, each)), "")
    return f"{path_of(own)}/bayar/{found.id}" if own else f"/bayar/{found.code}/qris"


async def _waiting(request: Request, caller: Caller, shown: FormState, item: str = "") -> Response:
    pillars = current_gateway(request).pillars
    businesses = merchants_pb2.ListMerchantsRequest(states=[merchants_pb2.MERCHANT_STATE_ACTIVE], page_size=LISTED)
    at_bank = asyncio.gather(*(at_the_bank(request, caller, state) for state in AT_THE_BANK))
    refunds, sent, suspense, payouts, counters, merchants = await asyncio.gather(
        pillars.call(pb.ListRefundsRequest(at_counter=False, page_size=PAGE, page_token=page_token(request)), caller),
        at_bank,
        pillars.call(pb.ListSuspenseRequest(page_size=PAGE, page_token=page_token(request, SUSPENSE)), caller),
        pillars.call(settlement_pb2.ListBatchesRequest(page_size=1), caller),
        pillars.call(merchants_pb2.ListMerchantsRequest(counters=True, page_size=200), caller),
        pillars.call(businesses, caller),
    )
    still = [each for each in counters.merchants if each.state == merchants_pb2.MERCHANT_STATE_SUSPENDED]
    offered = [each for each in counters.merchants if each.state == merchants_pb2.MERCHANT_STATE_ACTIVE]
    offered += [each for each in merchants.merchants if each.kind != merchants_pb2.MERCHANT_KIND_COUNTER]
    listed = {each.id for each in refunds.refunds} | {each.id for each in suspense.items} | {each.id for each in still}
    if item and item not in listed:
        shown = overtaken(request, shown, "treasury.meanwhile")
    return render(
        request, "economy/treasury.html", shown.status, private=True, here="officer", view="treasury",
        refunds=[views.refund(each) for each in refunds.refunds],
        older_refunds=next_href(PATH, refunds.next_page_token), later_refunds=bool(page_token(request)),
        at_the_bank=[each for found, _ in sent for each in found[:AT_BANK_SHOWN]],
        more_at_the_bank=[
            (state, f"{AT_BANK_PATH}?state={state}")
            for state, (found, token) in zip(AT_THE_BANK, sent, strict=True)
            if token or len(found) > AT_BANK_SHOWN
        ],
        suspense=[views.suspense_item(each) for each in suspense.items],
        older_suspense=next_href(PATH, suspense.next_page_token, name=SUSPENSE),
        later_suspense=bool(page_token(request, SUSPENSE)), of_list=_same_page(request),
        payouts=[settlement_views.batch(each) for each in payouts.to_confirm],
        merchants=[merchants_views.merchant(each) for each in offered],
        still=[merchants_views.merchant(each) for each in still],
        by_nmid=BY_NMID if merchants.next_page_token else "", item=item, to_payer=TO_PAYER,
        never_came=NEVER_CAME, **shown.context(),
    )  # fmt: skip


async def at_the_bank(request: Request, caller: Caller, state: str, token: str = "") -> tuple[list[views.Refund], str]:
    """Refunds in a state of ``AT_THE_BANK``, newest first, without those that were made good since; where to go on."""
    asked = pb.ListRefundsRequest(states=[views.REFUND_STATE_NUMBERS[state]], page_size=MOST, page_token=token)
    found = await current_gateway(request).pillars.call(asked, caller)
    return [views.refund(each) for each in found.refunds if not each.made_good], found.next_page_token


async def _act(
    request: Request, caller: Caller, item: str, doing: str, done: Callable[[Any], str], form: Fields,
    call: Awaitable[Any],
) -> Response:  # fmt: skip
    """Does what was asked of one item and shows the desk, with what became of it (``done``, of the answer)."""
    answer = await attempted(request, doing, form, call)
    if isinstance(answer, FormState):
        return await _waiting(request, caller, answer, item)
    return RedirectResponse(f"{PATH}{_same_page(request, done=done(answer))}", 303)


def _same_page(request: Request, **query: str) -> str:
    return same_page(request, **{SUSPENSE: page_token(request, SUSPENSE)}, **query)


def _became(answer: pb.ApproveRefundResponse) -> str:
    return "refund_cash_approved" if answer.refund.at_counter else refund_told(answer.refund)


def _released(answer: pb.ApproveReleaseResponse) -> str:
    return AFTER_RELEASE.get(views.SUSPENSE_STATE_NAMES.get(answer.item.state, ""), "approved")


@router.post("/pengembalian/{item}/setujui", dependencies=CHECKED)
async def approve_refund(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Approves a refund that another person asked for."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.ApproveRefundRequest(request_id=form["request_id"], id=item, etag=form["etag"])
    call = pillars.call(asked, caller)
    return await _act(request, caller, item, "approve", _became, form, call)


@router.post("/pengembalian/{item}/tolak", dependencies=CHECKED)
async def reject_refund(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Refuses a refund that waits."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.RejectRefundRequest(
        request_id=form["request_id"], id=item, etag=form["etag"], reason=form["reason"]
    )  # fmt: skip
    call = pillars.call(asked, caller)
    return await _act(request, caller, item, "reject", lambda _: "rejected", form, call)


@router.post("/titipan/{item}/usulkan", dependencies=CHECKED)
async def propose(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Says where money in suspense belongs."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    target = form["nmid"].upper() if form["target"] == BY_NMID else form["target"]
    if not target:  # the pillar would take it for the way back to the payer
        nothing = incomplete(request, "propose", form, **{form["target"] or "target": "fault.empty"})
        return await _waiting(request, caller, nothing, item)
    asked = pb.ProposeReleaseRequest(
        request_id=form["request_id"],
        id=item,
        etag=form["etag"],
        target="" if target in (TO_PAYER, NEVER_CAME) else target,
        note=form["note"],
        never_came=target == NEVER_CAME,
    )
    call = pillars.call(asked, caller)
    return await _act(request, caller, item, "propose", lambda _: "proposed", form, call)


@router.post("/titipan/{item}/setujui", dependencies=CHECKED)
async def release(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Approves what another person proposed."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = pb.ApproveReleaseRequest(request_id=form["request_id"], id=item, etag=form["etag"])
    call = pillars.call(asked, caller)
    return await _act(request, caller, item, "release", _released, form, call)


@router.post("/loket/{item}/buka", dependencies=CHECKED)
async def resume(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Takes a counter back that was suspended."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = merchants_pb2.ActivateMerchantRequest(request_id=form["request_id"], id=item, etag=form["etag"])
    call = pillars.call(asked, caller)
    return await _act(request, caller, item, "resume", lambda _: "resumed", form, call)


@router.post("/buku", dependencies=CHECKED)
async def check_ledger(request: Request, caller: Treasurer) -> Response:
    """Checks the whole ledger; changes nothing, but takes its time, so it is asked for."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    call = pillars.call(ledger_pb2.CheckLedgerRequest(), caller, within=30)
    answer = await attempted(request, "check", form, call)
    if isinstance(answer, FormState):
        return await _books(request, caller, answer)
    return await _books(request, caller, FormState(), ledger_views.check_ledger_response(answer))


CITY_ACCOUNTS = [
    ledger_pb2.ACCOUNT_KIND_TREASURY,
    ledger_pb2.ACCOUNT_KIND_CLEARING,
    ledger_pb2.ACCOUNT_KIND_CASH,
    ledger_pb2.ACCOUNT_KIND_PAYOUTS,
    ledger_pb2.ACCOUNT_KIND_SUSPENSE,
    ledger_pb2.ACCOUNT_KIND_FEES,
]


@router.get("/buku")
async def books(request: Request, caller: Treasurer) -> Response:
    """The city's own accounts."""
    return await _books(request, caller, FormState())


async def _books(
    request: Request, caller: Caller, shown: FormState, audit: ledger_views.CheckLedgerResponse | None = None
) -> Response:
    pillars = current_gateway(request).pillars
    asked = ledger_pb2.ListAccountsRequest(kinds=CITY_ACCOUNTS, page_size=PAGE)
    answer = await pillars.call(asked, caller)
    return render(
        request, "economy/treasury_books.html", shown.status, private=True, here="officer", view="books", audit=audit,
        accounts=[ledger_views.account(each) for each in answer.accounts], **shown.context(),
    )  # fmt: skip


@router.get("/selisih")
async def differences(request: Request, caller: Treasurer) -> Response:
    """Lines on which the bank's books and ours differ."""
    pillars = current_gateway(request).pillars
    asked = settlement_pb2.ListDifferencesRequest(page_size=PAGE, page_token=page_token(request))
    answer = await pillars.call(asked, caller)
    return render(
        request, "economy/treasury_differences.html", private=True, here="officer", view="differences",
        differences=[settlement_views.difference(each) for each in answer.differences],
        next_href=next_href("/petugas/kas/selisih", answer.next_page_token),
    )  # fmt: skip


@router.get("/tindakan")
async def acts(request: Request, caller: Treasurer, day: str = "") -> Response:
    """Who did what with money on a day, today unless told otherwise."""
    gateway = current_gateway(request)
    today = datetime.now(gateway.city.timezone).date().isoformat()
    asked = settlement_pb2.ListActsRequest(
        day=day.strip()[:MOST_LETTERS] or today, page_size=PAGE, page_token=page_token(request)
    )
    form = Fields(day=asked.day)
    answer = await attempted(request, "day", form, gateway.pillars.call(asked, caller))
    shown = answer if isinstance(answer, FormState) else FormState(form=form)
    found = [] if isinstance(answer, FormState) else [settlement_views.act(each) for each in answer.acts]
    token = "" if isinstance(answer, FormState) else answer.next_page_token
    return render(
        request, "economy/treasury_acts.html", shown.status, private=True, here="officer", view="acts",
        acts=found, day=asked.day, next_href=next_href("/petugas/kas/tindakan", token, day=asked.day),
        **shown.context(),
    )  # fmt: skip
