"""What is wrong with a residence is tied to its field, for who hears a page."""

from tests.fixtures.edge import stand_before
from tests.society.pages import reader
from tests.society.residents.people import SITI, People


async def test_the_error_of_a_kelurahan_that_is_missing_is_tied_to_its_list(people: People) -> None:
    async with stand_before(people.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            page = await siti.send("/sosial/warga", "declare-form", nik="1", birth_date="", area_code="")
    (field,) = page.xpath("//select[@id='area_code']")
    assert (field.get("aria-invalid"), field.get("aria-describedby")) == ("true", "area_code-help area_code-error")
    assert len(page.xpath("//*[@id='area_code-help' or @id='area_code-error']")) == 2
