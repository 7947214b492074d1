"""What a printed QRIS brought, known from the bank's report, which tells no NMID, before the bank's own word of it."""

from dataclasses import replace

import pytest

from services.economy.captures.model import Notice, Outcome
from smartcity.economy.v1 import payments_pb2 as pb
from tests.economy.conftest import OWNER, TREASURER_2
from tests.economy.merchants import cases as merchants
from tests.economy.payments.cases import City, freeze, state

REPORTED = Notice("REF-1", "", 15_000, "IDR", checked=True)
TOLD = Notice("REF-1", "", 15_000, "IDR", merchants.NMID, "T01", static=True)


async def reported(city: City) -> pb.SuspenseItem:
    """Money that the report brought into suspense."""
    assert await city.notice(REPORTED) is Outcome.SUSPENDED
    return await only(city)


async def only(city: City) -> pb.SuspenseItem:
    """The one item in suspense."""
    (item,) = await city.suspense()
    return item


def reason(item: pb.SuspenseItem) -> str:
    """Why it is there."""
    return pb.SuspenseReason.Name(item.reason).removeprefix("SUSPENSE_REASON_").lower()


@pytest.mark.parametrize("proposed", [False, True])
async def test_a_sale_that_the_report_told_of_first_is_its_merchants_once_the_bank_tells(
    city: City, proposed: bool
) -> None:
    shop = await merchants.active(city.economy)
    await merchants.add_terminal(city.economy, shop.id, "T01")
    item = await reported(city)
    if proposed:
        await city.propose(item, await city.counter())
    assert [await city.notice(TOLD), await city.notice(TOLD)] == [Outcome.CAPTURED, Outcome.REPEATED]
    (sale,) = (await city.economy.call("PaymentService.ListPayments", pb.ListPaymentsRequest(merchant=shop.id), OWNER)
               ).payments  # fmt: skip
    assert (state(sale), sale.method, sale.terminal) == ("captured", pb.PAYMENT_METHOD_QRIS_STATIC, "T01")
    assert (await city.suspense(), await city.takings(shop.id), await city.balance("suspense")) == ([], 15_000, 0)
    assert list(sale.put_aside) == []
    assert await city.events(item.id) == ["MoneySuspended", "SuspenseReleased"]
    assert await city.adds_up()


async def test_a_sale_of_another_amount_than_the_report_told_of_stays_in_suspense(city: City) -> None:
    shop = await merchants.active(city.economy)
    await reported(city)
    assert await city.notice(replace(TOLD, amount=16_000)) is Outcome.REPEATED
    assert (await city.takings(shop.id), await city.balance("suspense")) == (0, 15_000)


async def test_a_sale_of_a_stopped_merchant_that_the_report_told_of_first_is_put_aside_as_theirs(city: City) -> None:
    shop = await merchants.active(city.economy)
    await merchants.move(city.economy, "Suspend", shop)
    await reported(city)
    assert [await city.notice(TOLD), await city.notice(TOLD)] == [Outcome.CORRECTED, Outcome.REPEATED]
    item = await only(city)
    assert (reason(item), item.nmid, item.nmid_name) == ("stopped", merchants.NMID, "Lumpia Bu Sri")
    assert (await city.balance("suspense"), await city.adds_up()) == (15_000, True)


async def test_a_sale_by_a_qris_of_nobody_that_the_report_told_of_first_keeps_its_number(city: City) -> None:
    await reported(city)
    told = replace(TOLD, nmid="ID9999999999999")
    assert [await city.notice(told), await city.notice(told)] == [Outcome.CORRECTED, Outcome.REPEATED]
    item = await only(city)
    assert (reason(item), item.nmid, state(item)) == ("unlinked", "ID9999999999999", "open")


async def test_a_sale_that_the_merchants_account_cannot_take_stays_in_suspense_as_refused(city: City) -> None:
    shop = await merchants.active(city.economy)
    await freeze(city, shop.id)
    await reported(city)
    assert [await city.notice(TOLD), await city.notice(TOLD)] == [Outcome.CORRECTED, Outcome.REPEATED]
    assert (reason(await only(city)), await city.takings(shop.id), await city.adds_up()) == ("refused", 0, True)


async def test_a_sale_that_two_people_gave_to_somebody_is_not_captured_any_more(city: City) -> None:
    shop = await merchants.active(city.economy)
    await city.release(await city.propose(await reported(city), await city.counter()), TREASURER_2)
    assert await city.notice(TOLD) is Outcome.REPEATED
    assert (await city.takings(shop.id), await city.takings()) == (0, 15_000)
