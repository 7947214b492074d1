"""Who buys what gates let in: a return is promised until those do, as tickets are held to it."""

from datetime import UTC, datetime, timedelta

from smartcity.branding.v1 import gates_pb2, orders_pb2
from smartcity.branding.v1 import ticket_sales_pb2 as sales
from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.tickets.buying import browser
from tests.branding.tickets.ticketing import NOBODY, PRICE, SELLER, Ticketing
from tests.gateway.portal.pages import Browser
from tests.governance.conftest import refused

__all__ = ["browser"]
EARLY = timedelta(hours=3)
"""For how long before the begin tickets stay as they are, in Semarang."""


async def gated(office: Ticketing, hours: float, *, refund_hours: int = 1, price: int = PRICE) -> tuple[str, str]:
    """A sale with a gate of what begins in so many hours, and its type."""
    sale = (await office.sale(days=hours / 24)).id
    type_ = await office.sort(sale, refund_hours=refund_hours, price=price)
    await office.call(gates_pb2.CreateGateRequest(sale=sale, name="Utara"), SELLER)
    return sale, type_


async def shown(office: Ticketing, sale: str) -> sales.TicketSale:
    """A sale as everybody sees it."""
    found: sales.TicketSale = (await office.call(sales.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    return found


def when_gates(office: Ticketing, sale: sales.TicketSale) -> datetime:
    """When gates begin to let in."""
    return sale.start_time.ToDatetime(UTC) - EARLY


async def test_a_sale_promises_a_return_no_longer_than_until_its_gates_let_in(office: Ticketing) -> None:
    for refund_hours in (0, 1):
        sale = await shown(office, (await gated(office, 48, refund_hours=refund_hours))[0])
        (type_,) = sale.types
        assert (type_.returnable, type_.refund_until.ToDatetime(UTC)) == (True, when_gates(office, sale))


async def test_a_sale_whose_terms_end_before_its_gates_let_in_keeps_to_them(office: Ticketing) -> None:
    sale = await shown(office, (await gated(office, 48, refund_hours=24))[0])
    begins = sale.start_time.ToDatetime(UTC)
    assert sale.types[0].refund_until.ToDatetime(UTC) == begins - timedelta(hours=24)


async def test_what_is_bought_while_gates_let_in_is_said_to_be_not_returnable_as_it_is(office: Ticketing) -> None:
    for price in (0, PRICE):
        id_, type_ = await gated(office, 2, price=price)
        assert not (await shown(office, id_)).types[0].returnable
        (ticket,) = (await office.paid(id_, type_)).tickets
        with refused("TICKET_AT_GATES"):
            await office.call(pb.CancelTicketRequest(code=ticket.code, etag=ticket.etag))


async def test_an_order_that_is_not_paid_promises_a_return_until_the_gates_let_in_as_its_ticket_does(
    office: Ticketing,
) -> None:
    id_, type_ = await gated(office, 48)
    until = when_gates(office, await shown(office, id_))
    made = (await office.order(id_, type_)).order
    (listed,) = (await office.call(orders_pb2.ListOrdersRequest())).orders
    for order in (made, await office.read(made.code), listed):
        assert order.lines[0].refund_until.ToDatetime(UTC) == until
    await office.pay()
    (ticket,) = (await office.read(made.code)).tickets
    assert ticket.refund_until.ToDatetime(UTC) == until


async def test_an_order_of_what_was_put_off_since_promises_a_return_until_it_begins_whatever_its_gates(
    office: Ticketing,
) -> None:
    id_, type_ = await gated(office, 48)
    made = (await office.order(id_, type_)).order
    office.served.pass_time(minutes=1)
    await office.put_off(days=1)
    begins = (await shown(office, id_)).start_time
    assert (await office.read(made.code)).lines[0].refund_until == begins


async def test_the_buying_page_and_the_unpaid_order_say_the_hour_from_which_gates_let_in(
    browser: Browser, office: Ticketing
) -> None:
    id_, type_ = await gated(office, 48)
    until = when_gates(office, await shown(office, id_)).astimezone(office.served.runtime.city.timezone)
    page = await browser.open(f"/wisata/tiket/beli/{id_}")
    assert f"90% back until {until:%-d %B %Y, %H:%M} WIB" in page.words
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    assert f"Can be given back until {until:%-d %B %Y, %H:%M} WIB." in order.words


async def test_the_buying_page_and_the_unpaid_order_promise_no_return_while_gates_let_in(
    browser: Browser, office: Ticketing
) -> None:
    id_, type_ = await gated(office, 2)
    page = await browser.open(f"/wisata/tiket/beli/{id_}")
    assert ("no money back" in page.words, "back until" in page.words) == (True, False)
    order = await browser.send(page.forms["order-form"], **{f"n-{type_}": "1"})
    assert ("no money back" in order.words, "given back until" in order.words) == (True, False)


async def test_the_buying_page_says_of_what_is_free_that_it_cannot_be_given_back_while_gates_let_in(
    browser: Browser, office: Ticketing
) -> None:
    id_, _ = await gated(office, 2, price=0)
    page = await browser.open(f"/wisata/tiket/beli/{id_}")
    assert ("cannot be given back any more" in page.words, "be given back until" in page.words) == (True, False)
