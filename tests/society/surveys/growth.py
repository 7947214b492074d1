"""Surveys going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta

from services.society.inviting import timers as inviting_timers
from services.society.surveys import gauges, store, timers
from smartcity.society.v1 import satisfaction_pb2 as satisfaction
from smartcity.society.v1 import surveys_pb2 as pb
from tests.fixtures.pillars import Served
from tests.society.surveys.surveying import DISDAG, Surveying
from tests.society.taking_part import SITI


async def _live(served: Served) -> None:
    surveying, drafts = Surveying(served), pb.SURVEY_STATE_DRAFT
    await surveying.draft()
    draft, mistaken = await surveying.draft(), await surveying.draft()
    await surveying.call(pb.DeleteSurveyRequest(id=mistaken.id, etag=mistaken.etag), DISDAG)
    asked = pb.UpdateSurveyRequest(id=draft.id, etag=draft.etag, title="Jam pasar", questions=draft.questions)
    await surveying.call(asked, DISDAG)
    one, few = await surveying.asked(), await surveying.asked(days=1)
    for place in range(10):
        await surveying.answer(one, place, words="Saran", key="once-is-enough-for-0123456789")
        await surveying.answer(one, place, words="Saran", key="once-is-enough-for-0123456789")
    for request in (
        pb.ListSurveysRequest(page_size=1, states=[drafts], agency="disdag"),
        pb.ListSurveysRequest(page_size=1, states=[pb.SURVEY_STATE_OPEN]),
        pb.ListSurveysRequest(page_size=1),
        pb.ListSurveysRequest(page_size=1, agency="disdag"),
        pb.ListSurveyWordsRequest(page_size=1, id=one.id),
    ):
        request.page_token = (await surveying.call(request, DISDAG)).next_page_token
        await surveying.call(request, DISDAG)
    await surveying.call(pb.GetSurveyRequest(id=one.id), SITI)
    await surveying.result(one)
    one = await surveying.closed(one)
    await surveying.result(one)
    await surveying.call(pb.PublishSurveyRequest(id=one.id, etag=one.etag), DISDAG)
    await surveying.judged(6)
    await surveying.judged(5, "disdag", 300)
    await surveying.judged(1, "dlh", 100)
    await surveying.paid("SMGP-0001", "dlh")
    offer = satisfaction.OfferInvitationRequest(kind=satisfaction.ENDED_KIND_PAYMENT, code="SMGP-0001")
    assert (await surveying.call(offer)).link_key
    for agency in ("dlh", "dpu"):
        await surveying.case_ends("SMG-0200", agency)
    asked_for = satisfaction.GetInvitationRequest(link_key=await surveying.code("SMG-0200"))
    await surveying.call(asked_for)
    await surveying.call(satisfaction.ListSatisfactionFormulasRequest())
    for wanted in ({}, {"agency": "dpu"}, {"final": True}):
        page = satisfaction.ListSatisfactionRequest(page_size=1, **wanted)
        page.page_token = (await surveying.call(page)).next_page_token
        await surveying.call(page)
    await gauges.GAUGES.read(served.runtime)
    async with served.runtime.snapshot() as tx:
        await store.any_of_satisfaction(tx)
    for days in (2, 180, 400):
        served.pass_time(days=days)
        await timers.due(served.runtime)
        await timers.fold_counters(served.runtime)
    await timers.forget(served.runtime)
    await inviting_timers.forget(served.runtime)
    (index, *_) = await surveying.indexes()
    await surveying.call(satisfaction.GetSatisfactionRequest(survey=index.survey))
    await surveying.result(few, DISDAG)
    served.now -= timedelta(days=582)


LIVES = {"surveys": _live}
