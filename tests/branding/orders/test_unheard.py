"""A date that was called off or put off a moment ago, before its sale has heard: nothing is sold of it."""

from datetime import timedelta

from services.branding.waiting import timers
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import waiting_pb2 as pb
from tests.branding.city_events.stage import Stage
from tests.branding.tickets.ticketing import Ticketing, word
from tests.branding.waiting.test_waiting import read, room
from tests.governance.conftest import refused


async def put_off_unheard(office: Ticketing) -> None:
    """All dates are a day later, which no sale has heard yet."""
    office.served.pass_time(minutes=1)
    sql = "UPDATE branding.occasion SET starts_at = starts_at + $1, ends_at = ends_at + $1"
    await office.served.admin.execute(sql, timedelta(days=1))


async def test_nothing_is_ordered_of_a_date_that_was_called_off_before_its_sale_has_heard(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    stage, of = Stage(office.served), (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale))).ticket_sale
    await stage.cancel_date(await stage.read(of.event), of.occasion)
    with refused("SALE_CANCELLED"):
        await office.order(sale, adult)


async def test_nothing_is_ordered_of_a_date_that_was_put_off_before_its_sale_has_heard(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    await put_off_unheard(office)
    with refused("SALE_STOPPED"):
        await office.order(sale, adult)


async def test_a_date_that_was_put_off_is_sold_again_as_it_is_once_its_sale_has_heard(office: Ticketing) -> None:
    sale, adult = await office.on_sale(refund_percent=0)
    await put_off_unheard(office)
    await office.put_off(days=0)
    office.served.pass_time(seconds=1)
    (ticket,) = (await office.paid(sale, adult)).tickets
    assert (ticket.moved, ticket.HasField("refund")) == (False, False)


async def test_who_waits_for_a_date_that_was_put_off_keeps_their_place_until_its_sale_has_heard(
    office: Ticketing,
) -> None:
    sale, adult = await room(office, opens=-1)
    taken = await office.place(sale, adult)
    await put_off_unheard(office)
    await timers.serve(office.served.runtime)
    assert word(pb.WaitingPlaceState, (await read(office, taken)).state) == "waiting"
    await office.put_off(days=0)
    office.served.pass_time(seconds=6)
    await timers.serve(office.served.runtime)
    assert word(pb.WaitingPlaceState, (await read(office, taken)).state) == "served"
