"""Surveys in a browser without scripts: an agency asks, somebody answers, somebody judges; axe finds nothing."""

from playwright.async_api import Browser as Chromium

from services.society.surveys import timers
from smartcity.society.v1 import surveys_pb2 as pb
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.society.browsing import a_tab, look
from tests.society.surveys.surveying import DISDAG, Surveying
from tests.society.taking_part import Society

pytestmark = IN_A_BROWSER
__all__ = ["chromium"]


async def test_an_agency_asks_people_answer_and_judge_and_axe_finds_nothing(
    chromium: Chromium, society: Society
) -> None:
    surveying = Surveying(society.served)
    await surveying.judged(9)
    await surveying.case_ends("SMG-1000")
    code = await surveying.code("SMG-1000")
    draft = await surveying.draft()
    async with stand_before(society.served) as stand:
        async with a_tab(chromium, stand, DISDAG, scripts=False) as tab:
            await tab.goto("/petugas/survei")
            await tab.get_by_text("Tulis survei").click()
            await tab.fill("#title", "Jam buka pasar malam")
            await tab.fill("#text1", "Kapan Anda datang?")
            await tab.fill("#options1", "Pagi | In the morning\nMalam | At night")
            await tab.get_by_role("button", name="Simpan rancangan").click()
            await tab.fill("#close_time", "2026-12-20T17:00")
            await tab.get_by_role("button", name="Buka survei").click()
            asked = tab.url.partition("?")[0].rpartition("/")[2]
        async with a_tab(chromium, stand, scripts=False, language="en") as tab:
            await tab.goto("/sosial/survei")
            await tab.get_by_role("link", name="Jam buka pasar malam").click()
            await tab.get_by_label("At night").check()
            await tab.get_by_role("button", name="Send the answer").click()
            assert "Your answer is counted" in await tab.inner_text("#done")
            await tab.goto("/sosial/survei/isi")
            await tab.fill("#code", code)
            await tab.locator("#code-form button").click()
            for number in range(1, 10):
                await tab.locator(f"input[name=q{number}]").nth(2).check()
            await tab.locator("#judge-form button").click()
            assert "Your judgement is counted" in await tab.inner_text("#done")
        (index,) = await surveying.indexes()
        one = await surveying.asked()
        for place in range(5):
            await surveying.answer(one, place, words="Toilet")
        one = await surveying.closed(one)
        await surveying.call(pb.PublishSurveyRequest(id=one.id, etag=one.etag), DISDAG)
        society.served.pass_time(days=40)
        await timers.due(society.served.runtime)
        shown = ("/sosial/survei", f"/sosial/survei/{one.id}", f"/sosial/survei/kepuasan/{index.survey}")
        await look(chromium, stand, None, (*shown, "/sosial/survei/isi", f"/sosial/survei/{asked}"))
        desk = tuple(f"/petugas/survei/{each}" for each in (one.id, draft.id, asked))
        await look(chromium, stand, DISDAG, ("/petugas/survei", *desk))
