"""The desk of comments without JavaScript: an officer shows one, or keeps it back and says why."""

from typing import Any

from smartcity.society.v1 import comments_pb2 as pb
from tests.fixtures.edge import stand_before
from tests.governance.conftest import refused
from tests.society.comments.test_comments import SHOWN, comment, moderate, shown
from tests.society.pages import reader, said
from tests.society.taking_part import BAPPEDA, DLH, Society

DESK = "/petugas/komentar"


def pressed(form: Any) -> str:
    """What the form's button says, which Enter in one of its fields presses: of several it would be the first."""
    (button,) = form.xpath(".//button[@type='submit']")
    return str(button.get("value"))


async def test_enter_in_the_reason_keeps_a_comment_back_and_never_shows_it(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        (form,) = (await officer.page(DESK)).xpath("//form[.//*[@name='note']]")
        unsaid = await officer.submit(form, state=pressed(form), note="")
        (form,) = unsaid.xpath("//form[.//*[@name='note']]")
        assert (form.xpath(".//*[@name='note']/@aria-invalid"), await shown(society, code)) == (["true"], [])
        done = await officer.submit(form, state=pressed(form), note="Menghina orang yang disebut namanya.")
        assert "kept back" in said(done, "done")
        assert await shown(society, code) == []
        waiting = await society.call(pb.ListWaitingCommentsRequest(), BAPPEDA)
        assert one.id not in [each.id for each in waiting.comments]
        await officer.client.aclose()


async def test_a_comment_is_shown_by_a_button_of_its_own(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        (form,) = (await officer.page(DESK)).xpath("//main//form[not(.//*[@name='note'])]")
        assert "shown" in said(await officer.submit(form, state=pressed(form)), "done")
        assert await shown(society, code) == [one.id]
        await officer.client.aclose()


async def test_an_officer_does_not_decide_on_what_they_said_at_the_portal(society: Society) -> None:
    code = (await society.published()).code
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        await officer.send(f"/sosial/usulan/{code}", "comment-form", words="Setuju sekali.")
        desk = await officer.page(DESK)
        await officer.client.aclose()
    assert "Setuju sekali." in desk.xpath("string(//*[@id='comments'])")
    assert desk.xpath("//main//form[contains(@action, '/petugas/komentar/')]") == []
    (one,) = (await society.call(pb.ListWaitingCommentsRequest(), BAPPEDA)).comments
    with refused("OWN_MATTER"):
        await moderate(society, one, SHOWN)


async def test_a_comment_that_was_shown_by_mistake_is_kept_back_on_the_page_of_its_proposal(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    await moderate(society, one, SHOWN)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, BAPPEDA)
        (form,) = (await officer.page(f"/petugas/usulan/{code}")).xpath(f"//li[@data-comment='{one.id}']//form")
        unsaid = await officer.submit(form, state=pressed(form), note="")
        (form,) = unsaid.xpath(f"//li[@data-comment='{one.id}']//form")
        assert (form.xpath(".//*[@name='note']/@aria-invalid"), await shown(society, code)) == (["true"], [one.id])
        done = await officer.submit(form, state=pressed(form), note="Memuat nomor telepon orang lain.")
        await officer.client.aclose()
    assert ("kept back" in said(done, "done"), done.xpath("//*[@id='comments']")) == (True, [])
    assert await shown(society, code) == []


async def test_an_officer_of_another_agency_is_offered_no_keeping_back(society: Society) -> None:
    code = (await society.published()).code
    one = await comment(society, code)
    await moderate(society, one, SHOWN)
    async with stand_before(society.served) as stand:
        officer = await reader(stand, DLH)
        page = await officer.page(f"/petugas/usulan/{code}")
        await officer.client.aclose()
    assert len(page.xpath(f"//li[@data-comment='{one.id}']")) == 1
    assert page.xpath(f"//li[@data-comment='{one.id}']//form") == []
