"""What somebody supports: each proposal with what happened to it last, and what is new since they looked."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.city.participation import participates
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from smartcity.society.v1 import supports_pb2 as pb
from smartcity.society.v1 import supports_views as views

PATH = "/sosial/dukungan-saya"
DONE = frozenset({"supports_seen"})

OWN_PAGE = OwnPage(PATH, "supports.title", participates)
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Person = Annotated[Caller, Depends(signed_in)]


@router.get("")
async def listed(request: Request, caller: Person, done: str = "") -> Response:
    """The caller's."""
    return await _show(request, caller, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=[Depends(csrf_checked)])
async def see(request: Request, caller: Person) -> Response:
    """They have seen all."""
    form = await forms.read(request)
    asked = pb.SeeSupportsRequest(request_id=form["request_id"])
    answer: Any = await attempted(request, "see", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, caller, answer)
    return RedirectResponse(f"{PATH}?done=supports_seen", 303)


async def _show(request: Request, caller: Caller, shown: FormState) -> Response:
    asked = pb.ListSupportsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/supports.html", shown.status, private=True, here="society",
        found=[views.support(one) for one in answer.supports], next_href=next_href(PATH, answer.next_page_token),
        **shown.context(),
    )  # fmt: skip
