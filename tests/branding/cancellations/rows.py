"""Whom what goes back concerns: the agency that sells, and the administrators."""

from typing import Any

from smartcity.branding.v1 import ticket_sales_pb2, tickets_pb2
from tests.branding.tickets.ticketing import DLH, SELLER, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _cancel(served: Served) -> Any:
    sale = await Ticketing(served).sale()
    note = "Jembatan menuju lokasi putus."
    return ticket_sales_pb2.CancelTicketSaleRequest(request_id=request_id(), id=sale.id, etag="1", note=note)


async def _list(served: Served) -> Any:
    return tickets_pb2.ListTicketRefundsRequest(sale=(await Ticketing(served).sale()).id)


async def _retry(served: Served) -> Any:
    office = Ticketing(served)
    ticket = (await office.paid(*await office.on_sale())).tickets[0]
    await office.call(tickets_pb2.CancelTicketRequest(code=ticket.code, etag=ticket.etag))
    found = await office.call(tickets_pb2.ListTicketRefundsRequest(sale=ticket.sale), SELLER)
    return tickets_pb2.RetryTicketRefundRequest(request_id=request_id(), id=found.refunds[0].id)


ROWS = {
    "TicketSaleService.CancelTicketSale": Row(_cancel, (SELLER, ADMIN), (DLH,)),
    "TicketService.ListTicketRefunds": Row(_list, (SELLER, ADMIN), (DLH,)),
    "TicketService.RetryTicketRefund": Row(_retry, (SELLER, ADMIN), (DLH,)),
}
NOBODY_OWNS = {
    "TicketSaleService.CancelTicketSale": "all money goes back to who paid, officers who bought included",
    "TicketService.RetryTicketRefund": "what goes back to whom is decided already, by the ticket's rules",
}
