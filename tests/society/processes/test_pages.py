"""Processes at the portal, through a gateway in front of the pillar."""

import httpx
import pytest
from lxml import html

from gateway.portal.society import process_desk, processes
from services.society.processes import store
from services.society.processes.model import Phase
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.society.v1 import proposals_pb2
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.pages import reader, said
from tests.society.taking_part import BAPPEDA, PLEBURAN, SELATAN, Society, at


async def test_the_list_leads_to_each_with_its_phases_and_who_votes(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    assert 'id="none"' in (await visitor.get("/sosial")).text
    voters = pb.ProcessVoters(min_age=17, areas=[PLEBURAN], cut_off="2026-12-31")
    made = await society.process(
        "musrenbang-kelurahan", SELATAN, area=PLEBURAN, voters=voters, title_en="Planning meeting of Pleburan",
        dates=pb.ProcessDates(review=at(days=9)),
    )  # fmt: skip
    listed = await visitor.get("/sosial", params={"wilayah": PLEBURAN})
    into = f"/sosial/proses/{made.id}?dari=%2Fsosial%3Fwilayah%3D{PLEBURAN}"
    assert f'<a href="{into}">Planning meeting of Pleburan</a>' in listed.text
    page = (await visitor.get(into)).text
    assert f'href="/sosial?wilayah={PLEBURAN}"' in page, "the way back leads to the same list"
    for words in ("Taking proposals", "Residents of Pleburan from the age of 17", "Advisory", "Perwal Kota Semarang"):
        assert words in page
    assert "no-such" not in page


async def test_the_second_page_of_a_processs_proposals_leads_back_to_the_list_as_it_was_filtered(
    visitor: httpx.AsyncClient, society: Society, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "PAGE", 1)
    made = await society.process()
    for _ in range(2):
        await society.review(await society.propose(made.id), proposals_pb2.PROPOSAL_STATE_OPEN)
    listed = "/sosial?tahap=collect"
    first = html.fromstring((await visitor.get(f"/sosial/proses/{made.id}", params={"dari": listed})).text)
    (more,) = first.xpath("//p[@class='actions']/a[contains(@href, 'page=')]/@href")
    assert html.fromstring((await visitor.get(more)).text).xpath("//main//a/@href")[0] == listed


async def test_a_draft_and_what_nobody_knows_are_not_found(visitor: httpx.AsyncClient, society: Society) -> None:
    made = await society.draft()
    for address in (made.id, "unknown"):
        answer = await visitor.get(f"/sosial/proses/{address}")
        assert answer.status_code == 404
        assert "There is no process at this address." in answer.text


async def test_every_draft_can_be_opened_from_the_desk(society: Society, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_desk, "PAGE", 1)
    oldest, newest = [await society.draft() for _ in range(2)]
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        first = await officer.page("/petugas/partisipasi")
        second = await officer.page(first.xpath("//a[@id='more-drafts']/@href")[0])
        await officer.client.aclose()
    links = [page.xpath("//ul[@id='drafts']//a/@href") for page in (first, second)]
    assert links == [[f"/petugas/partisipasi/{newest.id}"], [f"/petugas/partisipasi/{oldest.id}"]]
    assert not second.xpath("//a[@id='more-drafts']")


async def test_the_form_says_what_no_budget_means_of_a_new_process_and_of_one_that_there_is(society: Society) -> None:
    """The kind's is taken where a process is new; one that is written anew without a budget has none."""
    draft = await society.draft()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        new, old = [
            said(await officer.page(f"/petugas/partisipasi/{page}"), "process-form") for page in ("baru", draft.id)
        ]
        await officer.client.aclose()
    assert ("the kind's usual budget" in new, "the kind's usual budget" in old) == (True, False)
    assert "it has no budget" in old


async def test_what_a_colleague_wrote_of_a_process_stays_where_a_form_that_came_too_late_is_sent_again(
    society: Society,
) -> None:
    draft = await society.draft()
    address = f"/petugas/partisipasi/{draft.id}"
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        (late,) = (await officer.page(address)).xpath("//form[@id='process-form']")
        await officer.send(address, "process-form", summary="Ringkasan yang ditulis rekan.")
        page = await officer.submit(late, title="Judul yang baru")
        assert not page.xpath("//*[@id='unshown']"), "what it was before nobody typed"
        (again,) = page.xpath("//form[@id='process-form']")
        assert "written anew" in said(await officer.submit(again), "done")
        await officer.client.aclose()
    now = await society.read(draft.id, BAPPEDA)
    assert (now.title, now.summary) == ("Judul yang baru", "Ringkasan yang ditulis rekan.")


async def test_a_process_that_was_a_mistake_is_thrown_away_while_it_is_a_draft_and_is_counted_no_more(
    society: Society,
) -> None:
    draft, public = await society.draft(), await society.process()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        page = await officer.send(f"/petugas/partisipasi/{draft.id}", "discard-form")
        assert "The draft is thrown away." in said(page, "done")
        assert not page.xpath("//ul[@id='drafts']")
        assert not (await officer.page(f"/petugas/partisipasi/{public.id}")).xpath("//form[@id='discard-form']")
        await officer.client.aclose()
    with refused("INVALID_TRANSITION"):
        await society.call(pb.DeleteProcessRequest(id=public.id, etag=public.etag), BAPPEDA)
    async with society.served.runtime.snapshot() as tx:
        counted = await store.counted(tx)
    assert counted.get(Phase.DRAFT, 0) == 0
