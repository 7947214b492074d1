"""Surveys: what is asked, what came of it, and judging a service by an invitation. Nobody needs a login."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.origins import origin_of
from gateway.callers.session import csrf_checked, current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import FormState, attempted
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.page import PageRoute, render
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.society import invitations
from services.kit.numbers import typed
from smartcity.society.v1 import satisfaction_pb2, satisfaction_views, surveys_views
from smartcity.society.v1 import surveys_pb2 as pb

PATH = "/sosial/survei"
DONE = frozenset({"survey_answered", "service_judged"})
ANSWERING = f"{PATH}/isi/jawaban"
CHECKED = [Depends(csrf_checked)]
_MOST = 20
_SHOWN = 10
_EVERY_OPEN = 200
PUBLISHED = "terbit"
"""The page of published surveys in an address, where ``page`` is that of the index."""

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)


@router.get("")
async def listed(request: Request, done: str = "") -> Response:
    """The index of agencies, the latest period first, all that agencies ask, and what came of what they asked."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    published = pb.ListSurveysRequest(
        page_size=_SHOWN, page_token=page_token(request, PUBLISHED), states=[pb.SURVEY_STATE_PUBLISHED]
    )
    index, asked, told, formulas = await asyncio.gather(
        pillars.call(satisfaction_pb2.ListSatisfactionRequest(page_size=PAGE, page_token=page_token(request)), caller),
        pillars.call(pb.ListSurveysRequest(page_size=_EVERY_OPEN, states=[pb.SURVEY_STATE_OPEN]), caller),
        pillars.call(published, caller),
        pillars.call(satisfaction_pb2.ListSatisfactionFormulasRequest(), caller),
    )
    return render(
        request, "society/surveys.html", here="society", done=done if done in DONE else "",
        index=[satisfaction_views.satisfaction(one) for one in index.satisfaction],
        surveys=[surveys_views.survey(one) for one in (*asked.surveys, *told.surveys)],
        rests_on=satisfaction_views.list_satisfaction_formulas_response(formulas),
        together=current_gateway(request).home.section("society").overview,
        next_href=next_href(PATH, index.next_page_token),
        more_href=next_href(PATH, told.next_page_token, name=PUBLISHED),
    )  # fmt: skip


@router.get("/isi")
async def by_code(request: Request) -> Response:
    """Takes the code of an invitation; it is in no address, so that no log has it."""
    return render(request, "society/survey_code.html", private=True, here="society", **FormState().context())


@router.post("/isi", dependencies=CHECKED)
async def invited(request: Request) -> Response:
    """Leads to the questions of an invitation."""
    form = await forms.read(request)
    answer = await _invitation(request, form)
    if isinstance(answer, FormState):
        return _refused(request, answer)
    return invitations.keep_and_go(request, ANSWERING, form["code"].strip())


@router.get("/isi/jawaban")
async def questions(request: Request) -> Response:
    """The questions of the invitation that this browser opened; asks for its code where it has none."""
    code = invitations.kept(request)
    return await _invited(request, Fields(code=code), FormState()) if code else RedirectResponse(f"{PATH}/isi", 303)


async def _invitation(request: Request, form: Fields) -> Any:
    asked = satisfaction_pb2.GetInvitationRequest(link_key=form["code"].strip())
    call = current_gateway(request).pillars.call(asked, current_caller(request))
    return await attempted(request, "code", form, call)


def _refused(request: Request, shown: FormState) -> Response:
    return render(request, "society/survey_code.html", shown.status, private=True, here="society", **shown.context())


async def _invited(request: Request, form: Fields, shown: FormState) -> Response:
    answer = await _invitation(request, form)
    if isinstance(answer, FormState):
        return _refused(request, answer)
    return render(
        request, "society/survey_invited.html", shown.status, private=True, here="society", code=form["code"].strip(),
        it=satisfaction_views.invitation(answer.invitation), **shown.context(),
    )  # fmt: skip


