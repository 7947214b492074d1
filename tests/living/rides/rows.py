"""Whom a ride concerns: who rode, the transport agency and the administrators."""

from typing import Any

from services.living.progress import store as progress
from smartcity.living.v1 import rides_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, letters, request_id
from tests.living.cards.rows import usable
from tests.living.rides.riding import AGENT, DISHUB, DLH, HELPER, NOTE, SITI, Riding, driving
from tests.living.vehicles.fleet import Fleet


async def _refused(served: Served) -> tuple[str, str]:
    riding = Riding(served)
    number = await usable(served)
    # Before the card came to the list of denied ones.
    ride = await riding.ride(number, served.now, offline=True, validator=request_id())
    served.pass_time(seconds=1)
    await riding.answer("INSUFFICIENT_FUNDS")
    served.pass_time(seconds=-1)
    return number, ride


async def _upload(served: Served) -> Any:
    taps = [Riding(served).tap(await usable(served), validator=request_id())]
    return pb.UploadTapsRequest(request_id=request_id(), taps=taps)


async def _board(served: Served) -> Any:
    await usable(served)
    vehicle = f"ts-{letters()}"
    await Fleet(served).register(vehicle)
    async with served.runtime.transaction() as tx:
        await progress.save(tx, [driving(vehicle, "K1", served.now)])
    return pb.BoardVehicleRequest(request_id=request_id(), vehicle=vehicle)


async def _get(served: Served) -> Any:
    return pb.GetRideRequest(id=(await _refused(served))[1])


async def _list(served: Served) -> Any:
    return pb.ListRidesRequest()


async def _settle(served: Served) -> Any:
    return pb.SettleCardRequest(request_id=request_id(), number=(await _refused(served))[0])


async def _write_off(served: Served) -> Any:
    return pb.WriteOffRideRequest(request_id=request_id(), id=(await _refused(served))[1], etag="2", note=NOTE)


async def _takings(served: Served) -> Any:
    return pb.ListRideTakingsRequest()


ROWS = {
    "RideService.UploadTaps": Row(_upload, (AGENT, DISHUB, ADMIN), (SITI, HELPER, DLH)),
    "RideService.BoardVehicle": Row(_board, (SITI,), (DLH,), own=True),
    "RideService.GetRide": Row(_get, (SITI, DISHUB, ADMIN), (AGENT, HELPER, DLH)),
    "RideService.ListRides": Row(_list, (SITI, DISHUB, ADMIN), own=True),
    "RideService.SettleCard": Row(_settle, (SITI, DISHUB, ADMIN), (AGENT, HELPER, DLH)),
    "RideService.WriteOffRide": Row(_write_off, (DISHUB, ADMIN), (SITI, DLH)),
    "RideService.ListRideTakings": Row(_takings, (DISHUB, ADMIN), (SITI, DLH)),
}
NOBODY_OWNS = {
    "RideService.UploadTaps": "a tap of one's own card can only cost its owner",
    "RideService.SettleCard": "paying what one owes is a right",
    "RideService.WriteOffRide": "who rode is refused, test_only_a_colleague_gives_up_on_a_ride",
}
"""Why a change is no decision on a matter of somebody's own."""
