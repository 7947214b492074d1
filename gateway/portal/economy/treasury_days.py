"""The end of a day at the treasury's desk: closing it, comparing it with the bank, and what is paid out."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.economy.desk import whole_account
from gateway.portal.economy.treasury import Treasurer
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, unkept, wanting
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.dates import MOST_LETTERS, day_of
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token, same_page, strange
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2, settlement_views

PATH = "/petugas/kas/hari"
CHECKED = [Depends(csrf_checked)]
COUNTED = 1000
"""Up to how many batches that wait the contract counts."""
OLDEST = 2000
"""Year of the oldest day that can be asked for."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def days(request: Request, caller: Treasurer, done: str = "") -> Response:
    """Closing and comparing days, and payouts: of a day, or only those that wait, where that is asked."""
    if away := strange(request, state=settlement_views.BATCH_STATE_NUMBERS):
        return away
    return await _days(request, caller, FormState(done=done if done == "paid_out" else ""))


async def _days(request: Request, caller: Caller, shown: FormState, **found: Any) -> Response:
    gateway = current_gateway(request)
    state, of_day = request.query_params.get("state", ""), request.query_params.get("day", "").strip()[:MOST_LETTERS]
    asked = settlement_pb2.ListBatchesRequest(
        state=settlement_views.BATCH_STATE_NUMBERS.get(state, settlement_pb2.BATCH_STATE_UNSPECIFIED), day=of_day,
        page_size=PAGE, page_token=page_token(request),
    )  # fmt: skip
    read = day_of(of_day)
    errors = {} if not of_day or (read and read.year >= OLDEST) else {"day": "reason.DAY_INVALID"}
    if wrong := wanting(request, "filter", Fields(day=of_day), asked, errors):
        asked.day = asked.page_token = ""
        shown = shown if shown.trouble else wrong
    answer, compared_so_far = await asyncio.gather(
        gateway.pillars.call(asked, caller),
        gateway.pillars.call(settlement_pb2.ListDifferencesRequest(page_size=1), caller),
    )
    listed, chosen = settlement_views.list_batches_response(answer), {"state": state, "day": asked.day}
    yesterday = datetime.now(gateway.city.timezone).date() - timedelta(days=1)
    return render(
        request, "economy/treasury_days.html", shown.status, private=True, here="officer", view="days",
        batches=listed.batches, waiting=listed.waiting, counted=COUNTED, yesterday=yesterday.isoformat(),
        missed=list(compared_so_far.missed_days),
        states=list(settlement_views.BATCH_STATE_NUMBERS), state=state, of_day=of_day,
        next_href=next_href(PATH, answer.next_page_token, **chosen),
        of_list=same_page(request, **chosen), **found, **shown.context(),
    )  # fmt: skip


@router.post("/tutup", dependencies=CHECKED)
async def close_day(request: Request, caller: Treasurer) -> Response:
    """Closes a day now."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = settlement_pb2.CloseDayRequest(
        request_id=form["request_id"], day=form["day"], early=form.flag("early")
    )  # fmt: skip
    answer = await attempted(request, "close", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _days(request, caller, answer)
    closed = settlement_views.close_day_response(answer)
    return await _days(request, caller, FormState(form=Fields(day=form["day"])), closed=closed, day=form["day"])


@router.post("/cocokkan", dependencies=CHECKED)
async def reconcile(request: Request, caller: Treasurer) -> Response:
    """Compares a day with the bank's report now."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = settlement_pb2.ReconcileDayRequest(request_id=form["request_id"], day=form["day"])
    answer = await attempted(request, "reconcile", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _days(request, caller, answer)
    compared = settlement_views.reconcile_day_response(answer)
    return await _days(request, caller, FormState(form=Fields(day=form["day"])), compared=compared, day=form["day"])


@router.post("/setoran/{item}/rekening", dependencies=CHECKED)
async def account(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Shows the whole number that a batch is paid out to; that it was read is recorded, and the owner sees it."""
    form = await forms.read(request)
    answer = await whole_account(request, caller, form["merchant"][:64], form)
    if isinstance(answer, FormState):
        return await _days(request, caller, answer)
    return await _days(request, caller, FormState(), read=answer, read_of=form["merchant"])


@router.post("/setoran/{item}", dependencies=CHECKED)
async def paid_out(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Says that a batch was paid out, to the account that it shows or to the one that held before it."""
    form, pillars = await forms.read(request), current_gateway(request).pillars
    asked = settlement_pb2.ConfirmPayoutRequest(
        request_id=form["request_id"], id=item, etag=form["etag"], to_former_account=form.flag("to_former_account")
    )  # fmt: skip
    answer = await attempted(request, "payout", form, pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _days(request, caller, answer)
    paid_to = answer.batch.settlement_account
    if asked.to_former_account and form["former"] not in ("", f"{paid_to.bank} {paid_to.number}"):
        return await _days(request, caller, unkept(request, "payout", "batch.former_not_kept"))
    chosen = {name: request.query_params.get(name, "") for name in ("state", "day")}
    return RedirectResponse(f"{PATH}{same_page(request, done='paid_out', **chosen)}", 303)