@router.post("/isi/jawaban", dependencies=CHECKED)
async def judge(request: Request) -> Response:
    """Judges the service."""
    form = await forms.read(request)
    levels = [_number(form[f"q{number}"]) for number in range(1, 10)]
    asked = satisfaction_pb2.AnswerInvitationRequest(
        request_id=form["request_id"], link_key=form["code"], words=form["q10"],
        levels=[level for level in levels if level],
    )  # fmt: skip
    answer: Any = await attempted(
        request, "judge", form, current_gateway(request).pillars.call(asked, current_caller(request))
    )
    if isinstance(answer, FormState):
        return await _invited(request, form, answer)
    response = RedirectResponse(f"{PATH}?done=service_judged", 303)
    invitations.drop(request, response, ANSWERING)
    return response


@router.get("/kepuasan/{id}")
async def satisfaction(request: Request, id: Identifier) -> Response:  # noqa: A002
    """The index of an agency and a period, with what it rests on and that of its other periods."""
    pillars, caller = current_gateway(request).pillars, current_caller(request)
    answer = await pillars.call(satisfaction_pb2.GetSatisfactionRequest(survey=id), caller)
    found = satisfaction_views.satisfaction(answer.satisfaction)
    of_agency = satisfaction_pb2.ListSatisfactionRequest(agency=answer.satisfaction.agency.id, page_size=_SHOWN)
    periods, formulas = await asyncio.gather(
        pillars.call(of_agency, caller), pillars.call(satisfaction_pb2.ListSatisfactionFormulasRequest(), caller)
    )
    rests_on = satisfaction_views.list_satisfaction_formulas_response(formulas)
    return render(
        request, "society/satisfaction.html", here="society", it=found, rests_on=rests_on,
        formulas={each.id: each for each in rests_on.formulas}, grades={each.id: each for each in rests_on.grades},
        periods=[satisfaction_views.satisfaction(one) for one in periods.satisfaction],
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier, done: str = "") -> Response:  # noqa: A002
    """A survey: its questions while it is open, and what came of it."""
    return await _show(request, id, FormState(done=done if done in DONE else ""))


@router.post("/{id}", dependencies=CHECKED)
async def answer(request: Request, id: Identifier) -> Response:  # noqa: A002
    """Answers it."""
    form = await forms.read(request)
    found = await _survey(request, id)
    answers = []
    for number, question in enumerate(found.questions, 1):
        given = form[f"q{number}"]
        if question.kind == "words" and given:
            answers.append(pb.Answer(question=number, words=given))
        elif question.kind != "words" and _number(given):
            answers.append(pb.Answer(question=number, option=_number(given)))
    asked = pb.AnswerSurveyRequest(
        request_id=form["request_id"], id=id, answers=answers, origin=origin_of(request)
    )  # fmt: skip
    done: Any = await attempted(
        request, "answer", form, current_gateway(request).pillars.call(asked, current_caller(request))
    )
    if isinstance(done, FormState):
        return await _show(request, id, done)
    return RedirectResponse(f"{PATH}/{id}?done=survey_answered", 303)


async def _show(request: Request, id_: str, shown: FormState) -> Response:
    found = await _survey(request, id_)
    if found.kind == "satisfaction":
        return RedirectResponse(f"{PATH}/kepuasan/{found.id}", 303)
    asked = pb.GetSurveyResultRequest(id=id_)
    answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    return render(
        request, "society/survey.html", shown.status, private=True, here="society", it=found,
        result=surveys_views.survey_result(answer.result), base=f"{PATH}/{found.id}", **shown.context(),
    )  # fmt: skip


async def _survey(request: Request, id_: str) -> surveys_views.Survey:
    pillars = current_gateway(request).pillars
    return surveys_views.survey((await pillars.call(pb.GetSurveyRequest(id=id_), current_caller(request))).survey)


def _number(text: str) -> int:
    """The number of an option; 0 where none is chosen."""
    number = typed(text, 2) or 0
    return number if number <= _MOST else 0
