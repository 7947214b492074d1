"""Where the links in mails that act lead to: opened by GET, which changes nothing; what acts are the pages' forms.

The token moves into a cookie of the pages that it is for, so that it leaves the address bar, the history and referrers.
A link that no longer holds leads to a page that sends another: to the address that was confirmed, and to no other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import grpc
import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.answers.problems import from_grpc
from gateway.bodies.body import body_of
from gateway.bodies.kinds import NOTHING
from gateway.gateway import current_gateway
from gateway.portal.governance import link_keys
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_values import new_key
from gateway.portal.kit.page import PageRoute, render, texts_of
from gateway.portal.kit.trouble import Trouble
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import mail_pb2 as pb
from smartcity.governance.v1 import mail_views

router = APIRouter(prefix="/surat", route_class=PageRoute, include_in_schema=False)

MINE = "/laporan-saya"
"""The page of one's own reports."""


@dataclass(frozen=True)
class Mailed:
    """The mailed link by which the reader of a case came."""

    good: bool
    """Whether it acts."""
    acts: frozenset[str]
    until: datetime | None


async def of(request: Request) -> Mailed | None:
    """The mailed link that this browser keeps for the case of this page; None when it has none of ours."""
    token = link_keys.mailed_of(request)
    if not token:
        return None
    try:
        found = await _look(request, pb.MAIL_LINK_CASE, token)
    except grpc.aio.AioRpcError as error:
        if error.code() is not grpc.StatusCode.NOT_FOUND:
            raise
        return None
    return Mailed(found.standing == "good", frozenset(found.acts), found.expire_time)


@router.get("/laporan/{token}")
async def open_case(request: Request, token: Identifier) -> Response:
    """Opens the case; a link that no longer holds offers another."""
    found = await _look(request, pb.MAIL_LINK_CASE, token)
    if found.standing != "good":
        return _stale(request, found)
    path = link_keys.path_of(found.code)
    response = RedirectResponse(path, 303)
    link_keys.keep_mailed(request, response, path, token)
    return response


@router.post("/laporan/{token}")
async def ask(request: Request, token: Identifier) -> Response:
    """Sends another link to the address that this one was mailed to."""
    body_of(request).take(NOTHING)
    found = await _look(request, pb.MAIL_LINK_CASE, token)
    asked = pb.RequestMailLinkRequest(request_id=new_key(), code=found.code, link_key=token)
    try:
        await current_gateway(request).pillars.call(asked, ANONYMOUS)
    except grpc.aio.AioRpcError as error:
        problem = from_grpc(error)
        return _stale(request, found, Trouble.of(problem, texts_of(request)), problem.status)
    return _stale(request, found, done=True)


@router.get("/laporan-saya/{token}")
async def open_mine(request: Request, token: Identifier) -> Response:
    """Opens the list of one's reports."""
    found = await _look(request, pb.MAIL_LINK_MINE, token)
    if found.standing != "good":
        return RedirectResponse(f"{MINE}?tautan=lama", 303)
    response = RedirectResponse(MINE, 303)
    link_keys.keep_mailed(request, response, MINE, token)
    return response


async def _look(request: Request, link: pb.MailLink.ValueType, token: str) -> mail_views.GetMailLinkResponse:
    answer = await current_gateway(request).pillars.call(pb.GetMailLinkRequest(link=link, token=token), ANONYMOUS)
    return mail_views.get_mail_link_response(answer)


def _stale(
    request: Request, found: mail_views.GetMailLinkResponse, trouble: Trouble | None = None, status: int = 200, *,
    done: bool = False,
) -> Response:  # fmt: skip
    return render(
        request, "governance/mail_stale.html", status, private=True, code=found.code, standing=found.standing,
        sent=done, **(trouble.context() if trouble else {}),
    )  # fmt: skip
