"""Vehicles going all the ways that they can, so that each statement is looked at."""

from services.living.positions import timers
from services.living.progress import gauges, store
from smartcity.living.v1 import vehicles_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.journeys.transit import Transit
from tests.living.vehicles.fleet import OPERATOR, REASON, TRANS, Fleet


async def _live(served: Served) -> None:
    await Transit(served).enter_semarang()
    await timers.keep_days(served.runtime)
    fleet = Fleet(served)
    for number in range(3):
        await fleet.register(f"ts-{number}")
    await fleet.report(("ts-0", -6.99, 110.40), ("ts-1", -6.98, 110.41), ago=20, route="K1")
    await fleet.follow()
    await fleet.report(("ts-0", -6.99, 110.41), ("ts-1", -6.98, 110.42), route="K1", caller=OPERATOR)
    await fleet.follow()
    for route in ("", "K1"):
        request = pb.ListVehiclesRequest(page_size=1, route=route)
        request.page_token = (await fleet.call(request)).next_page_token
        await fleet.call(request)
    await fleet.vehicle("ts-0")
    await fleet.board("TS001")
    await fleet.call(pb.GetPositionFeedRequest())
    await fleet.call(pb.GetTripUpdateFeedRequest())
    await fleet.call(pb.GetVehicleRegistrationRequest(id="ts-0"), TRANS)
    for caller in (TRANS, ADMIN):
        registrations = pb.ListVehicleRegistrationsRequest(page_size=1)
        registrations.page_token = (await fleet.call(registrations, caller)).next_page_token
        await fleet.call(registrations, caller)
    async with served.runtime.snapshot() as tx:
        await store.delays(tx, served.now)
    await gauges.read(served.runtime)
    await fleet.call(pb.UpdateVehicleRequest(request_id=request_id(), id="ts-2", etag="1", label="K1-02"), TRANS)
    await fleet.call(pb.RetireVehicleRequest(request_id=request_id(), id="ts-2", etag="2", reason=REASON), TRANS)


LIVES = {"vehicles": _live}
