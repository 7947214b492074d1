"""Ballots: a list, a page of each with its paper to vote on, and its result."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import grpc.aio
import msgspec
from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted, signed_in
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.page import PageRoute, city_words, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from services.kit.caller import Caller
from services.kit.numbers import typed
from smartcity.society.v1 import ballots_pb2 as pb
from smartcity.society.v1 import ballots_views as views

PATH = "/sosial/suara"
DONE = frozenset({"ballot_voted"})

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request) -> Response:
    """All of them, the newest first."""
    asked = pb.ListBallotsRequest(page_size=PAGE, page_token=page_token(request))
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return render(
        request, "society/ballots.html", here="society", found=[views.ballot(one) for one in answer.ballots],
        next_href=next_href(PATH, answer.next_page_token),
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier, done: str = "") -> Response:  # noqa: A002
    """One of them. That somebody has voted it says; how, nothing says."""
    return await _show(request, id, current_caller(request), FormState(done=done if done in DONE else ""))


@router.post("/{id}", dependencies=[Depends(csrf_checked)])
async def vote(request: Request, id: Identifier, caller: Annotated[Caller, Depends(signed_in)]) -> Response:  # noqa: A002
    """Votes."""
    form = await forms.read(request)
    chosen = [typed(value, 2) for value in form.all("option")]
    asked = pb.CastVoteRequest(request_id=form["request_id"], id=id, options=[each for each in chosen if each])
    answer: Any = await attempted(request, "vote", form, current_gateway(request).pillars.call(asked, caller))
    if isinstance(answer, FormState):
        return await _show(request, id, caller, answer)
    return RedirectResponse(f"{PATH}/{id}?done=ballot_voted", 303)


async def _show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    asked: list[Any] = [pillars.call(pb.GetBallotRequest(id=id_), caller)]
    if caller.has("citizen"):
        asked.append(_of_voter(request, id_, caller))
    answers = await asyncio.gather(*asked)
    found = views.ballot(answers[0].ballot)
    result = None
    if found.state == "counted":
        told = await pillars.call(pb.GetBallotResultRequest(id=id_), caller)
        result = views.ballot_result(told.result)
    return render(
        request, "society/ballot.html", shown.status, private=True, here="society", it=found, result=result,
        voter=answers[1] if len(answers) > 1 else None, base=f"{PATH}/{found.id}", **terms(request, found),
        results={each.number: each for each in result.options} if result else {}, **shown.context(),
    )  # fmt: skip


def terms(request: Request, found: views.Ballot) -> dict[str, Any]:
    """For the template: where voters of a ballot live, and what an option costs."""
    city = city_words(request).city
    return {
        "places": [city.told_apart(code) or code for code in found.areas],
        "priced": lambda units: msgspec.structs.replace(found.budget, units=units) if found.budget else None,
    }


async def _of_voter(request: Request, id_: str, caller: Caller) -> views.Voter | None:
    """What the caller may do; None where the city takes no votes."""
    try:
        answer = await current_gateway(request).pillars.call(pb.GetVoterRequest(id=id_), caller)
    except grpc.aio.AioRpcError as error:
        if error.code() is grpc.StatusCode.FAILED_PRECONDITION:
            return None
        raise
    return views.voter(answer.voter)
