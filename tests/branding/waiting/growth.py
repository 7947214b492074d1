"""A waiting room, so that each statement is looked at."""

from services.branding.waiting import timers
from smartcity.branding.v1 import ticket_sales_pb2
from smartcity.branding.v1 import waiting_pb2 as pb
from tests.branding.tickets.ticketing import NOBODY, SELLER, Ticketing, stamp
from tests.branding.waiting.test_waiting import read, room
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    office = Ticketing(served)
    sale, adult = await room(office, opens=-1)
    taken = await office.place(sale, adult)
    await office.call(pb.GetWaitingPlaceRequest(id=taken.place.id, link_key=taken.link_key), NOBODY)
    stop = ticket_sales_pb2.StopTicketSaleRequest(id=sale, etag="1")
    await office.call(stop, SELLER)
    await timers.serve(served.runtime)
    on = ticket_sales_pb2.StopTicketSaleRequest(id=sale, etag="2", open=True, open_time=stamp(served.now))
    await office.call(on, SELLER)
    served.pass_time(seconds=6)
    await timers.serve(served.runtime)
    await read(office, taken)
    await timers.forget(served.runtime)


LIVES = {"waiting rooms": _live}
