"""A payout in spite of differences with the bank's report: one person asks and says why, another confirms."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.gateway import current_gateway
from gateway.portal.economy.treasury import CHECKED, Treasurer
from gateway.portal.economy.treasury_days import PATH
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, render
from services.kit.caller import Caller
from smartcity.economy.v1 import settlement_pb2 as pb
from smartcity.economy.v1 import settlement_views as views

ASKED = "payout_asked"
"""What the page says once it waits for a second person."""
DOING = frozenset({"ask", "confirm"})
"""The page's forms."""

BATCHES = "/petugas/kas/setoran"
router = APIRouter(prefix=BATCHES, route_class=PageRoute, include_in_schema=False)


@router.get("/{item}/meski-selisih")
async def despite(request: Request, item: Identifier, caller: Treasurer, done: str = "") -> Response:
    """What differs, what somebody asked for, and what can be asked for or confirmed."""
    return await _shown(request, item, caller, FormState(done=done if done == ASKED else ""))


async def _shown(request: Request, item: str, caller: Caller, shown: FormState) -> Response:
    answer = await current_gateway(request).pillars.call(pb.GetBatchRequest(id=item, page_size=1), caller)
    batch = views.batch(answer.batch)
    waits = batch.state == "closed" and batch.despite is not None
    context = shown.context()
    if not waits:  # it was sent once more, after a second person confirmed it
        context["done"] = ""
    return render(
        request, "economy/treasury_despite.html", shown.status, private=True, here="officer", view="days", batch=batch,
        **context,
    )  # fmt: skip


@router.post("/{item}/meski-selisih", dependencies=CHECKED)
async def pay(request: Request, item: Identifier, caller: Treasurer) -> Response:
    """Asks a second person for it, or is that person."""
    form = await forms.read(request)
    asked = pb.ConfirmPayoutRequest(
        request_id=form["request_id"], id=item, etag=form["etag"], to_former_account=form.flag("to_former_account"),
        despite=form["despite"],
    )  # fmt: skip
    errors = {} if form["despite"] else {"despite": "reason.REASON_REQUIRED"}
    if not form.flag("sure"):
        errors["sure"] = "batch.despite_tick"
    doing = form["act"] if form["act"] in DOING else ""
    answer = await tried(request, caller, doing, form, asked, errors)
    if isinstance(answer, FormState):
        return await _shown(request, item, caller, answer)
    if answer.batch.state == pb.BATCH_STATE_PAID:
        return RedirectResponse(f"{PATH}?done=paid_out", 303)
    return RedirectResponse(f"{BATCHES}/{item}/meski-selisih?done={ASKED}", 303)
