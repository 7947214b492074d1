"""Which lists the desk of permits offers to whom, and which it opens on."""

from tests.economy.permits.applying import Applying
from tests.economy.permits.test_pages import readers


async def test_the_desk_of_an_agency_that_only_decides_opens_on_what_it_has_to_decide(applying: Applying) -> None:
    one = await applying.deciding()
    async with readers(applying) as (_, _, markets):
        desk = await markets.page("/petugas/izin")
    assert desk.xpath("//tr/@data-permit") == [one.code]
    assert desk.xpath("//a[@aria-current='page']/@href")[-1] == "/petugas/izin?bagian=decide"


async def test_an_agency_that_never_checks_is_offered_no_lists_of_what_is_checked(applying: Applying) -> None:
    async with readers(applying) as (_, lurah, markets):
        tabs = [
            {href.rpartition("=")[2] for href in (await each.page("/petugas/izin")).xpath("//ul[@id='parts']//a/@href")}
            for each in (lurah, markets)
        ]
    assert tabs[0] - tabs[1] == {"check", "asked"}
    assert {"decide", "asked_deciding"} <= tabs[1] < tabs[0]


async def test_the_desk_of_a_kecamatan_opens_on_what_it_has_to_check(applying: Applying) -> None:
    one = await applying.sent()
    async with readers(applying) as (_, lurah, _):
        assert (await lurah.page("/petugas/izin")).xpath("//tr/@data-permit") == [one.code]
