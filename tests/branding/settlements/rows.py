"""Whom a settlement concerns: the agency that sells, and the administrators."""

from typing import Any

from smartcity.branding.v1 import ticket_settlements_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, Ticketing
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _list(served: Served) -> Any:
    return pb.ListTicketSettlementsRequest(sale=(await Ticketing(served).sale()).id)


ROWS = {"TicketSettlementService.ListTicketSettlements": Row(_list, (SELLER, ADMIN), (DLH,))}
NOBODY_OWNS: dict[str, str] = {}
