"""Settlements read, so that each statement is looked at."""

from services.branding.settlements import timers
from smartcity.branding.v1 import ticket_settlements_pb2 as pb
from tests.branding.tickets.ticketing import SELLER, Ticketing
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN


async def _live(served: Served) -> None:
    office = Ticketing(served)
    for _ in range(2):
        await office.paid(*await office.on_sale())
    for caller in (SELLER, ADMIN):
        asked = pb.ListTicketSettlementsRequest(page_size=1)
        asked.page_token = (await office.call(asked, caller)).next_page_token
        await office.call(asked, caller)
    await timers.fold_counters(served.runtime)


LIVES = {"settlements": _live}
