"""What anybody is told who scans the QR code of a permit's paper."""

from tests.economy.permits.applying import Applying
from tests.economy.permits.test_pages import readers
from tests.society.pages import said


async def test_a_forged_paper_is_not_called_valid_above_the_word_that_it_is_forged(applying: Applying) -> None:
    one = await applying.granted()
    async with readers(applying) as (sri, _, _):
        page = await sri.page(f"/izin/cek/{one.code}?s={'A' * 86}")
    (verdict,) = page.xpath("//*[@id='verdict']")
    assert (verdict.get("class"), verdict.xpath("string(.//strong)")) == ("note bad", "Not issued by the city")
    assert said(page, "genuine").startswith("The signature in the QR code does not fit")
    assert said(page, "real").endswith("Its state: Valid.")


async def test_the_paper_that_the_city_issued_is_called_valid_and_the_city_s(applying: Applying) -> None:
    one = await applying.granted()
    async with readers(applying) as (sri, _, _):
        page = await sri.page(f"/izin/cek/{one.code}?s={(await applying.get(one)).signature}")
    (verdict,) = page.xpath("//*[@id='verdict']")
    assert (verdict.get("class"), verdict.xpath("string(.//strong)")) == ("note good", "Valid")
    assert "the city issued this paper" in said(page, "genuine")
