"""What is over when it is called off: whoever used a ticket keeps it, and nothing is paid back of it."""

from datetime import date, timedelta

from services.branding.cancellations import timers
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from smartcity.types.v1.refunds_pb2 import PaymentRefundRequested
from tests.branding.cancellations.test_cancellations import call_off
from tests.branding.settlements.test_pages import stand
from tests.branding.tickets.ticketing import NOBODY, PRICE, SELLER, Ticketing, word
from tests.gateway.running import Stand
from tests.governance.conftest import refused
from tests.society.pages import reader

__all__ = ["stand"]


async def test_of_a_place_tickets_of_days_before_stay_as_they_are_when_its_sale_is_called_off(
    office: Ticketing,
) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(sale)
    first, last = [await day_of(office, sale, entry, ahead) for ahead in (1, 2)]
    office.served.pass_time(days=2)
    await call_off(office, sale)
    office.served.pass_time(days=1)
    await timers.take_back(office.served.runtime)
    seen = [await office.ticket(code) for code in (first, last)]
    assert [word(pb.TicketState, one.state) for one in seen] == ["valid", "cancelled"]
    assert [one.amount.units for one in await office.told(PaymentRefundRequested)] == [PRICE]


async def test_what_is_over_cannot_be_called_off_any_more(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    office.served.pass_time(days=30, hours=4)
    with refused("SALE_OVER"):
        await call_off(office, sale)
    await timers.take_back(office.served.runtime)
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    assert found.state == ticket_sales_pb2.TICKET_SALE_STATE_OPEN
    assert (await office.ticket(order.tickets[0].code)).state == pb.TICKET_STATE_VALID


async def test_the_desk_says_what_stays_and_offers_to_call_off_nothing_that_is_over(
    office: Ticketing, stand: Stand
) -> None:
    office.today()
    sale, _ = await office.on_sale()
    place = (await office.sale(destination="lawang-sewu")).id
    officer = await reader(stand, SELLER)
    said = (await officer.page(f"/petugas/tiket/{place}")).text_content()
    assert "Tickets of days that are over stay as they are" in said
    ended = "UPDATE branding.ticket_sale SET starts_at = starts_at - $1::interval, ends_at = ends_at - $1::interval"
    await office.served.admin.execute(ended, timedelta(days=31))
    desk = await officer.page(f"/petugas/tiket/{sale}")
    assert (desk.xpath("//*[@id='cancel-form']"), len(desk.xpath("//*[@id='over']"))) == ([], 1)
    await officer.client.aclose()


async def day_of(office: Ticketing, sale: str, entry: str, ahead: int) -> str:
    """The code of a paid ticket of a day so far ahead."""
    day: date = office.served.now.date() + timedelta(days=ahead)
    code = (await office.order(sale, entry, day=str(day))).order.code
    await office.pay()
    (ticket,) = (await office.read(code)).tickets
    return str(ticket.code)
