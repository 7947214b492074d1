"""An order whose tickets were changed for another date: each is told as it is now, not as it was ordered."""

from datetime import timedelta
from typing import NamedTuple

import pytest

from services.branding.cancellations import timers
from smartcity.branding.v1 import gates_pb2, orders_pb2
from smartcity.branding.v1 import ticket_sales_pb2 as sales
from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.tickets.buying import browser
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing, word
from tests.fixtures.edge import stand_before
from tests.gateway.portal.pages import Browser
from tests.society.pages import reader

__all__ = ["browser"]


class Changed(NamedTuple):
    """An order, and the dates of its tickets: the first is for the later one now."""

    code: str
    key: str
    before: str
    now: str
    kind: str
    """The type that they have at the later date."""

    @property
    def path(self) -> str:
        """Its page."""
        return f"/wisata/pesanan/{self.code}?k={self.key}"


async def changed(office: Ticketing, *, tickets: int = 1, price: int = 0) -> Changed:
    """A paid order of some tickets, of which the first was changed for a date ten days later."""
    before, type_ = await office.on_sale(price=price)
    now = (await office.sale(days=40)).id
    kind = await office.sort(now, price=price)
    made = await office.order(before, type_, tickets, NOBODY)
    await office.pay()
    order = await office.read(made.order.code, NOBODY, made.link_key)
    done = Changed(order.code, made.link_key, before, now, kind)
    await change(office, done)
    return done


async def change(office: Ticketing, of: Changed, place: int = 0) -> None:
    """Another of its tickets is changed for the later date."""
    one = (await office.read(of.code, NOBODY, of.key)).tickets[place]
    request = pb.ChangeTicketRequest(code=one.code, etag=one.etag, link_key=one.link_key, type=of.kind)
    await office.call(request, NOBODY)


async def called_off(office: Ticketing, sale: str) -> None:
    """A sale is called off."""
    etag = (await office.call(sales.GetTicketSaleRequest(id=sale))).ticket_sale.etag
    await office.call(sales.CancelTicketSaleRequest(id=sale, etag=etag, note="Hujan badai."), SELLER)


async def listed_and_own(office: Ticketing, of: Changed) -> tuple[pb.Ticket, pb.Ticket]:
    """The changed ticket as its order tells it, and as it is told by itself; that alone names the order."""
    listed = (await office.read(of.code, NOBODY, of.key)).tickets[0]
    own = await office.ticket(listed.code, NOBODY, listed.link_key)
    own.order = ""
    return listed, own


@pytest.mark.parametrize("price", [0, 25_000])
async def test_an_order_tells_a_changed_ticket_as_it_is_told_by_itself(office: Ticketing, price: int) -> None:
    of = await changed(office, price=price)
    listed, own = await listed_and_own(office, of)
    assert listed == own
    assert listed.sale == of.now


async def test_a_changed_ticket_holds_in_its_order_whatever_becomes_of_the_date_before(office: Ticketing) -> None:
    of = await changed(office, price=25_000)
    await called_off(office, of.before)
    listed, own = await listed_and_own(office, of)
    assert listed == own
    assert (word(sales.TicketSaleState, listed.sale_state), listed.changeable) == ("open", True)


async def test_an_order_says_of_a_changed_ticket_when_the_gates_of_its_date_let_in(office: Ticketing) -> None:
    of = await changed(office)
    await office.call(gates_pb2.CreateGateRequest(sale=of.now, name="Utara"), SELLER)
    office.served.pass_time(days=40, hours=-1)
    listed, own = await listed_and_own(office, of)
    assert listed == own
    assert listed.at_gates


async def test_an_order_tells_each_ticket_by_its_own_date(office: Ticketing) -> None:
    of = await changed(office, tickets=2)
    order: orders_pb2.Order = await office.read(of.code, NOBODY, of.key)
    assert [one.sale for one in order.tickets] == [of.now, of.before]
    assert order.sale == of.before


async def test_the_page_of_an_order_that_was_changed_for_another_date_tells_that_one(
    browser: Browser, office: Ticketing
) -> None:
    of = await changed(office)
    page = await browser.open(of.path)
    zone = office.served.runtime.city.timezone
    then, first = ((office.served.now + timedelta(days=days)).astimezone(zone) for days in (40, 30))
    assert "changed" in page.ids
    assert page.words.count(f"{then:%-d %B %Y}") == 2, "above, and of the ticket"
    assert (f" {first:%-d %B %Y}" in page.words, f" {first:%-d %b %Y} 1 free" in page.words) == (False, True)


async def test_the_page_of_an_order_does_not_say_called_off_of_the_date_that_its_tickets_left(
    browser: Browser, office: Ticketing
) -> None:
    of = await changed(office)
    await called_off(office, of.before)
    page = await browser.open(of.path)
    assert ("called-off" in page.ids, "Your tickets are here" in page.words) == (False, True)


async def test_the_page_of_an_order_says_which_ticket_is_for_a_date_that_was_called_off(
    browser: Browser, office: Ticketing
) -> None:
    of = await changed(office, tickets=2)
    await called_off(office, of.now)
    page = await browser.open(of.path)
    assert "called-off" not in page.ids, "what was ordered first takes place"
    assert page.words.count("Called off") == 1


async def listed_as(office: Ticketing) -> str:
    """What the list of Siti's orders says of the first."""
    async with stand_before(office.served) as stand:
        siti = await reader(stand, SITI)
        async with siti.client:
            one = (await siti.page("/wisata/tiket?lang=en")).xpath("//*[@id='own']/li")[0]
            return " ".join(one.text_content().split())


async def test_the_list_of_orders_does_not_say_called_off_of_a_date_that_the_tickets_left(office: Ticketing) -> None:
    office.today()
    before, type_ = await office.on_sale()
    kind = await office.sort((await office.sale(days=40)).id)
    (one,) = (await office.paid(before, type_)).tickets
    await office.call(pb.ChangeTicketRequest(code=one.code, etag=one.etag, type=kind), SITI)
    await called_off(office, before)
    await timers.take_back(office.served.runtime)
    assert "Called off" not in await listed_as(office)


async def test_the_list_of_orders_says_called_off_of_a_date_whose_tickets_are_taken_back(office: Ticketing) -> None:
    office.today()
    sale, type_ = await office.on_sale()
    await office.paid(sale, type_)
    await called_off(office, sale)
    assert "Called off" in await listed_as(office)
    await timers.take_back(office.served.runtime)
    assert "Called off" in await listed_as(office)
