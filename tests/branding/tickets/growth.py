"""Tickets going all the ways that they can, so that each statement is looked at."""

from datetime import timedelta
from typing import Any

from services.branding.orders import timers
from services.branding.refunds import timers as refund_timers
from smartcity.branding.v1 import orders_pb2, ticket_sales_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.branding.tickets.ticketing import NOBODY, SELLER, SITI, Ticketing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    office = Ticketing(served)
    sale, adult = await office.on_sale()
    place = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(place, price=0)
    await office.order(place, entry, 2, day=str((served.now + timedelta(days=2)).date()))
    changed = ticket_sales_pb2.ChangeTicketTypeRequest(
        id=entry, etag="1", quota=20, open=True, gates=ticket_sales_pb2.TicketTypeGates(names=[])
    )
    await office.call(changed, SELLER)
    buyable: tuple[dict[str, Any], ...] = ({"for_sale": True}, {"for_sale": True, "destination": "lawang-sewu"})
    for fields in ({}, {"destination": "lawang-sewu"}, {"occasion": (await office.sale()).occasion}, *buyable):
        asked = ticket_sales_pb2.ListTicketSalesRequest(page_size=1, **fields)
        asked.page_token = (await office.call(asked, NOBODY)).next_page_token
        await office.call(asked, NOBODY)
    await office.call(ticket_sales_pb2.GetTicketSaleRequest(id=sale), NOBODY)
    await office.call(ticket_sales_pb2.StopTicketSaleRequest(id=place, etag="1"), SELLER)
    paid = await office.paid(sale, adult, 2)
    await office.ticket(paid.tickets[0].code, NOBODY, paid.tickets[0].link_key)
    for _ in range(2):
        await office.order(sale, adult)
    orders = orders_pb2.ListOrdersRequest(page_size=1)
    orders.page_token = (await office.call(orders, SITI)).next_page_token
    await office.call(orders, SITI)
    given_up = (await office.order(sale, adult)).order
    await office.call(orders_pb2.CancelOrderRequest(code=given_up.code, etag=given_up.etag))
    await office.pay()
    await office.give_back("INSUFFICIENT_FUNDS")
    late = (await office.order(sale, adult, 6)).order
    served.pass_time(hours=7)
    await timers.expire(served.runtime)
    await refund_timers.ask_again(served.runtime)
    await office.give_back()
    await office.cancelled((await office.told(PaymentRequested))[-1])
    await office.read(late.code)
    served.pass_time(days=90)
    await timers.forget_counted(served.runtime)
    await timers.forget(served.runtime)
    served.now -= timedelta(days=90, hours=7)


LIVES = {"tickets": _live}
