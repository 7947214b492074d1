"""News of one's course by mail: the form that asks for them, and what the links of their mails show."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.mail_links import serve
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.society import enrolments
from services.kit.caller import ANONYMOUS, Caller
from smartcity.society.v1 import course_followers_pb2 as pb
from smartcity.society.v1 import course_followers_views as views

LINKS = "/surat/kursus"

router = APIRouter(route_class=PageRoute, include_in_schema=False)


@router.post(f"{enrolments.PATH}/{{id}}/surat", dependencies=[Depends(csrf_checked)])
async def follow(request: Request, id: Identifier, caller: Annotated[Caller, Depends(signed_in)]) -> Response:  # noqa: A002
    """Asks the owner of the address. The answer is the same whether it is known or not."""
    form = await forms.read(request)
    asked = pb.CreateCourseFollowerRequest(
        request_id=form["request_id"], enrolment=id, email=form["email"], language=form["language"]
    )
    answer = await attempted(request, "follow", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await enrolments.show(request, id, caller, answer)
    return RedirectResponse(f"{enrolments.PATH}/{id}?done=course_followed", 303)


async def _page(request: Request, what: str, token: str) -> Response:
    link = pb.COURSE_FOLLOWER_LINK_CONFIRM if what == "confirm" else pb.COURSE_FOLLOWER_LINK_END
    asked = pb.GetCourseFollowerRequest(link=link, token=token)
    answer = await current_gateway(request).pillars.call(asked, ANONYMOUS)
    return render(
        request, "society/course_follower_link.html", private=True, here="society", what=what,
        found=views.course_follower(answer.follower),
    )  # fmt: skip


serve(
    router, LINKS, _page,
    confirm=lambda key, token: pb.ConfirmCourseFollowerRequest(request_id=key, token=token),
    end=lambda key, token: pb.EndCourseFollowerRequest(request_id=key, token=token),
)  # fmt: skip
