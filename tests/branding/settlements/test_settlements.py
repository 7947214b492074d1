"""Settlements: what sales took and gave back, as economy told it, whatever became of orders and tickets."""

from collections import Counter
from typing import Any

import pytest

from services.branding.cancellations import timers as cancellations
from services.branding.orders import timers as orders
from services.branding.settlements import timers
from services.branding.settlements.model import Takings, tax_in
from services.branding.terms.profile import Tax
from smartcity.branding.v1 import ticket_events_pb2, ticket_sales_pb2, tickets_pb2
from smartcity.branding.v1 import ticket_settlements_pb2 as pb
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.branding.tickets.ticketing import BUDI, DLH, PRICE, SELLER, Ticketing
from tests.governance.conftest import refused

UNKNOWN = Tax(name="PBJT", basis_id="UU", basis_en="Law", collector="bapenda", unknown_id="belum", unknown_en="not yet")
TEN = Tax(name="PBJT", basis_id="UU", basis_en="Law", collector="bapenda", rate_percent=10)


def test_tax_is_held_in_what_is_left_and_is_not_reckoned_where_nobody_has_said_the_rate() -> None:
    assert tax_in(110_000, TEN) == 10_000
    assert tax_in(25_000, TEN) == 2_273, "half a rupiah counts as one: 2,272.7"
    assert tax_in(0, TEN) == 0
    assert (tax_in(110_000, UNKNOWN), tax_in(110_000, None)) == (None, None)


@pytest.mark.parametrize("rate", [0.5, 7.5, 10, 40, 75])
@pytest.mark.parametrize("kept", [1, 999, 25_000, 1_000_000_007])
def test_tax_and_what_is_left_without_it_are_all_of_it_and_stand_in_the_rate(rate: float, kept: int) -> None:
    tax = tax_in(kept, Tax(name="x", basis_id="x", basis_en="x", collector="bapenda", rate_percent=rate))
    assert tax is not None
    assert abs((kept - tax) * rate - tax * 100) <= 50 + rate, "as near as whole rupiah come"


def test_what_is_kept_is_what_was_paid_and_moved_less_all_that_goes_back() -> None:
    took = Takings(orders=2, tickets=3, captured=75_000, owed=30_000, refunded=10_000, moved=-5_000)
    assert (took.open, took.kept) == (20_000, 40_000)


async def settlement(office: Ticketing, sale: str) -> pb.TicketSettlement:
    """What a sale took."""
    found = await office.call(pb.ListTicketSettlementsRequest(sale=sale), SELLER)
    one: pb.TicketSettlement = found.settlements[0]
    return one


def units(one: pb.TicketSettlement) -> dict[str, int]:
    """Its amounts that are not nothing."""
    names = ("captured", "moved", "refunded", "open", "kept", "net")
    return {name: getattr(one, name).units for name in names if getattr(one, name).units}


async def test_a_sale_is_settled_as_its_payments_and_refunds_say(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    child = await office.sort(sale, price=10_000)
    order = await office.paid(sale, adult, 4)
    one, two, *_ = order.tickets
    await office.call(tickets_pb2.CancelTicketRequest(code=one.code, etag=one.etag))
    await office.call(tickets_pb2.ChangeTicketRequest(code=two.code, etag=two.etag, type=child))
    back = PRICE * 90 // 100 + (PRICE - 10_000) * 90 // 100
    kept = 4 * PRICE - back
    assert units(await settlement(office, sale)) == {"captured": 4 * PRICE, "open": back, "kept": kept, "net": kept}
    await office.give_back(twice=True)
    await timers.fold_counters(office.served.runtime)
    found = await settlement(office, sale)
    assert units(found) == {"captured": 4 * PRICE, "refunded": back, "kept": kept, "net": kept}
    assert (found.orders, found.tickets, found.taken_back, found.HasField("tax")) == (1, 4, 1, False)
    answer = await office.call(pb.ListTicketSettlementsRequest(), SELLER)
    assert (answer.tax.rate_percent, answer.tax.collector, bool(answer.tax.unknown_en)) == ("", "bapenda", True)


async def test_what_is_called_off_gives_all_of_it_back_also_what_comes_later(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await office.paid(sale, adult, 2)
    await office.order(sale, adult, 3, BUDI)
    off = ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note="Jembatan menuju lokasi putus.")
    await office.call(off, SELLER)
    await cancellations.take_back(office.served.runtime)
    await office.pay(twice=True)
    await office.give_back()
    found = await settlement(office, sale)
    assert units(found) == {"captured": 5 * PRICE, "refunded": 5 * PRICE}
    assert (found.tickets, found.taken_back) == (2, 2)


async def test_a_ticket_that_is_changed_for_another_sale_takes_its_money_along(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    other = (await office.sale()).id
    cheaper = await office.sort(other, price=20_000)
    (ticket,) = (await office.paid(sale, adult)).tickets
    await office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=cheaper))
    await office.give_back()
    back = 5_000 * 90 // 100
    left = 5_000 - back
    first, second = await settlement(office, sale), await settlement(office, other)
    assert units(first) == {"captured": PRICE, "moved": -20_000, "refunded": back, "kept": left, "net": left}
    assert units(second) == {"moved": 20_000, "kept": 20_000, "net": 20_000}
    assert (first.tickets, second.tickets) == (0, 1)


async def test_what_is_given_back_by_hand_is_counted_where_the_tickets_are(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    other = (await office.sale()).id
    cheaper = await office.sort(other, price=20_000)
    order = await office.paid(sale, adult, 2)
    ticket = order.tickets[0]
    await office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=cheaper))
    await office.give_back()
    await office.by_hand(order.id, 30_000, 4_500)
    assert units(await settlement(office, other)) == {
        "moved": 20_000, "refunded": 4_500, "kept": 15_500, "net": 15_500
    }, "what the order's own sale does not have is the other's"  # fmt: skip
    await office.by_hand(order.id, 15_500, 34_500)
    assert [(await settlement(office, each)).kept.units for each in (sale, other)] == [0, 0]
    told = await office.told(ticket_events_pb2.TicketsRefunded)
    assert [(each.sale, each.quantity, each.amount.units) for each in told] == [(sale, 1, PRICE), (other, 1, 20_000)]


async def test_money_that_came_too_late_is_settled_with_what_economy_took_and_gave_back(office: Ticketing) -> None:
    sale, adult = await office.on_sale(quota=1)
    await office.order(sale, adult)
    office.served.pass_time(minutes=20)
    await orders.expire(office.served.runtime)
    await office.paid(sale, adult, caller=BUDI)
    given = await office.give_back()
    taken: Counter[str] = Counter()
    for asked in await office.told(PaymentRequested):
        taken["captured"] += asked.amount.units
    found = await settlement(office, sale)
    assert found.captured.units == taken["captured"] == 2 * PRICE
    assert found.refunded.units == sum(one.amount.units for one in given) == PRICE
    assert (found.orders, found.tickets, found.kept.units) == (2, 1, PRICE)


async def test_only_the_agency_that_sells_sees_its_money(office: Ticketing) -> None:
    sale, _ = await office.on_sale()
    with refused("NOT_YOURS"):
        await office.call(pb.ListTicketSettlementsRequest(sale=sale), DLH)
    theirs: Any = await office.call(pb.ListTicketSettlementsRequest(), DLH)
    assert list(theirs.settlements) == []
