"""Pages of surveys through a gateway, without JavaScript: an agency asks, people answer, everybody sees the result."""

import asyncio
from typing import Any

import httpx
import pytest
from lxml import html

from gateway.portal.society import surveys
from services.society.inviting.model import Kind
from services.society.surveys import timers
from smartcity.society.v1 import surveys_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.pages import reader, said
from tests.society.proposals.test_pages import sent
from tests.society.surveys.surveying import DISDAG, LEVELS, Surveying
from tests.society.taking_part import Society


async def test_whoever_is_invited_judges_on_a_page_and_the_index_is_shown(
    society: Society, visitor: httpx.AsyncClient
) -> None:
    surveying = Surveying(society.served)
    await surveying.judged(9)
    await surveying.paid("SMGP-0001", "dpu")
    code = await surveying.code("SMGP-0001", Kind.PAYMENT)
    page = await visitor.get("/sosial/survei/isi")
    wrong = await sent(visitor, page.text, "code-form", code="abc")
    assert wrong.status_code == 404
    assert "no such code" in wrong.text
    asked = await sent(visitor, page.text, "code-form", code=code)
    assert asked.status_code == 200, asked.text
    assert asked.text.count("<fieldset>") == 9
    assert (await visitor.get(asked.url)).text.count("<fieldset>") == 9, "it can be come back to"
    fields = {f"q{number}": str(level) for number, level in enumerate(LEVELS, 1)}
    lacking = await sent(visitor, asked.text, "judge-form", **{**fields, "q3": "001999999999999"})
    assert lacking.status_code == 422
    assert 'id="problem"' in lacking.text
    done = await sent(visitor, lacking.text, "judge-form", **fields)
    assert "Your judgement is counted" in done.text
    listed = (await visitor.get("/sosial/survei")).text
    assert "80.56" in listed
    assert "going on" in listed
    society.served.pass_time(days=40)
    await timers.due(society.served.runtime)
    (index,) = await surveying.indexes()
    shown = (await visitor.get(f"/sosial/survei/kepuasan/{index.survey}")).text
    for words in ("80.56", "80.48", "79.75", "From 10 answers, of 10 reports", "Enough by the table"):
        assert words in shown
    sheet = (await visitor.get("/v1/satisfaction.csv")).text.splitlines()
    assert sheet[1].startswith("dpu,2026-10-01,2026-12-31,yes,10,10,10,80.56,B,per-sembilan,3.00,3.00,4.00")


async def test_the_index_on_the_home_page_stands_on_the_page_that_it_leads_to(
    society: Society, visitor: httpx.AsyncClient
) -> None:
    surveying = Surveying(society.served)
    await surveying.judged(9)
    society.served.pass_time(days=40)
    await timers.due(society.served.runtime)
    async with asyncio.timeout(10):
        while not (home := html.fromstring((await visitor.get("/")).text)).xpath("//*[@id='satisfaction']"):
            await asyncio.sleep(0.1)  # the home is a second behind
    (figure,) = home.xpath("//*[@id='satisfaction']/text()")
    (link,) = home.xpath("//*[@id='satisfaction']/preceding-sibling::dt/a/@href")
    page = html.fromstring((await visitor.get(link)).text)
    together = said(page, link.partition("#")[2])
    assert figure in together
    assert "from 9 answers of periods that ended in 2026" in together


async def test_fewer_than_five_answers_are_not_told_as_none(society: Society, visitor: httpx.AsyncClient) -> None:
    await Surveying(society.served).judged(3)
    page = (await visitor.get("/sosial/survei")).text
    assert 'data-name="Answers">–<' in page, page
    sheet = (await visitor.get("/v1/satisfaction.csv")).text.splitlines()
    assert sheet[1].startswith("dpu,2026-10-01,2026-12-31,no,,3,")


async def test_a_survey_is_answered_on_its_page(society: Society, visitor: httpx.AsyncClient) -> None:
    surveying = Surveying(society.served)
    one = await surveying.asked()
    page = await visitor.get(f"/sosial/survei/{one.id}")
    assert "So few people have answered so far" in page.text
    assert '<span lang="id">Kapan Anda ke pasar?</span>' in page.text, "a voice reads it in its own language"
    wrong = await sent(visitor, page.text, "answer-form", q1="002999999999999", q2="\N{SUPERSCRIPT TWO}", q3="")
    assert wrong.status_code == 422
    done = await sent(visitor, page.text, "answer-form", q1="2", q2="3", q3="Toilet")
    assert "Your answer is counted" in done.text, done.text
    for place in range(4):
        await surveying.answer(one, place)
    one = await surveying.closed(one)
    assert "not published yet" in (await visitor.get(f"/sosial/survei/{one.id}")).text
    await surveying.call(pb.PublishSurveyRequest(id=one.id, etag=one.etag), DISDAG)
    shown = (await visitor.get(f"/sosial/survei/{one.id}")).text
    assert "5 people have answered" in shown
    assert "hidden" in shown
    sheet = (await visitor.get(f"/v1/surveys/{one.id}/result.csv")).text.splitlines()
    assert sheet[1] == "1,Kapan Anda ke pasar?,1,Pagi,,yes,"


