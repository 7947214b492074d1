"""Refunds that are the bank's to give back, at the treasury's desk: those that it refused, and those of which it has
not told yet, however many they are.
"""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.portal.economy.treasury import AT_BANK_PATH, AT_THE_BANK, Treasurer, at_the_bank
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import next_href, page_token, strange

router = APIRouter(prefix=AT_BANK_PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request, caller: Treasurer, state: str = "") -> Response:
    """Those in one state, newest first; what was made good since is left out, so that pages differ in length."""
    if away := strange(request, state=AT_THE_BANK):
        return away
    state = state or AT_THE_BANK[0]
    refunds, token = await at_the_bank(request, caller, state, page_token(request))
    return render(
        request, "economy/treasury_at_bank.html", private=True, here="officer", view="treasury", refunds=refunds,
        state=state, states=AT_THE_BANK, next_href=next_href(AT_BANK_PATH, token, state=state),
    )  # fmt: skip
