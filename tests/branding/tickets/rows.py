"""Whom a ticket concerns: who has it in hand, the agency that sells it, and the administrators."""

from typing import Any

from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, SITI, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _get(served: Served) -> Any:
    office = Ticketing(served)
    order = (await office.order(*await office.on_sale(price=0))).order
    return pb.GetTicketRequest(code=order.tickets[0].code)


ROWS = {"TicketService.GetTicket": Row(_get, (SITI, SELLER, ADMIN), (DLH,))}
NOBODY_OWNS = {
    "TicketService.CancelTicket": "the buyer's own right, by the rules of the type",
    "TicketService.ChangeTicket": "the buyer's own right, while seats are left",
    "TicketService.RecallTicket": "the right of who passed it on, while nobody has taken it over",
    "TicketService.TakeTicketOver": "whoever has the link that was handed on",
    "TicketService.TransferTicket": "the holder's own right",
}
