"""The treasury's page of differences: whose they are, and what to do next."""

from datetime import date

from services.economy.reconciliation import timers
from tests.economy.conftest import OWNER, TREASURER
from tests.economy.settlement.cases import Treasury
from tests.fixtures.edge import stand_before
from tests.society.pages import reader


async def test_a_difference_leads_to_its_payment_and_says_what_to_do_until_it_is_put_right(treasury: Treasury) -> None:
    paid = await treasury.city.paid(caller=OWNER, merchant=await treasury.city.business())
    stray = treasury.line("", provider_reference="STATIC-1", amount=7_000)
    treasury.reports(stray)
    treasury.at(1, 0)
    await treasury.reconcile()
    async with stand_before(treasury.economy.served) as stand:
        officer = await reader(stand, TREASURER)
        page = await officer.page("/petugas/kas/selisih")
        (ours,), (banks,) = (page.xpath(f"//tr[@data-kind='{kind}']") for kind in ("only_here", "only_bank"))
        (named,) = await treasury.differences(page_size=1)
        assert ours.xpath(f".//a[@href='/bayar/{paid.code}']")
        assert named.merchant_name
        assert named.merchant_name in ours.text_content()
        assert "Ask the bank by this reference." in ours.text_content()
        assert (ours.xpath(".//*[@data-next]/a/@href"), banks.xpath(".//*[@data-next]/a/@href")) == (
            ["/petugas/kas/hari"],
            ["/petugas/kas#suspense"],
        )
        treasury.reports(stray, treasury.line(paid.code))
        await treasury.reconcile()
        page = await officer.page("/petugas/kas/selisih")
        assert len(page.xpath("//*[@data-next]")) == 1, "what is in suspense is still to be decided on"
        await officer.client.aclose()


async def test_the_treasury_reads_which_days_could_not_be_compared_yet(treasury: Treasury) -> None:
    treasury.at(0, 30)
    treasury.bank.books[date(2026, 11, 24)] = None
    await timers.compare(treasury.economy.runtime)
    async with stand_before(treasury.economy.served) as stand:
        officer = await reader(stand, TREASURER)
        page = await officer.page("/petugas/kas/hari")
        assert page.xpath("//p[@id='missed']/b/text()") == ["Tue, 24 Nov 2026"]
        treasury.reports()
        await timers.compare(treasury.economy.runtime)
        assert not (await officer.page("/petugas/kas/hari")).xpath("//p[@id='missed']")
        await officer.client.aclose()
