"""What an agency's ticket sales took, gave back and still owe, with the tax in it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import Response

from gateway.gateway import current_gateway
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.branding.v1 import ticket_settlements_pb2 as pb
from smartcity.branding.v1 import ticket_settlements_views as views

PATH = "/petugas/uang-tiket"
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request, caller: Annotated[Caller, Depends(staff)]) -> Response:
    """A line for each sale, the newest first."""
    asked = pb.ListTicketSettlementsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "branding/officer_ticket_money.html", private=True, here="officer", view="tickets",
        settlements=[views.ticket_settlement(one) for one in answer.settlements],
        tax=views.ticket_tax(answer.tax) if answer.HasField("tax") else None,
        next_href=next_href(PATH, answer.next_page_token), csv="/v1/ticket-settlements.csv",
    )  # fmt: skip
