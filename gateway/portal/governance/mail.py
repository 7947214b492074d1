"""Where the links in mails lead: to a page with one button. Looking at it changes nothing, since scanners open links.

The links are signed and stand for their reader, so these forms carry no token of the browser's: mail programs send the
one of ``List-Unsubscribe`` by themselves (RFC 8058).
"""

from __future__ import annotations

import re

import grpc.aio
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from gateway.answers.problems import from_grpc
from gateway.bodies.body import body_of
from gateway.bodies.kinds import NOTHING, Kind
from gateway.gateway import current_gateway
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.own_values import new_key
from gateway.portal.kit.page import PageRoute, problem_page, render
from services.kit.caller import ANONYMOUS
from smartcity.governance.v1 import mail_pb2 as pb
from smartcity.governance.v1 import mail_views

router = APIRouter(prefix="/surat", route_class=PageRoute, include_in_schema=False)

_BOUNCE = Kind(bytes=256 * 1024)
_FAILED = [re.compile(each, re.MULTILINE | re.IGNORECASE) for each in (rb"^Action:\s*failed\b", rb"^Status:\s*5\.\d")]


@router.get("/konfirmasi/{token}")
async def ask(request: Request, token: Identifier) -> Response:
    """Asks whether the address is theirs."""
    return await _page(request, "confirm", pb.MAIL_LINK_CONFIRM, token)


@router.post("/konfirmasi/{token}")
async def confirm(request: Request, token: Identifier) -> Response:
    """It is."""
    body_of(request).take(NOTHING)
    asked = pb.ConfirmAddressRequest(request_id=new_key(), token=token)
    try:
        await current_gateway(request).pillars.call(asked, ANONYMOUS)
    except grpc.aio.AioRpcError as error:
        return problem_page(request, from_grpc(error))
    return await _page(request, "confirm", pb.MAIL_LINK_CONFIRM, token)


@router.get("/berhenti/{token}")
async def ask_stop(request: Request, token: Identifier) -> Response:
    """Asks whether mail shall end."""
    return await _page(request, "stop", pb.MAIL_LINK_STOP, token)


@router.post("/berhenti/{token}")
async def stop(request: Request, token: Identifier) -> Response:
    """It shall. The body that RFC 8058 asks for says no more than the address does, so it stays unread."""
    body_of(request).take(NOTHING)
    asked = pb.UnsubscribeRequest(request_id=new_key(), token=token)
    await current_gateway(request).pillars.call(asked, ANONYMOUS)
    return await _page(request, "stop", pb.MAIL_LINK_STOP, token)


@router.post("/kembali/{token}")
async def bounce(request: Request, token: Identifier) -> Response:
    """Takes a mail that came back, as the city's mail server passes it on: the body is the bounce itself (RFC 3464)."""
    body_of(request).take(_BOUNCE)
    if _failed_for_good(await request.body()):
        asked = pb.ReportBounceRequest(request_id=new_key(), token=token)
        await current_gateway(request).pillars.call(asked, ANONYMOUS)
    return Response(status_code=204)


async def _page(request: Request, what: str, link: pb.MailLink.ValueType, token: str) -> Response:
    asked = pb.GetMailLinkRequest(link=link, token=token)
    answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
    found = mail_views.get_mail_link_response(answer)
    return render(
        request, "governance/mail_link.html", private=True, what=what, code=found.code, state=found.state,
        done=found.state == ("confirmed" if what == "confirm" else "unsubscribed"),
    )  # fmt: skip


def _failed_for_good(data: bytes) -> bool:
    """Whether a bounce says that it will not be delivered: no holiday notice, and no mail that is only late.

    Its lines are looked for where they stand. Taking a stranger's mail apart costs more than it tells.
    """
    return b"message/delivery-status" in data.lower() and all(line.search(data) for line in _FAILED)
