"""Tickets that change hands and are taken back, so that each statement is looked at."""

from services.branding.cancellations import timers
from services.branding.sales import actions
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.tickets.ticketing import BUDI, NOBODY, PRICE, SELLER, Ticketing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    office = Ticketing(served)
    sale, adult = await office.on_sale()
    child = await office.sort(sale, price=10_000)
    order = await office.paid(sale, adult, 4)
    one, two, three, four = order.tickets
    passed = await office.call(pb.TransferTicketRequest(code=one.code, etag=one.etag, holder="Budi"))
    one = (await office.call(pb.RecallTicketRequest(code=one.code, etag=passed.ticket.etag))).ticket
    passed = await office.call(pb.TransferTicketRequest(code=one.code, etag=one.etag, holder="Budi"))
    taking = pb.TakeTicketOverRequest(code=one.code, etag=passed.ticket.etag, link_key=passed.link_key)
    await office.call(taking, NOBODY)
    await office.call(pb.ChangeTicketRequest(code=two.code, etag=two.etag, type=child))
    await office.call(pb.CancelTicketRequest(code=three.code, etag=three.etag))
    await office.by_hand(order.id, 1_000)
    await office.call(pb.CancelTicketRequest(code=four.code, etag=four.etag))
    await office.by_hand((await office.paid(sale, adult)).id, PRICE)
    await office.paid(sale, adult, 1, BUDI)
    await office.call(ticket_sales_pb2.CancelTicketSaleRequest(id=sale, etag="1", note="Acara tidak jadi."), SELLER)
    await timers.take_back(served.runtime)
    await office.give_back("INSUFFICIENT_FUNDS")
    for states in ((), (pb.TICKET_REFUND_STATE_REFUSED,)):
        asked = pb.ListTicketRefundsRequest(sale=sale, states=states, page_size=1)
        asked.page_token = (await office.call(asked, SELLER)).next_page_token
        found = await office.call(asked, SELLER)
    await office.call(pb.RetryTicketRefundRequest(id=found.refunds[0].id), SELLER)
    event = await served.admin.fetchval("SELECT event FROM branding.ticket_sale WHERE id = $1", sale)
    async with served.runtime.transaction() as tx:
        await actions.follow(tx, event)


LIVES = {"cancellations": _live}
