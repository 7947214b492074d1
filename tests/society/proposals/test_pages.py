"""Proposals at the portal, through a gateway in front of the pillar."""

import re

import httpx
from lxml import html

from gateway.callers.session import SESSION_COOKIE
from services.kit import codes
from services.kit.caller import ANONYMOUS
from smartcity.society.v1 import processes_pb2
from smartcity.society.v1 import proposals_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.pages import reader, said
from tests.society.taking_part import BAPPEDA, SITI, Society


async def sent(visitor: httpx.AsyncClient, page: str, form: str, **fields: str) -> httpx.Response:
    """Fills in a form of a page and follows where it leads."""
    found = re.search(rf'<form method="post" action="([^"]+)"[^>]*id="{form}"(.*?)</form>', page, re.DOTALL)
    assert found is not None, page
    hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', found[2]))
    return await visitor.post(found[1], data={**hidden, **fields}, follow_redirects=True)


async def test_somebody_without_a_login_proposes_and_follows_and_another_supports(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    process = await society.process()
    page = await visitor.get(f"/sosial/proses/{process.id}/usul")
    wrong = await sent(visitor, page.text, "proposal-form", title="Lampu jalan", words="pendek", cost="banyak")
    assert wrong.status_code == 422
    assert "Write a whole amount" in wrong.text
    assert 'id="words-error"' in wrong.text, "all that is wrong is told at once"
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    made = await sent(visitor, wrong.text, "proposal-form", title="Lampu <b>jalan</b>", words=words, cost="5.000.000")
    assert made.status_code == 200, made.text
    code = made.url.path.rpartition("/")[2]
    for shown in ("Waits to be read", "Keep this link", "Lampu &lt;b&gt;jalan&lt;/b&gt;", "IDR\u00a05,000,000"):
        assert shown in made.text, shown
    link = re.search(r'id="link">https?://[^/]+([^<]+)<', made.text)
    assert link is not None
    visitor.cookies.clear()
    stranger = await visitor.get(f"/sosial/usulan/{code}")
    assert stranger.status_code == 404
    own = await sent(visitor, stranger.text, "key-form", key=link[1].partition("?k=")[2])
    assert (own.status_code, own.url.path, "Waits to be read" in own.text) == (200, f"/sosial/usulan/{code}", True)
    visitor.cookies.clear()
    own = await visitor.get(link[1], follow_redirects=True)
    assert ("?k=" in str(own.url), 'id="withdraw-form"' in own.text) == (False, True)
    cut = await visitor.get(link[1][:-3], follow_redirects=True)
    assert (cut.status_code, 'id="withdraw-form"' in cut.text) == (200, True), "the good key stays in this browser"
    visitor.cookies.clear()
    wrong = await visitor.get(f"/sosial/usulan/{code}?k=\N{SNOWMAN}", follow_redirects=True)
    assert wrong.status_code == 404
    visitor.cookies.clear()
    await society.review(
        (await society.call(pb.GetProposalRequest(code=code), BAPPEDA)).proposal, pb.PROPOSAL_STATE_OPEN
    )
    page = await visitor.get(f"/sosial/usulan/{code}")
    assert "Keep this link" not in page.text
    assert ("on publishing it" in page.text, "Answer of" in page.text) == (True, False), "it is not answered yet"
    supported = await sent(visitor, page.text, "support-form")
    assert "1 supporter" in supported.text
    again = await visitor.get(f"/sosial/usulan/{code}")
    assert ('id="supported"' in again.text, 'id="support-form"' in again.text) == (True, False)
    listed = await visitor.get(f"/sosial/proses/{process.id}")
    assert f'href="/sosial/usulan/{code}"' in listed.text
    found = await visitor.get("/sosial/usulan", params={"kode": code.lower()}, follow_redirects=True)
    assert found.url.path == f"/sosial/usulan/{code}"


async def test_what_is_taken_back_before_it_is_published_its_author_alone_finds_again(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    page = await visitor.get(f"/sosial/proses/{(await society.process()).id}/usul")
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    made = await sent(visitor, page.text, "proposal-form", title="Lampu jalan", words=words)
    done = await sent(visitor, made.text, "withdraw-form", note="Sudah diperbaiki warga sendiri.")
    assert (done.status_code, words in done.text, "comments-title" in done.text) == (200, True, False)
    visitor.cookies.clear()
    stranger = await visitor.get(f"/sosial/usulan/{made.url.path.rpartition('/')[2]}")
    assert (stranger.status_code, words in stranger.text) == (404, False)


async def test_a_proposal_is_found_at_the_desk_by_its_code_and_one_that_is_none_leaves_the_list(
    society: Society,
) -> None:
    made = await society.propose()
    async with stand_before(society.served) as stand:
        desk = await reader(stand, BAPPEDA)
        async with desk.client:
            found = await desk.client.get("/petugas/usulan", params={"kode": made.code.lower()})
            unknown = codes.new("SMGU", 7)
            lost = await desk.client.get("/petugas/usulan", params={"keadaan": "accepted", "kode": unknown})
    assert (found.status_code, found.headers["location"]) == (303, f"/petugas/usulan/{made.code}")
    page = html.fromstring(lost.text)
    assert (lost.status_code, page.xpath("//input[@id='kode']/@value")) == (404, [unknown])
    assert "nothing here with this number" in said(page, "kode-error")
    assert page.xpath("//form[@id='seek-form']/input[@name='keadaan']/@value") == ["accepted"]


async def test_the_desk_keeps_the_list_that_a_proposal_was_opened_from(society: Society) -> None:
    made = await society.propose()
    async with stand_before(society.served) as stand:
        desk = await reader(stand, BAPPEDA)
        async with desk.client:
            listed = await desk.page("/petugas/usulan?keadaan=declined")
            (opened,) = listed.xpath(f"//li[@data-proposal='{made.code}']//a/@href")
            done = await desk.send(opened, "review-form", note="Sudah kami baca dan terbitkan.")
    assert done.xpath("//a[@id='back']/@href") == ["/petugas/usulan?keadaan=declined"]
    assert done.xpath("//form/@action[contains(., '?dari=')]"), "and so does what is done next"


async def test_what_was_kept_back_is_found_at_the_desk_and_published_after_all(society: Society) -> None:
    made = await society.review(await society.propose(), pb.PROPOSAL_STATE_REFUSED)
    async with stand_before(society.served) as stand:
        desk = await reader(stand, BAPPEDA)
        async with desk.client:
            begun = await desk.page("/petugas/usulan")
            (href,) = begun.xpath("//*[@id='states']//a[contains(@href, 'keadaan=refused')]/@href")
            (opened,) = (await desk.page(href)).xpath(f"//*[@id='proposals']/li[@data-proposal='{made.code}']//a/@href")
            await desk.send(opened, "review-form", note="Sudah kami baca lagi.")
    assert (await society.proposal(made.code)).state == pb.PROPOSAL_STATE_OPEN


async def test_what_was_finished_by_itself_is_taken_up_again_at_the_desk(society: Society) -> None:
    made = await society.accepted()
    report = pb.ReportProposalRequest(code=made.code, etag=made.etag, note="Selesai dikerjakan.", finished=True)
    await society.call(report, BAPPEDA)
    async with stand_before(society.served) as stand:
        desk = await reader(stand, BAPPEDA)
        async with desk.client:
            await desk.send(f"/petugas/usulan/{made.code}", "report-form", note="Masih ada yang harus dikerjakan.")
    assert (await society.proposal(made.code)).state == pb.PROPOSAL_STATE_IN_PROGRESS


async def test_an_officer_does_not_answer_what_they_proposed_at_the_portal(society: Society) -> None:
    process = await society.process()
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        async with officer.client:
            made = await officer.send(
                f"/sosial/proses/{process.id}/usul", "proposal-form", title="Lampu jalan", words=words
            )
            (action,) = made.xpath("//form[@id='withdraw-form']/@action")
            code = action.split("/")[3]
            desk = await officer.page(f"/petugas/usulan/{code}")
    assert (len(desk.xpath("//*[@id='own']")), desk.xpath("//form[@id='review-form']")) == (1, [])
    with refused("OWN_MATTER"):
        await society.review(await society.proposal(code, BAPPEDA), pb.PROPOSAL_STATE_OPEN)


async def test_an_officer_sees_of_others_at_the_public_page_what_everybody_does(society: Society) -> None:
    made = await society.propose()
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        async with officer.client:
            before = await officer.client.get(f"/sosial/usulan/{made.code}")
            await society.review(made, pb.PROPOSAL_STATE_OPEN)
            after = await officer.page(f"/sosial/usulan/{made.code}")
    assert (before.status_code, made.words in before.text) == (404, False)
    assert (said(after, "words"), after.xpath("//form[@id='withdraw-form']")) == (made.words, [])


async def test_what_is_no_point_is_not_said_to_be_chosen(visitor: httpx.AsyncClient, society: Society) -> None:
    process = await society.process()
    page = await visitor.get(f"/sosial/proses/{process.id}/usul")
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    wrong = await sent(visitor, page.text, "proposal-form", title="Lampu jalan", words=words, point="abc")
    assert (wrong.status_code, "A point is already chosen" in wrong.text) == (422, False)
    assert 'value="abc"' in wrong.text


async def test_a_key_that_opens_no_proposal_is_said_to_be_wrong(visitor: httpx.AsyncClient, society: Society) -> None:
    made = await society.propose()
    page = await visitor.get(f"/sosial/usulan/{made.code}")
    answer = await sent(visitor, page.text, "key-form", key="abcdefgh")
    found = html.fromstring(answer.text)
    assert (answer.status_code, found.xpath("//*[@id='problem']/@role")) == (404, ["alert"])
    assert "This key opens no proposal" in said(found, "problem")


async def test_a_proposal_that_was_written_while_the_process_moved_on_stays_to_be_copied(
    visitor: httpx.AsyncClient, society: Society
) -> None:
    process = await society.process()
    page = await visitor.get(f"/sosial/proses/{process.id}/usul")
    await society.move(process, processes_pb2.PROCESS_PHASE_REVIEW)
    words = "Gang gelap sejak tiang tumbang bulan lalu."
    answer = await sent(visitor, page.text, "proposal-form", title="Lampu jalan", words=words)
    found = html.fromstring(answer.text)
    assert (answer.status_code, 'id="proposal-form"' in answer.text) == (409, False)
    assert "Lampu jalan" in said(found, "unshown")
    assert words in said(found, "unshown")


async def test_a_link_that_was_opened_under_a_login_opens_no_proposal_after_it(society: Society) -> None:
    asked = pb.CreateProposalRequest(
        process=(await society.process()).id, title="Lampu jalan", words="Gang gelap sejak tiang tumbang."
    )
    made = await society.call(asked, ANONYMOUS)
    path = f"/sosial/usulan/{made.proposal.code}"
    async with stand_before(society.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            own = await siti.client.get(f"{path}?k={made.link_key}", follow_redirects=True)
            siti.client.cookies.delete(stand.gateway.settings.cookie(SESSION_COOKIE))
            left = await siti.client.get(path)
    assert ('id="withdraw-form"' in own.text, left.status_code) == (True, 404)
