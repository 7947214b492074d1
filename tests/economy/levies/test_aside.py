"""Money of another amount that came for a bill: nobody is asked to pay again until it went back."""

from services.economy.captures.model import Notice
from smartcity.economy.v1 import payments_pb2
from tests.economy.conftest import CITIZEN, MARKETS, TREASURER_2, refused
from tests.economy.levies.cases import Office
from tests.fixtures.edge import stand_before
from tests.society.pages import Reader, reader, said


async def paid_less(office: Office) -> tuple[str, payments_pb2.Payment]:
    """The number of a bill for whose payment less money came than was asked."""
    made = await office.bill()
    shown = await office.city.present((await office.ask(made.number)).code)
    await office.city.notice(Notice("REF-LESS", shown.code, 2_000, "IDR"))
    return made.number, shown


async def released(office: Office, target: str = "") -> None:
    """Two people move the money on."""
    (item,) = await office.city.suspense()
    await office.city.release(await office.city.propose(item, target), TREASURER_2)


async def buttons(citizen: Reader, address: str) -> int:
    """How many buttons that pay stand on a page."""
    return len((await citizen.page(address)).xpath("//form[@id='pay-form' or @id='qr-form']"))


async def test_a_bill_is_not_asked_to_be_paid_again_while_money_that_came_for_it_waits(office: Office) -> None:
    number, shown = await paid_less(office)
    for _ in range(2):  # also once its payment has expired
        with refused("PAID_OTHERWISE"):
            await office.ask(number)
        await office.city.tick(minutes=16)
    await released(office)
    assert (await office.ask(number)).id != shown.id


async def test_the_page_of_a_bill_says_not_to_pay_again_in_place_of_the_button(office: Office) -> None:
    number, _ = await paid_less(office)
    async with stand_before(office.economy.served) as stand:
        citizen = await reader(stand, CITIZEN)
        async with citizen.client:
            page = await citizen.page(f"/bayar/{number}")
            assert ("Do not pay again" in said(page, "aside"), len(page.xpath("//*[@id='pay-form']"))) == (True, 0)
            await office.city.tick(minutes=16)
            page = await citizen.send(f"/bayar/{number}", "pay-form")
            assert ("Do not pay again" in said(page, "problem"), len(page.xpath("//*[@id='pay-form']"))) == (True, 0)


async def test_the_desk_asks_for_no_cash_while_money_that_came_for_the_bill_waits(office: Office) -> None:
    number, _ = await paid_less(office)
    async with stand_before(office.economy.served) as stand:
        officer = await reader(stand, MARKETS)
        async with officer.client:
            page = await officer.page(f"/petugas/tagihan/{number}")
            assert ("Take no cash" in said(page, "aside"), len(page.xpath("//*[@id='cash-form']"))) == (True, 0)
            await released(office)
            page = await officer.page(f"/petugas/tagihan/{number}")
            assert (len(page.xpath("//*[@id='aside']")), len(page.xpath("//*[@id='cash-form']"))) == (0, 1)


async def test_a_new_qris_is_offered_once_the_money_went_back_and_not_when_it_was_given_to_the_payee(
    office: Office,
) -> None:
    for period, target, offered in (("2026-11", await office.city.counter(), 0), ("2026-12", "", 1)):
        made = await office.bill(period=period)
        shown = await office.city.present((await office.ask(made.number)).code)
        await office.city.notice(Notice(f"REF-{period}", shown.code, 2_000, "IDR"))
        await released(office, target)
        await office.city.tick(minutes=16)
        async with stand_before(office.economy.served) as stand:
            citizen = await reader(stand, CITIZEN)
            async with citizen.client:
                assert await buttons(citizen, f"/bayar/{made.number}/qris?p={shown.id}") == offered
