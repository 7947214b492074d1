"""A reminder by mail before one's permit ends: the form that asks for it, and what the links of its mails show."""

from __future__ import annotations

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.city.permitting import permitting_of
from gateway.gateway import current_gateway
from gateway.portal.economy import permits
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.mail_links import serve
from gateway.portal.kit.page import PageRoute, render, texts_of
from services.kit.caller import ANONYMOUS
from smartcity.economy.v1 import permit_followers_pb2 as pb
from smartcity.economy.v1 import permit_followers_views as views

LINKS = "/surat/izin"
_FOR = {
    "confirm": pb.PERMIT_FOLLOWER_LINK_CONFIRM,
    "end": pb.PERMIT_FOLLOWER_LINK_END,
    "extend": pb.PERMIT_FOLLOWER_LINK_EXTEND,
}

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post(f"{permits.OWN}/{{code}}/surat", dependencies=[Depends(csrf_checked)])
async def follow(request: Request, code: Code, caller: permits.Person) -> Response:
    """Asks the owner of the address. The answer is the same whether it is known or not."""
    form = await forms.read(request)
    asked = pb.CreatePermitFollowerRequest(
        request_id=form["request_id"], code=code, email=form["email"], language=form["language"]
    )
    answer = await attempted(request, "follow", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await permits.show(request, code, caller, answer)
    return RedirectResponse(f"{permits.OWN}/{code}?done=permit_followed", 303)


@router.get(f"{LINKS}/perpanjang/{{token}}")
async def extend(request: Request, token: Identifier) -> Response:
    """The way from a reminder to the form that extends the permit; to fill that in its holder logs in."""
    return await _page(request, "extend", token)


async def _page(request: Request, what: str, token: str) -> Response:
    asked = pb.GetPermitFollowerRequest(link=_FOR[what], token=token)
    answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
    found = views.permit_follower(answer.follower)
    kind = permitting_of(current_gateway(request).city).kinds.get(found.kind)
    return render(
        request, "economy/permit_follower_link.html", private=True, here="permits", what=what, found=found,
        kind=kind.name(texts_of(request).language) if kind else found.kind,
    )  # fmt: skip


serve(
    router, LINKS, _page,
    confirm=lambda key, token: pb.ConfirmPermitFollowerRequest(request_id=key, token=token),
    end=lambda key, token: pb.EndPermitFollowerRequest(request_id=key, token=token),
)  # fmt: skip
