"""News of a proposal by mail: the form that asks for them, and what the links of their mails show."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Code
from gateway.portal.kit.mail_links import serve
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.society.author_keys import key_of, path_of
from gateway.portal.society.proposals import Writer, show
from services.kit.caller import ANONYMOUS
from smartcity.society.v1 import followers_pb2 as pb
from smartcity.society.v1 import followers_views as views

LINKS = "/surat/usulan"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post("/sosial/usulan/{code}/ikuti", dependencies=[Depends(csrf_checked)])
async def follow(request: Request, code: Code, caller: Writer) -> Response:
    """Asks the owner of the address. The answer is the same whether it is known or not."""
    form = await forms.read(request)
    asked = pb.CreateFollowerRequest(
        request_id=form["request_id"], code=code, link_key=key_of(request), email=form["email"],
        language=form["language"],
    )  # fmt: skip
    answer = await attempted(request, "follow", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await show(request, code, answer)
    return RedirectResponse(f"{path_of(code)}?done=proposal_followed", 303)


async def _page(request: Request, what: str, token: str) -> Response:
    link = pb.FOLLOWER_LINK_CONFIRM if what == "confirm" else pb.FOLLOWER_LINK_END
    answer = await current_gateway(request).pillars.call(pb.GetFollowerRequest(link=link, token=token), ANONYMOUS)
    return render(
        request, "society/follower_link.html", private=True, here="society", what=what,
        found=views.follower(answer.follower),
    )  # fmt: skip


serve(
    router, LINKS, _page,
    confirm=lambda key, token: pb.ConfirmFollowerRequest(request_id=key, token=token),
    end=lambda key, token: pb.EndFollowerRequest(request_id=key, token=token),
)  # fmt: skip
