"""Whom a concession concerns: who asked for it, the transport agency and the administrators."""

from typing import Any

from services.kit.caller import Caller
from smartcity.living.v1 import concessions_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.rides.riding import AGENT, DISHUB, DLH, HELPER, NOTE, SITI, STUDENT, Riding


async def _asked(served: Served, caller: Caller = SITI) -> str:
    found = (
        await Riding(served).call(pb.ListConcessionsRequest(state=pb.CONCESSION_STATE_WAITING), caller)
    ).concessions
    return found[0].id if found else await Riding(served).concession(caller)


async def _create(served: Served) -> Any:
    one = await _asked(served)
    await Riding(served).call(pb.DeclineConcessionRequest(id=one, etag="1", note=NOTE), DISHUB)
    return pb.CreateConcessionRequest(request_id=request_id(), rider=STUDENT, proof="Kartu pelajar")


async def _get(served: Served) -> Any:
    return pb.GetConcessionRequest(id=await _asked(served))


async def _list(served: Served) -> Any:
    return pb.ListConcessionsRequest()


async def _grant(served: Served) -> Any:
    last_day = str(served.now.date())
    id_ = await _asked(served)
    return pb.GrantConcessionRequest(request_id=request_id(), id=id_, etag="1", last_day=last_day, note=NOTE)


async def _decline(served: Served) -> Any:
    return pb.DeclineConcessionRequest(request_id=request_id(), id=await _asked(served), etag="1", note=NOTE)


async def _take_back(served: Served) -> Any:
    return pb.DeleteConcessionRequest(request_id=request_id(), id=await _asked(served))


ROWS = {
    "ConcessionService.CreateConcession": Row(_create, (SITI,), (DLH,), own=True),
    "ConcessionService.GetConcession": Row(_get, (SITI, DISHUB, ADMIN), (AGENT, HELPER, DLH)),
    "ConcessionService.ListConcessions": Row(_list, (SITI, DISHUB, ADMIN), own=True),
    "ConcessionService.GrantConcession": Row(_grant, (DISHUB, ADMIN), (SITI, DLH)),
    "ConcessionService.DeclineConcession": Row(_decline, (DISHUB, ADMIN), (SITI, DLH)),
    "ConcessionService.DeleteConcession": Row(_take_back, (SITI,), (AGENT, HELPER)),
}
NOBODY_OWNS = {
    "ConcessionService.GrantConcession": "whoever asked for it is refused, test_nobody_decides_on_their_own",
    "ConcessionService.DeclineConcession": "whoever asked for it is refused, test_nobody_decides_on_their_own",
}
"""Why a change is no decision on a matter of somebody's own."""
