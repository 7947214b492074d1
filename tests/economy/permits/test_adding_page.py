"""Photos of documents at the portal: what the page says once they are sent, and once none is missing."""

from lxml import html

from tests.economy.permits.applying import SRI, Applying
from tests.economy.permits.test_pages import readers, upload
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
