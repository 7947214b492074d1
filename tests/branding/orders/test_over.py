"""How long orders are known: until what they are for is over, and what it was put off or changed to."""

from datetime import timedelta

from services.branding.orders import timers
from services.branding.personal import reactions as personal
from smartcity.branding.v1 import ticket_sales_pb2, tickets_pb2
from tests.branding.tickets.ticketing import NOBODY, PRICE, SITI, Ticketing
from tests.fixtures.personal import asked as looked_for
from tests.governance.conftest import refused


async def test_names_and_buyers_are_forgotten_some_time_after(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    office.served.pass_time(days=61)
    await timers.forget(office.served.runtime)
    with refused("ORDER_NOT_FOUND"):
        await office.read(order.code)
    sql = "SELECT count(*) FROM branding.ticket WHERE sealed IS NOT NULL OR holder <> ''"
    assert await office.served.admin.fetchval(sql) == 0


async def test_nothing_is_put_off_by_another_end_alone(office: Ticketing) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    office.served.pass_time(minutes=1)
    await office.served.admin.execute("UPDATE branding.occasion SET ends_at = ends_at + interval '1 hour'")
    await office.put_off()
    found = (await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)).ticket_sale
    assert (found.moved, found.end_time.ToDatetime() - found.start_time.ToDatetime()) == (False, timedelta(hours=5))
    (ticket,) = (await office.read(order.code)).tickets
    assert (ticket.moved, ticket.refund.units) == (False, PRICE * 9 // 10)


async def test_who_has_tickets_of_what_was_put_off_is_known_until_it_is_over_and_so_are_its_days(
    office: Ticketing,
) -> None:
    sale, adult = await office.on_sale()
    order = await office.paid(sale, adult)
    assert order.tickets[0].last_day == "2026-12-24"
    office.served.pass_time(minutes=1)
    await office.put_off(days=90)
    office.served.pass_time(days=61)
    await timers.forget(office.served.runtime)
    told = await looked_for(office.served, personal, SITI.subject, erase=True)
    assert (told["orders"], told["tickets"]) == ((1, 0, "ticket"), (1, 0, "ticket"))
    (ticket,) = (await office.read(order.code)).tickets
    assert (ticket.holder, ticket.refund.units) == ("Siti Rahma", PRICE)
    assert (ticket.first_day, ticket.last_day) == ("2027-03-24", "2027-03-24")
    office.served.pass_time(days=90)
    await timers.forget(office.served.runtime)
    with refused("ORDER_NOT_FOUND"):
        await office.read(order.code)
    sql = "SELECT count(*) FROM branding.ticket WHERE sealed IS NOT NULL OR holder <> ''"
    assert await office.served.admin.fetchval(sql) == 0


async def test_what_ends_at_midnight_is_over_that_day(office: Ticketing) -> None:
    sale = await office.sale(days=30, hours=15)
    order = await office.paid(sale.id, await office.sort(sale.id))
    assert order.tickets[0].last_day == "2026-12-24"
    office.served.pass_time(days=60)
    await timers.forget(office.served.runtime)
    assert (await office.read(order.code)).holder
    office.served.pass_time(days=1)
    await timers.forget(office.served.runtime)
    with refused("ORDER_NOT_FOUND"):
        await office.read(order.code)


async def test_an_order_is_known_while_a_ticket_that_was_changed_to_a_later_day_lets_in(office: Ticketing) -> None:
    place = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(place)
    order = (await office.order(place, entry, day="2026-11-30")).order
    await office.pay()
    (ticket,) = (await office.read(order.code)).tickets
    await office.call(tickets_pb2.ChangeTicketRequest(code=ticket.code, etag=ticket.etag, type=entry, day="2027-02-01"))
    office.served.pass_time(days=60)
    await timers.forget(office.served.runtime)
    told = await looked_for(office.served, personal, SITI.subject, erase=True)
    assert (told["orders"], told["tickets"]) == ((1, 0, "ticket"), (1, 0, "ticket"))
    assert [one.first_day for one in (await office.read(order.code)).tickets] == ["2027-02-01"]
    office.served.pass_time(days=60)
    await timers.forget(office.served.runtime)
    with refused("ORDER_NOT_FOUND"):
        await office.read(order.code)
