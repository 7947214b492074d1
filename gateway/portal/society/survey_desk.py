"""The desk of surveys: writing one, asking it, ending it, publishing what came of it, reading words."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gateway.callers.session import csrf_checked
from gateway.gateway import current_gateway
from gateway.portal.kit import forms
from gateway.portal.kit.acting import Desk, FormState, incomplete, tried
from gateway.portal.kit.addresses import Identifier
from gateway.portal.kit.forms import Fields, lines
from gateway.portal.kit.page import PageRoute, city_words, render, texts_of
from gateway.portal.kit.paging import PAGE, next_href, page_token
from gateway.portal.kit.rewriting import shown_again
from gateway.portal.kit.staff import staff
from services.kit.caller import Caller
from smartcity.society.v1 import surveys_pb2 as pb
from smartcity.society.v1 import surveys_views as views

PATH = "/petugas/survei"
CHECKED = [Depends(csrf_checked)]
DONE = frozenset({"survey_written", "survey_opened", "survey_closed", "survey_published", "draft_discarded"})
FIELDS = 20
"""Questions that the form has room for: as many as a survey may have, since it writes all of a draft anew."""
_LEAST_OPTIONS, _OPTIONS = 2, 10
"""Of a question."""
_TEXT, _OPTION = range(3, 301), range(1, 101)
"""So many letters have a question and an option."""
_TOGETHER = [[f"{name}{number}" for name in ("kind", "text", "text_en", "options")] for number in range(1, FIELDS + 1)]
"""The entries of a question: others may have put another one in its place."""
_KINDS = {
    "choice": pb.QUESTION_KIND_CHOICE,
    "scale": pb.QUESTION_KIND_SCALE,
    "words": pb.QUESTION_KIND_WORDS,
}

router = APIRouter(prefix=PATH, route_class=PageRoute, include_in_schema=False)
Staff = Annotated[Caller, Depends(staff)]


@router.get("")
async def desk(request: Request, caller: Staff, done: str = "") -> Response:
    """The agency's surveys, or all, and the form for another."""
    return await _desk(request, caller, FormState(done=done if done in DONE else ""))


@router.post("", dependencies=CHECKED)
async def create(request: Request, caller: Staff) -> Response:
    """Writes a draft."""
    form = await forms.read(request)
    asked = pb.CreateSurveyRequest(request_id=form["request_id"], **_words(form), questions=_questions(form))
    answer: Any = await tried(request, caller, "write", form, asked, _wrong(form))
    if isinstance(answer, FormState):
        return await _desk(request, caller, answer)
    return RedirectResponse(f"{PATH}/{answer.survey.id}?done=survey_written", 303)


async def _desk(request: Request, caller: Caller, shown: FormState) -> Response:
    drafts = [pb.SURVEY_STATE_DRAFT] if (caller.agency and caller.has("officer")) or caller.has("admin") else []
    states = [*drafts, pb.SURVEY_STATE_OPEN, pb.SURVEY_STATE_CLOSED, pb.SURVEY_STATE_PUBLISHED]
    agency = "" if caller.has("admin") else caller.agency
    asked = pb.ListSurveysRequest(page_size=PAGE, page_token=page_token(request), states=states, agency=agency)
    answer = await current_gateway(request).pillars.call(asked, caller)
    return render(
        request, "society/officer_surveys.html", shown.status, private=True, here="officer", view="surveys",
        found=[views.survey(one) for one in answer.surveys], next_href=next_href(PATH, answer.next_page_token),
        fields=range(1, FIELDS + 1), **shown.context(),
    )  # fmt: skip


@router.get("/{id}")
async def one(request: Request, id: Identifier, caller: Staff, done: str = "") -> Response:  # noqa: A002
    """One of them, with what can be done now."""
    return await _show(request, id, caller, FormState(done=done if done in DONE else ""))