async def test_a_survey_that_few_have_answered_warns_before_it_is_closed_and_offers_no_publishing_then(
    society: Society,
) -> None:
    surveying = Surveying(society.served)
    one = await surveying.asked()
    await surveying.answer(one, 0)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        async with officer.client:
            before = await officer.page(f"/petugas/survei/{one.id}")
            after = await officer.send(f"/petugas/survei/{one.id}", "close-form")
    assert "Fewer than five may have answered" in said(before, "few")
    assert "Fewer than five people have answered" in said(after, "answers")
    assert after.xpath("//form[@id='publish-form']") == []


async def test_a_survey_that_enough_have_answered_is_closed_without_a_warning_and_published(society: Society) -> None:
    surveying = Surveying(society.served)
    one = await surveying.asked()
    for place in range(11):
        await surveying.answer(one, place)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        async with officer.client:
            before = await officer.page(f"/petugas/survei/{one.id}")
            await officer.send(f"/petugas/survei/{one.id}", "close-form")
            after = await officer.send(f"/petugas/survei/{one.id}", "publish-form")
    assert (said(before, "few"), after.xpath("//*[@id='state']/@data-state")) == ("", ["published"])


async def test_a_survey_that_ended_before_its_time_says_when(society: Society, visitor: httpx.AsyncClient) -> None:
    surveying = Surveying(society.served)
    early, due = await surveying.asked(days=20), await surveying.asked(days=3)
    society.served.pass_time(days=2)
    await surveying.closed(early)
    society.served.pass_time(days=2)
    await timers.due(society.served.runtime)
    told = []
    for one in (early, due):
        page = html.fromstring((await visitor.get(f"/sosial/survei/{one.id}")).text)
        told.append(said(page, "until"))
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        async with officer.client:
            desk = said(await officer.page(f"/petugas/survei/{early.id}"), "until")
            listed = said(await officer.page("/petugas/survei"), "surveys")
    assert [one.partition(", ")[0] for one in (*told, desk)] == [
        "Closed 26 November 2026", "Closed 27 November 2026", "Closed 26 November 2026",
    ], "by the clock that it was to end by, however late that is seen"  # fmt: skip
    assert ("26 November 2026" in listed, "14 December 2026" in listed) == (True, False)


async def test_an_end_that_cannot_be_is_told_at_its_field(society: Society) -> None:
    draft = await Surveying(society.served).draft()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        ways = said(await officer.page(f"/petugas/survei/{draft.id}"), "open-form")
        assert "keep your changes first" in ways, "what stands in the form above is not opened"
        page = await officer.send(f"/petugas/survei/{draft.id}", "open-form", close_time="2026-01-01T08:00")
        assert "A survey ends after now" in said(page, "close_time-error")
        (field,) = page.xpath("//*[@name='close_time']")
        assert (field.get("aria-invalid"), field.get("value")) == ("true", "2026-01-01T08:00")
        await officer.client.aclose()


async def test_each_question_that_is_wrong_is_told_at_its_own_entries_and_none_is_left_out(society: Society) -> None:
    wrong = {
        "title": "Pasar malam",
        "kind1": "choice", "text1": "Seberapa sering Anda datang?", "options1": "Sering\nJarang",
        "kind3": "choice", "text3": "Pendapat lain?",
        "kind4": "scale", "options4": "Buruk\nBaik",
        "kind5": "words", "text5": "Saran Anda?", "options5": "Ada\nTidak",
        "kind6": "choice", "text6": "Pagi atau malam?", "options6": "Pagi | Morning\nMalam",
        "kind7": "choice", "text7": "Ya", "options7": "Ya\nTidak",
        "kind8": "choice", "text8": "Mengapa tidak datang?", "options8": f"Jauh\n{'x' * 101}",
    }  # fmt: skip
    async with stand_before(society.served) as stand:
        desk = await reader(stand, DISDAG)
        async with desk.client:
            page = await desk.send("/petugas/survei", "write-form", **wrong)
    told = {
        name: said(page, f"{name}-error") for name in ("options3", "text4", "options5", "options6", "text7", "options8")
    }
    assert (all(told.values()), said(page, "options1-error"), said(page, "text2-error")) == (True, "", ""), told
    assert said(page, "options4") == "Buruk Baik"


