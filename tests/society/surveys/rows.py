"""Whom a survey concerns: the agency that asks, and the administrators; who answers is nobody's to know."""

from collections.abc import Awaitable, Callable
from typing import Any

from smartcity.society.v1 import satisfaction_pb2 as satisfaction
from smartcity.society.v1 import surveys_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.surveys.surveying import DISDAG, DPU, QUESTIONS, Surveying
from tests.society.taking_part import SITI

Make = Callable[[Served], Awaitable[Any]]


async def _create(_: Served) -> Any:
    return pb.CreateSurveyRequest(request_id=request_id(), title="Jam buka pasar", questions=QUESTIONS)


async def _list(_: Served) -> Any:
    return pb.ListSurveysRequest(states=[pb.SURVEY_STATE_DRAFT], agency="disdag")


async def _update(served: Served) -> Any:
    one = await Surveying(served).draft()
    return pb.UpdateSurveyRequest(
        request_id=request_id(), id=one.id, etag=one.etag, title="Jam pasar", questions=QUESTIONS
    )


async def _delete(served: Served) -> Any:
    one = await Surveying(served).draft()
    return pb.DeleteSurveyRequest(request_id=request_id(), id=one.id, etag=one.etag)


async def _open(served: Served) -> Any:
    surveying = Surveying(served)
    request = surveying.opening(await surveying.draft())
    request.request_id = request_id()
    return request


async def _close(served: Served) -> Any:
    one = await Surveying(served).asked()
    return pb.CloseSurveyRequest(request_id=request_id(), id=one.id, etag=one.etag)


async def _publish(served: Served) -> Any:
    surveying = Surveying(served)
    one = await surveying.asked()
    for place in range(5):
        await surveying.answer(one, place)
    one = await surveying.closed(one)
    return pb.PublishSurveyRequest(request_id=request_id(), id=one.id, etag=one.etag)


async def _words(served: Served) -> Any:
    return pb.ListSurveyWordsRequest(id=(await Surveying(served).asked()).id)


async def _answer(served: Served) -> Any:
    one = await Surveying(served).asked()
    answers = [pb.Answer(question=1, option=1), pb.Answer(question=2, option=1)]
    return pb.AnswerSurveyRequest(request_id=request_id(), id=one.id, answers=answers)


async def _code(served: Served) -> str:
    surveying, reference = Surveying(served), f"SMG-{request_id()[:8]}"
    await surveying.case_ends(reference)
    return await surveying.code(reference)


async def _invitation(served: Served) -> Any:
    return satisfaction.GetInvitationRequest(link_key=await _code(served))


async def _judge(served: Served) -> Any:
    return satisfaction.AnswerInvitationRequest(request_id=request_id(), link_key=await _code(served), levels=[3] * 9)


async def _offer(served: Served) -> Any:
    await _code(served)
    return satisfaction.OfferInvitationRequest(kind=satisfaction.ENDED_KIND_COMPLAINT, code="SMG-7K4P-92")


ROWS = {
    "SurveyService.CreateSurvey": Row(_create, (DISDAG, DPU)),
    "SurveyService.ListSurveys": Row(_list, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.UpdateSurvey": Row(_update, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.DeleteSurvey": Row(_delete, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.OpenSurvey": Row(_open, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.CloseSurvey": Row(_close, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.PublishSurvey": Row(_publish, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.ListSurveyWords": Row(_words, (DISDAG, ADMIN), (DPU,)),
    "SurveyService.AnswerSurvey": Row(_answer, (SITI, DPU), own=True),
    "SatisfactionService.GetInvitation": Row(_invitation, (SITI, DPU), own=True),
    "SatisfactionService.AnswerInvitation": Row(_judge, (SITI, DISDAG), own=True),
    "SatisfactionService.OfferInvitation": Row(_offer, (SITI, DPU), own=True),
}
NOBODY_OWNS = {
    "SurveyService.CreateSurvey": "names no person",
    "SurveyService.UpdateSurvey": "names no person",
    "SurveyService.DeleteSurvey": "names no person",
    "SurveyService.OpenSurvey": "names no person",
    "SurveyService.CloseSurvey": "names no person",
    "SurveyService.AnswerSurvey": "what anybody does, for themselves; nothing tells who",
    "SatisfactionService.AnswerInvitation": "what whoever has the code does; nothing tells who",
    "SurveyService.PublishSurvey": "what came of it is counts, the same whoever publishes them",
}
"""Why a change is no decision on a matter of somebody's own."""
