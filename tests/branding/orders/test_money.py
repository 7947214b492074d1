"""What becomes of orders by the money that comes for them: late, in vain, or not at all."""

import pytest

from services.branding.orders import timers
from smartcity.branding.v1 import orders_pb2, ticket_sales_pb2, tickets_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.tickets.ticketing import BUDI, PRICE, SELLER, Ticketing, left, state, word
from tests.governance.conftest import refused


async def test_money_after_the_hold_is_honoured_while_seats_remain_and_goes_back_by_itself_else(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale(quota=3, most=3)
    first, late = [(await office.order(sale, adult, count)).order.code for count in (1, 2)]
    office.served.pass_time(minutes=16)
    await timers.expire(office.served.runtime)
    asked = {one.request: one for one in await office.told(PaymentRequested)}
    by_amount = {one.amount.units: one for one in asked.values()}
    await office.capture(by_amount[PRICE])
    assert state(await office.read(first)) == "paid"
    await office.order(sale, adult, 1, BUDI)
    await office.capture(by_amount[2 * PRICE])
    order = await office.read(late)
    assert (state(order), order.reason, list(order.tickets)) == ("returned", "SOLD_OUT", [])
    (back,) = await office.told(PaymentRefundRequested)
    assert (back.request, back.amount.units) == (by_amount[2 * PRICE].request, 2 * PRICE)
    assert back.reason == "Pembayaran datang setelah kursi habis"
    await office.give_back(twice=True)
    (refund,) = (await office.read(late)).refunds
    assert word(tickets_pb2.TicketRefundState, refund.state) == "done"


@pytest.mark.parametrize("held", [True, False])
async def test_who_pays_for_what_was_called_off_since_hears_that_it_was(office: Ticketing, held: bool) -> None:
    sale, adult = await office.on_sale()
    code = (await office.order(sale, adult)).order.code
    if not held:
        office.served.pass_time(minutes=16)
        await timers.expire(office.served.runtime)
    assert state(await office.read(code)) == ("held" if held else "expired")
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note="Hujan badai."), SELLER)
    await office.pay()
    order = await office.read(code)
    assert (state(order), order.reason) == ("returned", "SALE_CANCELLED")
    assert [word(tickets_pb2.TicketRefundCause, one.cause) for one in order.refunds] == ["cancelled"]
    assert [one.reason for one in await office.told(PaymentRefundRequested)] == ["Penjualan tiket dibatalkan"]


async def test_an_order_given_up_frees_its_seats_and_money_that_comes_all_the_same_goes_back(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult, 2)).order
    request = orders_pb2.CancelOrderRequest(code=order.code, etag=order.etag)
    given_up = (await office.call(request)).order
    assert (state(given_up), given_up.holder, await left(office, sale)) == ("cancelled", "Siti Rahma", 10)
    kept = await office.served.admin.fetch("SELECT answer FROM branding.idempotency_key")
    assert not any(b"Rahma" in bytes(row["answer"]) for row in kept)
    await office.pay()
    assert state(await office.read(order.code)) == "returned"
    (back,) = await office.told(PaymentRefundRequested)
    assert (back.amount.units, back.reason) == (2 * PRICE, "Pesanan sudah dibatalkan")
    with refused("ORDER_NOT_OPEN"):
        await office.call(orders_pb2.CancelOrderRequest(code=order.code, etag=(await office.read(order.code)).etag))


async def test_what_economy_cannot_collect_frees_the_seats_and_says_why(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    (asked,) = await office.told(PaymentRequested)
    await office.cancelled(asked)
    found = await office.read(order.code)
    assert (state(found), found.reason, await left(office, sale)) == ("cancelled", "AGENCY_UNKNOWN", 10)


async def test_an_order_whose_payment_is_cancelled_after_its_hold_is_not_to_be_paid_any_more(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = (await office.order(sale, adult)).order
    (asked,) = await office.told(PaymentRequested)
    office.served.pass_time(minutes=16)
    await timers.expire(office.served.runtime)
    assert (await office.read(order.code)).payable
    await office.cancelled(asked, "PAYMENT_CANCELLED")
    found = await office.read(order.code)
    assert (state(found), found.reason, found.payable) == ("cancelled", "PAYMENT_CANCELLED", False)
    assert await left(office, sale) == 10


@pytest.mark.parametrize("held", [True, False])
async def test_money_that_comes_when_it_is_over_goes_back(office: Ticketing, held: bool) -> None:
    sale = await office.sale(days=1)
    place = (await office.sale(destination="tugu-muda")).id  # which no hour closes
    evening = office.served.now
    office.served.pass_time(days=1, hours=3, minutes=50)
    orders = [await office.order(sale.id, await office.sort(sale.id))]
    (asked,) = await office.told(PaymentRequested)
    assert asked.expire_time == sale.end_time, "nothing can be paid for what is over"
    office.served.now = evening.replace(hour=16, minute=50)
    orders.append(await office.order(place, await office.sort(place), day="2026-11-24"))
    *_, asked_today = await office.told(PaymentRequested)
    for late, asked_for, shown in (
        ({"minutes": 14 if held else 16}, asked_today, orders[1]), ({"days": 1, "hours": -5}, asked, orders[0]),
    ):  # fmt: skip
        office.served.pass_time(**late)
        if not held:
            await timers.expire(office.served.runtime)
        assert state(await office.read(shown.order.code)) == ("held" if held else "expired")
        await office.capture(asked_for)
    for one in orders:
        shown = await office.read(one.order.code)
        assert (state(shown), shown.reason, list(shown.tickets)) == ("returned", "SALE_OVER", [])
    back = await office.told(PaymentRefundRequested)
    assert {(one.amount.units, one.reason) for one in back} == {(PRICE, "Pembayaran datang setelah acara selesai")}
    assert len(back) == 2
