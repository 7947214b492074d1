"""My reports: those of the login, and those of an address for whoever reads its mail; there lost keys are had again."""

from __future__ import annotations

import grpc.aio
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import Problem, from_grpc
from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys, own_data
from gateway.portal.governance.mailed import MINE
from gateway.portal.kit import forms
from gateway.portal.kit.caller_words import login_href
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.own_page import OwnPage
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.trouble import Trouble
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import mail_pb2 as pb
from smartcity.governance.v1 import mail_views

OWN_PAGE = OwnPage(MINE, "mine.title")
router = APIRouter(prefix=MINE, route_class=PageRoute, include_in_schema=False)
CHECKED = [Depends(csrf_checked)]
_DONE = frozenset({"ended"})


@router.get("")
async def mine(request: Request, tautan: str = "", done: str = "") -> Response:
    """What the reader reported, as far as they show who they are; and how to show it."""
    return await _show(request, stale=bool(tautan), done=done if done in _DONE else "")


@router.post("", dependencies=CHECKED)
async def ask(request: Request) -> Response:
    """Sends the links of an address to it. The answer is the same whether it is known or not."""
    form = await forms.read(request)
    asked = pb.RequestMyLinksRequest(request_id=form["request_id"], email=form["email"])
    try:
        await current_gateway(request).pillars.call(asked, link_keys.public_caller(request))
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        return await _show(request, form=forms.kept(form, problem), problem=problem)
    return await _show(request, sent=True)


@router.post("/kunci", dependencies=CHECKED)
async def recover(request: Request) -> Response:
    """Gives the key of a case again, and opens the case with it."""
    form, token = await forms.read(request), link_keys.mailed_of(request)
    asked = pb.RecoverLinkKeyRequest(request_id=form["request_id"], token=token or "-", code=form["code"])
    try:
        answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
        joined = await own_data.holds_key(request, answer.code, answer.link_key)
    except grpc.aio.AioRpcError as error:
        return await _show(request, problem=from_grpc(error))
    return link_keys.keep_and_go(
        request, answer.code, answer.link_key, f"{link_keys.path_of(answer.code)}?done=recovered",
        link_keys.JOINED if joined else link_keys.REPORTED,
    )  # fmt: skip


@router.post("/akhiri", dependencies=CHECKED)
async def end(request: Request) -> Response:
    """Ends all links that were mailed to the address."""
    form, token = await forms.read(request), link_keys.mailed_of(request)
    asked = pb.EndMailLinksRequest(request_id=form["request_id"], token=token or "-")
    try:
        await current_gateway(request).pillars.call(asked, ANONYMOUS)
    except grpc.aio.AioRpcError as error:
        return await _show(request, problem=from_grpc(error))
    response = RedirectResponse(f"{MINE}?done=ended", 303)
    link_keys.drop_mailed(request, response, MINE)
    return response


async def _show(
    request: Request, *, form: Fields | None = None, problem: Problem | None = None, sent: bool = False,
    stale: bool = False, done: str = "",
) -> Response:  # fmt: skip
    token, caller = link_keys.mailed_of(request), link_keys.public_caller(request)
    known = bool(caller.roles - {"anonymous"})
    proven = await _listed(request, token) if token else None
    listed = proven if proven is not None else await _listed(request, "") if known else None
    trouble = Trouble.of(problem, texts_of(request)) if problem else None
    return render(
        request, "governance/mine.html", problem.status if problem else 200, private=True, here="mine",
        listed=listed, proven=proven is not None, known=known, sent=sent, done=done,
        stale=stale or bool(token and proven is None), form=form or Fields(), login=login_href(MINE),
        next=next_href(MINE, listed.next_page_token) if listed else "",
        **(trouble.context() if trouble else {}),
    )  # fmt: skip


async def _listed(request: Request, token: str) -> mail_views.ListMyComplaintsResponse | None:
    """One page of reports; None when the link no longer holds."""
    asked = pb.ListMyComplaintsRequest(token=token, page_size=PAGE, page_token=page_token(request))
    caller = ANONYMOUS if token else link_keys.public_caller(request)
    try:
        answer = await current_gateway(request).pillars.call(asked, caller)
    except grpc.aio.AioRpcError as error:
        if not from_grpc(error).reason.startswith("MAIL_LINK_"):
            raise
        return None
    return mail_views.list_my_complaints_response(answer)
