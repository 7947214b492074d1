"""A date that was called off a moment ago, before its sale has heard: nothing is sold of it."""

from smartcity.branding.v1 import ticket_sales_pb2
from tests.branding.city_events.stage import Stage
from tests.branding.tickets.ticketing import Ticketing
from tests.governance.conftest import refused


async def test_nothing_is_ordered_of_a_date_that_was_called_off_before_its_sale_has_heard(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    stage, of = Stage(office.served), (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale))).ticket_sale
    await stage.cancel_date(await stage.read(of.event), of.occasion)
    with refused("SALE_CANCELLED"):
        await office.order(sale, adult)