async def test_a_draft_that_is_written_anew_keeps_all_its_questions(society: Society) -> None:
    surveying = Surveying(society.served)
    questions = [pb.Question(kind=pb.QUESTION_KIND_SCALE, text=f"Soal {n}", options=["1", "2"]) for n in range(1, 21)]
    draft = await surveying.draft(questions=questions)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        kept = await officer.send(f"/petugas/survei/{draft.id}", "write-form", title="Jam buka pasar pagi")
        assert "The draft is kept" in said(kept, "done")
        await officer.client.aclose()
    now = (await surveying.call(pb.GetSurveyRequest(id=draft.id), DISDAG)).survey
    assert (now.title, [one.text for one in now.questions]) == ("Jam buka pasar pagi", [one.text for one in questions])


async def test_a_survey_that_was_a_mistake_is_thrown_away_while_nobody_was_asked(society: Society) -> None:
    surveying = Surveying(society.served)
    draft, asked = await surveying.draft(), await surveying.asked()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        page = await officer.send(f"/petugas/survei/{draft.id}", "discard-form")
        assert "The draft is thrown away." in said(page, "done")
        assert page.xpath("//tr/@data-survey") == [asked.id]
        assert not (await officer.page(f"/petugas/survei/{asked.id}")).xpath("//form[@id='discard-form']")
        await officer.client.aclose()
    with refused("INVALID_TRANSITION"):
        await surveying.call(pb.DeleteSurveyRequest(id=asked.id, etag=asked.etag), DISDAG)


async def test_a_question_that_a_colleague_took_out_stays_out_where_a_form_that_came_too_late_is_sent_again(
    society: Society,
) -> None:
    surveying = Surveying(society.served)
    draft = await surveying.draft()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        (late,) = (await officer.page(f"/petugas/survei/{draft.id}")).xpath("//form[@id='write-form']")
        first = {"kind1": "scale", "text1": "Seberapa puas?", "options1": "Tidak\nCukup\nPuas"}
        others = {"kind2": "words", "text2": "Apa yang kurang?", "options2": "", "kind3": "choice", "text3": ""}
        await officer.send(f"/petugas/survei/{draft.id}", "write-form", **first, **others)
        (again,) = (await officer.submit(late, title="Jam buka")).xpath("//form[@id='write-form']")
        assert "The draft is kept" in said(await officer.submit(again), "done")
        await officer.client.aclose()
    now = (await surveying.call(pb.GetSurveyRequest(id=draft.id), DISDAG)).survey
    assert (now.title, [one.text for one in now.questions]) == ("Jam buka", ["Seberapa puas?", "Apa yang kurang?"])


async def test_a_question_that_two_changed_is_one_of_them_as_a_whole(society: Society) -> None:
    surveying = Surveying(society.served)
    draft = await surveying.draft()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DISDAG)
        (late,) = (await officer.page(f"/petugas/survei/{draft.id}")).xpath("//form[@id='write-form']")
        await officer.send(f"/petugas/survei/{draft.id}", "write-form", kind1="words", options1="")
        page = await officer.submit(late, text1="Kapan Anda belanja?")
        assert said(page, "options1-theirs") == "It is now: (empty)"
        assert said(page, "text1-theirs") == "It is now: Kapan Anda ke pasar?"
        (again,) = page.xpath("//form[@id='write-form']")
        entries = dict(again.form_values())
        assert (entries["kind1"], entries["text1"]) == ("choice", "Kapan Anda belanja?")
        await officer.client.aclose()


async def test_what_is_asked_is_listed_however_much_was_published_since(
    society: Society, visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(surveys, "_SHOWN", 1)
    surveying = Surveying(society.served)
    asked, *published = [await surveying.asked() for _ in range(3)]
    for one in published:
        for place in range(5):
            await surveying.answer(one, place)
        closed = await surveying.closed(one)
        await surveying.call(pb.PublishSurveyRequest(id=closed.id, etag=closed.etag), DISDAG)
    page = html.fromstring((await visitor.get("/sosial/survei")).text)
    assert _listed(page) == [asked.id, published[1].id]
    page = html.fromstring((await visitor.get(page.xpath("//a[@id='more-surveys']/@href")[0])).text)
    assert (_listed(page), page.xpath("//a[@id='more-surveys']")) == ([asked.id, published[0].id], [])


def _listed(page: Any) -> list[str]:
    return [link.rpartition("/")[2] for link in page.xpath("//ul[@id='surveys']//a/@href")]
