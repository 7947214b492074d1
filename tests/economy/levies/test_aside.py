"""Money of another amount that came for a bill: nobody is asked to pay again until it went back."""

from datetime import timedelta

from services.economy.captures.model import Notice, Outcome
from services.economy.payments.model import PATIENCE
from services.economy.providers.model import ASK_AGAIN
from smartcity.economy.v1 import levies_pb2, payments_pb2
from tests.economy.conftest import CITIZEN, MARKETS, TREASURER_2, refused
from tests.economy.levies.cases import Office
from tests.economy.payments.cases import state
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


async def test_money_that_came_for_an_earlier_payment_of_a_bill_counts_as_well(office: Office) -> None:
    made, second = await paid_too_late(office)
    with refused("PAID_OTHERWISE"):
        await office.ask(made.number)
    await released(office)
    assert (await office.ask(made.number)).id == second.id


async def test_no_cash_is_taken_for_a_bill_while_money_that_came_for_it_waits(office: Office) -> None:
    _, second = await paid_too_late(office)
    with refused("PAID_OTHERWISE"):
        await office.city.cash(second.id)
    await released(office)
    assert state(await office.city.cash(second.id)) == "captured"


async def test_no_wallet_pays_a_bill_while_money_that_came_for_it_waits(office: Office) -> None:
    _, shown = await paid_less(office)
    account = await office.city.wallet(1_000_000)
    with refused("PAID_OTHERWISE"):
        await office.city.pay(shown.id)
    assert await office.city.balance(account) == 1_000_000
    await released(office)
    assert state(await office.city.pay(shown.id)) == "captured"


async def test_no_qris_of_a_bill_is_shown_while_money_that_came_for_it_waits(office: Office) -> None:
    _, second = await paid_too_late(office)
    with refused("PAID_OTHERWISE"):
        await office.city.present(second.id)


async def paid_too_late(office: Office) -> tuple[levies_pb2.Bill, payments_pb2.Payment]:
    """A bill whose first payment was paid while the bank did not answer, and its second one."""
    made = await office.bill()
    first = await office.city.present((await office.ask(made.number)).code)
    office.city.bank.away = {"query"}
    notice = office.city.bank.pay(first.code)
    for later in (timedelta(minutes=15), PATIENCE, ASK_AGAIN):
        await office.city.tick(seconds=later.total_seconds() + 1)
    second = await office.ask(made.number)
    assert await office.city.notice(notice) is Outcome.SUSPENDED
    return made, second
