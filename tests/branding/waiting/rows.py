"""Whom a place concerns: who took it, and nobody else."""

from typing import Any

from smartcity.branding.v1 import waiting_pb2 as pb
from tests.branding.tickets.ticketing import DLH, SELLER, SITI, Ticketing
from tests.branding.waiting.test_waiting import room
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served


async def _get(served: Served) -> Any:
    office = Ticketing(served)
    taken = await office.place(*await room(office), caller=SITI)
    return pb.GetWaitingPlaceRequest(id=taken.place.id)


ROWS = {"WaitingRoomService.GetWaitingPlace": Row(_get, (SITI,), (SELLER, DLH))}
NOBODY_OWNS = {"WaitingRoomService.TakeWaitingPlace": "queueing is everybody's right, and the number is the next"}
