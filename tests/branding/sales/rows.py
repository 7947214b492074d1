"""Whom a sale concerns: the agency that sells, and the administrators."""

from typing import Any

from smartcity.branding.v1 import ticket_sales_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _create(served: Served) -> Any:
    event = await Ticketing(served).event()
    return pb.CreateTicketSaleRequest(request_id=request_id(), occasion=event.occasions[0].id)


async def _add(served: Served) -> Any:
    sale = await Ticketing(served).sale()
    return pb.CreateTicketTypeRequest(
        request_id=request_id(), sale=sale.id, name_id="Anak", name_en="Children", quota=5, most=2
    )


async def _change(served: Served) -> Any:
    _, type_ = await Ticketing(served).on_sale()
    return pb.ChangeTicketTypeRequest(request_id=request_id(), id=type_, etag="1", quota=20, open=True)


async def _stop(served: Served) -> Any:
    sale = await Ticketing(served).sale()
    return pb.StopTicketSaleRequest(request_id=request_id(), id=sale.id, etag="1", note="Panggung diperiksa.")


ROWS = {
    "TicketSaleService.CreateTicketSale": Row(_create, (SELLER,), (DLH,)),
    "TicketSaleService.CreateTicketType": Row(_add, (SELLER, ADMIN), (DLH,)),
    "TicketSaleService.ChangeTicketType": Row(_change, (SELLER, ADMIN), (DLH,)),
    "TicketSaleService.StopTicketSale": Row(_stop, (SELLER, ADMIN), (DLH,)),
}
NOBODY_OWNS = {
    "TicketSaleService.CreateTicketSale": "it is the agency's, and its money goes to the agency's counter",
    "TicketSaleService.CreateTicketType": "as above",
    "TicketSaleService.ChangeTicketType": "as above; what is sold keeps its price",
    "TicketSaleService.StopTicketSale": "as above; what is sold holds",
}
"""Why a change is no decision on a matter of somebody's own."""
