"""Whom a correction concerns: the agency that answers for the facility, and the administrators."""

from typing import Any

from smartcity.living.v1 import facilities_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, letters, request_id
from tests.living.facilities.town import ARPUS, DINKES, NOTE, PONCOL, Town


async def _filed(served: Served) -> str:
    town = await Town(served).enter()
    return await town.correct(PONCOL, name=f"Puskesmas {letters()}")


async def _get(served: Served) -> Any:
    return pb.GetFacilityCorrectionRequest(id=await _filed(served))


async def _list(served: Served) -> Any:
    return pb.ListFacilityCorrectionsRequest()


async def _accept(served: Served) -> Any:
    id_ = await _filed(served)
    return pb.AcceptFacilityCorrectionRequest(request_id=request_id(), id=id_, etag="1", note=NOTE)


async def _decline(served: Served) -> Any:
    id_ = await _filed(served)
    return pb.DeclineFacilityCorrectionRequest(request_id=request_id(), id=id_, etag="1", note=NOTE)


ROWS = {
    "FacilityService.GetFacilityCorrection": Row(_get, (DINKES, ADMIN), (ARPUS,)),
    "FacilityService.ListFacilityCorrections": Row(_list, (DINKES, ARPUS, ADMIN)),
    "FacilityService.AcceptFacilityCorrection": Row(_accept, (DINKES, ADMIN), (ARPUS,)),
    "FacilityService.DeclineFacilityCorrection": Row(_decline, (DINKES, ADMIN), (ARPUS,)),
}
NOBODY_OWNS = {
    "FacilityService.CreateFacilityCorrection": "saying what is wrong is everybody's right",
    "FacilityService.AcceptFacilityCorrection": "whoever filed it is refused, test_nobody_decides_on_their_own",
    "FacilityService.DeclineFacilityCorrection": "whoever filed it is refused, test_nobody_decides_on_their_own",
}
"""Why a change is no decision on a matter of somebody's own."""
