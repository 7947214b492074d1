"""The moderators' desk: comments that wait to be read."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.society.v1 import comments_pb2 as pb
from smartcity.society.v1 import comments_views as views

PATH = "/petugas/komentar"
DONE = frozenset({"comment_shown", "comment_hidden"})
router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, done: str = "") -> Response:
    """Those that wait, the oldest first."""
    return await _desk(request, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}", dependencies=[Depends(csrf_checked)])
async def moderate(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Shows one or keeps it back, by the button that was pressed."""
    form = await forms.read(request)
    asked = decision(form, id)
    answer = await attempted(request, id, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    shown = asked.state == pb.COMMENT_STATE_SHOWN
    return RedirectResponse(f"{PATH}?done={'comment_shown' if shown else 'comment_hidden'}", 303)


def decision(form: Fields, id_: str) -> pb.ModerateCommentRequest:
    """What becomes of a comment, by the button that was pressed."""
    state = pb.COMMENT_STATE_SHOWN if form["state"] == "shown" else pb.COMMENT_STATE_HIDDEN
    return pb.ModerateCommentRequest(
        request_id=form["request_id"], id=id_, etag=form["etag"], note=form["note"], state=state
    )


async def _desk(request: Request, caller: Caller, shown: FormState) -> Response:
    asked = pb.ListWaitingCommentsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/officer_comments.html", shown.status, private=True, here="officer", view="proposals",
        found=[views.comment(each) for each in answer.comments],
        next_href=next_href(PATH, answer.next_page_token), **shown.context(),
    )  # fmt: skip
