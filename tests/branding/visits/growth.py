"""Visits counted and told, so that each statement is looked at."""

from services.branding.visits import reactions, timers
from services.kit.caller import ANONYMOUS
from services.kit.ids import uuid7
from smartcity.branding.v1 import ticket_events_pb2
from smartcity.branding.v1 import visits_pb2 as pb
from smartcity.branding.v1.visits_pb2_grpc import VisitServiceStub
from tests.branding.city_events.stage import WRITER
from tests.branding.destinations.tour import Tour
from tests.branding.visits.rows import _counting
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    await Tour(served).enter()
    await served.call(VisitServiceStub, "CountVisits", await _counting(served), WRITER)
    for name in ("", "lawang-sewu"):
        await served.call(VisitServiceStub, "GetVisits", pb.GetVisitsRequest(destination=name), ANONYMOUS)
    for destination in ("lawang-sewu", ""):
        told = ticket_events_pb2.TicketAdmitted(day="2026-11-24", destination=destination, event="nowhere")
        async with served.runtime.transaction() as tx:
            event = arrived(served, told, "branding", aggregate=str(uuid7()))
            await reactions.on_ticket_admitted(tx, event)
    await timers.fold_counters(served.runtime)
    await timers.forget(served.runtime)


LIVES = {"visits": _live}