@router.post("/{id}", dependencies=CHECKED)
async def rewrite(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Writes a draft anew."""
    form = await forms.read(request)
    asked = pb.UpdateSurveyRequest(
        request_id=form["request_id"], id=id, etag=form["etag"], **_words(form), questions=_questions(form)
    )  # fmt: skip
    answer = await tried(request, caller, "write", form, asked, _wrong(form))
    return await _DESK.after(request, id, caller, answer, "survey_written")


@router.post("/{id}/buang", dependencies=CHECKED)
async def discard(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Throws a draft away."""
    form = await forms.read(request)
    asked = pb.DeleteSurveyRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    answer = await tried(request, caller, "discard", form, asked)
    if isinstance(answer, FormState):
        return await _show(request, id, caller, answer)
    return RedirectResponse(f"{PATH}?done=draft_discarded", 303)


@router.post("/{id}/buka", dependencies=CHECKED)
async def begin(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Asks it from now on."""
    form = await forms.read(request)
    asked = pb.OpenSurveyRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    try:
        closes = datetime.fromisoformat(form["close_time"]).replace(tzinfo=city_words(request).city.timezone)
        asked.close_time.FromDatetime(closes)
    except (ValueError, OverflowError):  # no time at all, or of no year that there is
        return await _show(request, id, caller, incomplete(request, "open", form, close_time="survey_desk.no_time"))
    return await _DESK.do(request, id, caller, "open", form, asked, "survey_opened")


@router.post("/{id}/tutup", dependencies=CHECKED)
async def close(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Ends it."""
    form = await forms.read(request)
    asked = pb.CloseSurveyRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    return await _DESK.do(request, id, caller, "close", form, asked, "survey_closed")


@router.post("/{id}/terbitkan", dependencies=CHECKED)
async def publish(request: Request, id: Identifier, caller: Staff) -> Response:  # noqa: A002
    """Publishes what came of it."""
    form = await forms.read(request)
    asked = pb.PublishSurveyRequest(request_id=form["request_id"], id=id, etag=form["etag"])
    return await _DESK.do(request, id, caller, "publish", form, asked, "survey_published")


async def _show(request: Request, id_: str, caller: Caller, shown: FormState) -> Response:
    pillars = current_gateway(request).pillars
    found = views.survey((await pillars.call(pb.GetSurveyRequest(id=id_), caller)).survey)
    own = caller.has("admin") or (found.agency is not None and caller.agency == found.agency.id)
    result = words = None
    if own and found.state != "draft":
        told, said = await asyncio.gather(
            pillars.call(pb.GetSurveyResultRequest(id=id_), caller),
            pillars.call(pb.ListSurveyWordsRequest(id=id_, page_size=PAGE, page_token=page_token(request)), caller),
        )
        result, words = views.survey_result(told.result), views.list_survey_words_response(said)
    present = _form_of(found)
    return render(
        request, "society/officer_survey.html", shown.status, private=True, here="officer", view="surveys", it=found,
        own=own, result=result, words=words, base=f"{PATH}/{found.id}", fields=range(1, FIELDS + 1),
        next_href=next_href(f"{PATH}/{found.id}", words.next_page_token if words else ""),
        **shown_again(shown, "write", present, together=_TOGETHER, words=_kinds(request, present)),
    )  # fmt: skip


def _words(form: Fields) -> dict[str, str]:
    return {name: form[name] for name in ("title", "title_en", "about", "about_en")}


def _options(form: Fields, number: int) -> list[list[str]]:
    """The options of a question, a line each; what stands behind a bar is English."""
    return [[part.strip() for part in line.split("|", 1)] for line in lines(form[f"options{number}"], _OPTIONS)]


def _english(parts: list[list[str]]) -> list[str]:
    return [each[1] for each in parts if len(each) > 1 and each[1]]


def _wrong(form: Fields) -> dict[str, str]:
    """Which question is wrong, as keys of texts by its entry: a pillar counts only those that have a text."""
    wrong = {}
    for number in range(1, FIELDS + 1):
        parts, text, english = _options(form, number), form[f"text{number}"], form[f"text_en{number}"]
        if not text and not parts and not english:
            continue
        if len(text) not in _TEXT or len(english) > _TEXT[-1]:
            wrong[f"text{number}"] = "survey_desk.text_wrong"
        if form[f"kind{number}"] == "words":
            if parts:
                wrong[f"options{number}"] = "survey_desk.words_alone"
        elif text and not _fit(parts):
            wrong[f"options{number}"] = "survey_desk.options_wrong"
    return wrong


def _fit(parts: list[list[str]]) -> bool:
    """Whether these are options of a question."""
    names, english = [each[0] for each in parts], _english(parts)
    differ = len(set(names)) == len(names) and len(english) in (0, len(names))
    return _LEAST_OPTIONS <= len(names) <= _OPTIONS and differ and all(len(one) in _OPTION for one in names + english)


def _questions(form: Fields) -> list[pb.Question]:
    """The questions that have a text."""
    found = []
    for number in range(1, FIELDS + 1):
        if not form[f"text{number}"].strip():
            continue
        parts = _options(form, number)
        kind = _KINDS.get(form[f"kind{number}"], pb.QUESTION_KIND_CHOICE)
        found.append(
            pb.Question(
                kind=kind, text=form[f"text{number}"], text_en=form[f"text_en{number}"],
                options=[each[0] for each in parts], options_en=_english(parts),
            )
        )  # fmt: skip
    return found


def _kinds(request: Request, present: Fields) -> dict[str, str]:
    """The words of what kind its questions are."""
    texts = texts_of(request)
    return {name: texts(f"question_kind.{kind}") for name, kind in present.items() if name.startswith("kind")}


def _form_of(one: views.Survey) -> Fields:
    """The entries of the form that would write this survey."""
    found = {"title": one.title, "title_en": one.title_en, "about": one.about, "about_en": one.about_en}
    found |= {f"kind{number}": "choice" for number in range(1, FIELDS + 1)}  # as an empty question's form has it
    for number, question in enumerate(one.questions, 1):
        english = question.options_en or [""] * len(question.options)
        options = [f"{id_} | {en}" if en else id_ for id_, en in zip(question.options, english, strict=False)]
        found |= {
            f"kind{number}": question.kind or "", f"text{number}": question.text, f"text_en{number}": question.text_en,
            f"options{number}": "\n".join(options),
        }  # fmt: skip
    return Fields(found)


_DESK = Desk(PATH, _show)
