"""Photos of documents at the portal: what the page says once they are sent, and once none is missing."""

from lxml import html

from smartcity.economy.v1 import permits_pb2 as pb
from tests.economy.permits.applying import LURAH, SRI, Applying
from tests.economy.permits.test_pages import add, photo, readers, upload
from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said


async def test_a_photo_that_is_there_already_is_not_said_to_be_added(applying: Applying) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with readers(applying) as (sri, _, _):
        told = [said(await sri.page(await upload(sri, path, "ktp")), "done") for _ in range(2)]
    assert told == ["The photos are added.", "They are there already. Nothing is added."]


async def test_a_draft_that_misses_nothing_asks_to_be_sent_and_for_no_photos(applying: Applying) -> None:
    path = f"/izin/saya/{(await applying.begun()).code}"
    async with stand_before(applying.served) as stand:
        sri = await reader(stand, SRI)
        async with sri.client:
            page = await sri.page(path)
            assert "Add a photo of each document" in page.text_content()
            for document in page.xpath("//select[@id='document']/option/@value"):
                await upload(sri, path, document)
            page = await sri.page(path)
            assert (said(page, "missing"), said(page, "complete")[:15]) == ("", "It is complete.")
            assert "Add a photo of each document" not in html.tostring(page, encoding="unicode")


async def test_an_answer_is_sent_with_the_photo_that_was_chosen_beside_it_or_not_at_all(applying: Applying) -> None:
    """One press sends both; where the photo is refused the typed words stay, and the city's time does not run yet."""
    one = await applying.move(await applying.sent(), "ask", LURAH, "Denahnya kurang jelas, mohon diulang.")
    path, note = f"/izin/saya/{one.code}", "Foto baru dari depan kios."
    async with readers(applying) as (sri, _, _):
        (form,) = (await sri.page(path)).xpath("//form[@id='add-form']")
        form.fields["note"] = note
        page = html.fromstring((await add(sri, form, "ktp", b"no picture", go="submit")).text)
        (form,) = page.xpath("//form[@id='add-form']")
        assert (form.fields["note"].strip(), (await applying.get(one)).state) == (note, pb.PERMIT_STATE_ASKED)
        photos = len(page.xpath("//ul[@id='documents']/li"))
        answer = await add(sri, form, "ktp", photo(green=90), go="submit")
        assert "Sent." in said(await sri.page(answer.headers["location"]), "done")
        page = await sri.page(path)
    assert (len(page.xpath("//ul[@id='documents']/li")), (await applying.get(one)).state) == (
        photos + 1, pb.PERMIT_STATE_CHECKING,
    )  # fmt: skip
    assert note in said(page, "steps")
