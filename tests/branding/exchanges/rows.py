"""Whom a ticket concerns that changes hands: who has it, and nobody else."""

from typing import Any

from smartcity.branding.v1 import tickets_pb2 as pb
from tests.branding.tickets.ticketing import DLH, NOBODY, SELLER, SITI, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id


async def _ticket(served: Served) -> Any:
    office = Ticketing(served)
    return (await office.order(*await office.on_sale(price=0))).order.tickets[0]


async def _transfer(served: Served) -> Any:
    one = await _ticket(served)
    return pb.TransferTicketRequest(request_id=request_id(), code=one.code, etag=one.etag)


async def _change(served: Served) -> Any:
    one = await _ticket(served)
    other = await Ticketing(served).sort(one.sale, price=0)
    return pb.ChangeTicketRequest(request_id=request_id(), code=one.code, etag=one.etag, type=other)


async def _cancel(served: Served) -> Any:
    one = await _ticket(served)
    return pb.CancelTicketRequest(request_id=request_id(), code=one.code, etag=one.etag)


async def _take_over(served: Served) -> Any:
    one, office = await _ticket(served), Ticketing(served)
    done = await office.call(pb.TransferTicketRequest(code=one.code, etag=one.etag))
    key, etag = done.link_key, done.ticket.etag
    return pb.TakeTicketOverRequest(request_id=request_id(), code=one.code, etag=etag, link_key=key)


async def _recall(served: Served) -> Any:
    one, office = await _ticket(served), Ticketing(served)
    done = await office.call(pb.TransferTicketRequest(code=one.code, etag=one.etag))
    return pb.RecallTicketRequest(request_id=request_id(), code=one.code, etag=done.ticket.etag)


ROWS = {
    "TicketService.RecallTicket": Row(_recall, (SITI,), (SELLER, DLH)),
    "TicketService.TakeTicketOver": Row(_take_over, (SITI, NOBODY), own=True),
    "TicketService.TransferTicket": Row(_transfer, (SITI,), (SELLER, DLH)),
    "TicketService.ChangeTicket": Row(_change, (SITI,), (SELLER, DLH)),
    "TicketService.CancelTicket": Row(_cancel, (SITI,), (SELLER, DLH)),
}
NOBODY_OWNS: dict[str, str] = {}
