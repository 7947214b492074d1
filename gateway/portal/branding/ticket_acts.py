"""What holders do with a ticket on its page: pass it on, take it over or back, change it, give it back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.branding import ticket_keys, tickets
from gateway.portal.branding.ticket_sales import PATH
from gateway.portal.kit import forms
from gateway.portal.kit.acting import OVERTAKEN, FormState, attempted
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.branding.v1 import tickets_views as views

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False, dependencies=[Depends(csrf_checked)])


@router.post("/{code}/alih")
async def transfer(request: Request, code: Code) -> Response:
    """Passes it on; its page shows the link to hand over until somebody has it."""
    form = await forms.read(request)
    asked = pb.TransferTicketRequest(**_named(request, code, form), holder=form["holder"][:80])
    answer = await _tried(request, "transfer", form, asked)
    if isinstance(answer, FormState):
        return await tickets.show(request, code, answer)
    try:
        await tickets.ticket_of(request, code)
    except grpc.aio.AioRpcError:
        # The version before, while it is upgraded, shows it to nobody who passed it on: the link is told here and now.
        answer.ticket.offer_key = answer.link_key
        return await tickets.page(request, views.ticket(answer.ticket), FormState(done="ticket_passed"))
    return RedirectResponse(f"{PATH}/{code}?done=ticket_passed", 303)


@router.post("/{code}/tarik")
async def recall(request: Request, code: Code) -> Response:
    """Takes it back, while nobody has taken it over."""
    form = await forms.read(request)
    asked = pb.RecallTicketRequest(**_named(request, code, form))
    return await _acted(request, code, "recall", form, asked, "ticket_recalled", _in_hand)


@router.post("/{code}/ambil")
async def take_over(request: Request, code: Code) -> Response:
    """Takes it over: this browser keeps its new key, and the page says it. Who only opens the link takes nothing."""
    form = await forms.read(request)
    answer = await _tried(request, "take_over", form, pb.TakeTicketOverRequest(**_named(request, code, form)))
    if isinstance(answer, FormState):
        return await tickets.show(request, code, answer)
    path = f"{PATH}/{answer.ticket.code}"
    return ticket_keys.keep_and_go(request, path, answer.link_key, f"{path}?done=ticket_taken")


@router.post("/{code}/tukar")
async def change(request: Request, code: Code) -> Response:
    """Changes it for another type or day."""
    form = await forms.read(request)
    asked = pb.ChangeTicketRequest(**_named(request, code, form), type=form["type"][:40], day=form["day"][:10])
    return await _acted(request, code, "change", form, asked, "ticket_changed")


@router.post("/{code}/kembali")
async def cancel(request: Request, code: Code) -> Response:
    """Gives it back."""
    form = await forms.read(request)
    asked = pb.CancelTicketRequest(**_named(request, code, form))
    return await _acted(request, code, "cancel", form, asked, "ticket_cancelled", _given_back)


def _named(request: Request, code: str, form: Fields) -> dict[str, str]:
    """Which ticket, in whose hands."""
    key = ticket_keys.key_of(request)
    return {"request_id": form["request_id"], "code": code, "link_key": key, "etag": form["etag"]}


def _in_hand(one: views.Ticket) -> bool:
    return one.own and not one.offered


def _given_back(one: views.Ticket) -> bool:
    return one.state == "cancelled"


async def _acted(
    request: Request, code: str, doing: str, form: Fields, asked: Any, done: str,
    reached: Callable[[views.Ticket], bool] = lambda _: False,
) -> Response:  # fmt: skip
    """The ticket's page, which says what was ``done``, or why it was refused; or that what was wanted is so already."""
    answer = await _tried(request, doing, form, asked)
    if isinstance(answer, FormState):
        if answer.status in OVERTAKEN and reached(await tickets.ticket_of(request, code)):
            return RedirectResponse(f"{PATH}/{code}?done=already", 303)
        return await tickets.show(request, code, answer)
    return RedirectResponse(f"{PATH}/{code}?done={done}", 303)


async def _tried(request: Request, doing: str, form: Fields, asked: Any) -> Any:
    call = current_gateway(request).pillars.call(asked, current_caller(request))
    return await attempted(request, doing, form, call)
