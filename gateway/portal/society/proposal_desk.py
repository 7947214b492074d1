"""The desk of proposals: those that wait to be published, those that wait for an answer, and what became of them."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms, money
from gateway.portal.kit.acting import FormState, attempted, incomplete
from gateway.portal.kit.addresses import Code, Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.sought import code_sought
from gateway.portal.kit.staff import staff
from gateway.portal.kit.way_back import NAME, kept, onward, trail, way_back
from gateway.portal.society.comment_desk import decision
from gateway.portal.society.proposals import everybody_sees
from services.kit.caller import Caller
from smartcity.society.v1 import comments_pb2, comments_views
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.society.v1 import proposals_views as views

PATH = "/petugas/usulan"
CHECKED = [Depends(csrf_checked)]
STATES = (
    "open", "accepted", "chosen", "not_chosen", "in_progress", "done", "declined", "refused", "merged", "withdrawn",
)  # fmt: skip
LINKS = ("complaint", "cleanup", "payment", "permit")
DONE = frozenset({"proposal_answered", "proposal_merged", "proposal_carried", "proposal_reported", "comment_hidden"})
_REVIEWS = {
    "waiting": ("open", "refused"),
    "refused": ("open",),
    "open": ("accepted", "declined", "refused"),
    "accepted": ("declined",),
    "chosen": ("declined",),
    "not_chosen": ("accepted",),
    "declined": ("accepted",),
}
"""What may be answered, by the state; the pillar decides."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, keadaan: str = "open") -> Response:
    """Those that wait, and those in a state. A code leads to its proposal."""
    if isinstance(sought := await code_sought(request, "U", partial(_of, request, caller)), str):
        return RedirectResponse(f"{PATH}/{sought}", 303)
    state = keadaan if keadaan in STATES else "open"
    pillars = current_gateway(request).pillars
    waiting = pb.ListProposalsRequest(page_size=PAGE, states=[pb.PROPOSAL_STATE_WAITING])
    asked = pb.ListProposalsRequest(
        page_size=PAGE, page_token=page_token(request), states=[views.PROPOSAL_STATE_NUMBERS[state]],
        agency="" if caller.has("admin") else caller.agency,
    )  # fmt: skip
    unread, found = await asyncio.gather(pillars.call(waiting, caller), pillars.call(asked, caller))
    shown = sought or FormState()
    return render(
        request, "society/officer_proposals.html", shown.status, private=True, here="officer", view="proposals",
        state=state, states=STATES, waiting=[views.proposal(one) for one in unread.proposals],
        more=bool(unread.next_page_token), found=[views.proposal(one) for one in found.proposals],
        next_href=next_href(PATH, found.next_page_token, keadaan=state),
        trail=trail(PATH, keadaan=state, page=page_token(request) or None), **shown.context(),
    )  # fmt: skip


@router.get("/{code}")
async def one(request: Request, code: Code, caller: Staff, done: str = "") -> Response:
    """One proposal, and what can be done with it."""
    return await _one(request, code, caller, FormState(done=done if done in DONE else ""))


@router.post("/{code}/jawab", dependencies=CHECKED)
async def review(request: Request, code: Code, caller: Staff) -> Response:
    """Answers it."""
    form = await forms.read(request)
    state = views.PROPOSAL_STATE_NUMBERS.get(form["state"], pb.PROPOSAL_STATE_UNSPECIFIED)
    asked = pb.ReviewProposalRequest(**_said(form, code), state=state)
    if form["cost"]:
        units = money.typed(form["cost"])
        if units is None:
            return await _one(request, code, caller, incomplete(request, "review", form, cost="proposal.cost_wrong"))
        asked.cost.CopyFrom(money.message(units, city_words(request).city.currency))
    return await _act(request, code, caller, "review", form, asked, "proposal_answered")


@router.post("/{code}/gabung", dependencies=CHECKED)
async def merge(request: Request, code: Code, caller: Staff) -> Response:
    """Joins it to another."""
    form = await forms.read(request)
    asked = pb.MergeProposalRequest(**_said(form, code), into=form["into"][:32])
    return await _act(request, code, caller, "merge", form, asked, "proposal_merged")


@router.post("/{code}/bawa", dependencies=CHECKED)
async def carry(request: Request, code: Code, caller: Staff) -> Response:
    """Carries it on to the next process."""
    form = await forms.read(request)
    process = form["process"].rstrip("/").rpartition("/")[2][:64]  # its address does as well
    asked = pb.CarryProposalRequest(**_said(form, code), process=process)
    return await _act(request, code, caller, "carry", form, asked, "proposal_carried")


@router.post("/{code}/kabar", dependencies=CHECKED)
async def report(request: Request, code: Code, caller: Staff) -> Response:
    """Tells how it is carried out."""
    form = await forms.read(request)
    asked = pb.ReportProposalRequest(
        **_said(form, code), finished=form.flag("finished"), reference=form["reference"][:64],
        link=views.PROPOSAL_LINK_KIND_NUMBERS.get(form["link"], pb.PROPOSAL_LINK_KIND_UNSPECIFIED),
    )  # fmt: skip
    return await _act(request, code, caller, "report", form, asked, "proposal_reported")


@router.post("/{code}/komentar/{id}", dependencies=CHECKED)
async def hide(request: Request, code: Code, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Keeps a comment back that was shown."""
    form = await forms.read(request)
    return await _act(request, code, caller, id, form, decision(form, id), "comment_hidden")


def _said(form: Fields, code: str) -> dict[str, Any]:
    return {"request_id": form["request_id"], "code": code, "etag": form["etag"], "note": form["note"]}


async def _act(
    request: Request, code: str, caller: Caller, doing: str, form: Fields, asked: Any, done: str
) -> Response:  # fmt: skip
    answer = await attempted(request, doing, form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _one(request, code, caller, answer)
    return RedirectResponse(onward(request, f"{PATH}/{code}", done=done), 303)


async def _of(request: Request, caller: Caller, code: str) -> views.Proposal:
    answer = await current_gateway(request).pillars.call(pb.GetProposalRequest(code=code), caller)
    return views.proposal(answer.proposal)


async def _one(request: Request, code: str, caller: Caller, shown: FormState) -> Response:
    found = await _of(request, caller, code)
    office = caller.has("admin") or caller.agency == found.agency
    reviews = _REVIEWS.get(found.state or "", ()) if found.words else ()  # what has no words any more is not published
    said = await _comments(request, caller, found)
    back = way_back(request)
    return render(
        request, "society/officer_proposal.html", shown.status, private=True, here="officer", view="proposals",
        it=found, office=office, reviews=reviews, links=LINKS, back=back, trail=kept(request),
        comments=[comments_views.comment(each) for each in said.comments],
        next_href=next_href(f"{PATH}/{code}", said.next_page_token, **({NAME: back} if back else {})),
        **shown.context(),
    )  # fmt: skip


async def _comments(request: Request, caller: Caller, found: views.Proposal) -> comments_pb2.ListCommentsResponse:
    """Those that everybody sees."""
    if not everybody_sees(found):
        return comments_pb2.ListCommentsResponse()
    asked = comments_pb2.ListCommentsRequest(code=found.code, page_size=PAGE, page_token=page_token(request))
    answer: comments_pb2.ListCommentsResponse = await current_gateway(request).pillars.call(asked, caller)
    return answer
