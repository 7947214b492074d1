"""Own data at the portal, through a gateway in front of the pillar."""

from tests.fixtures.edge import stand_before
from tests.society.pages import reader, said
from tests.society.residents.people import SITI, People


async def test_who_erases_without_saying_that_they_are_sure_reads_why_not_at_the_box(people: People) -> None:
    async with stand_before(people.served) as stand:
        siti = await reader(stand, SITI)
        page = await siti.send("/sosial/data-saya", "erase-form")
        await siti.client.aclose()
    (box,) = page.xpath("//form[@id='erase-form']//input[@name='sure']")
    assert box.get("aria-invalid") == "true"
    assert said(page, box.get("aria-describedby"))
    assert page.xpath("//form[@id='erase-form']//*[@id='problem']"), "the summary stands where the form is"
