"""Whom a destination concerns: the office that answers for destinations, and the administrators."""

from typing import Any

from smartcity.branding.v1 import destinations_pb2 as pb
from tests.branding.city_events.stage import DINKES, PUBLISHER, WRITER
from tests.branding.destinations.tour import NOTE, Tour
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, letters, request_id


async def _filed(served: Served) -> str:
    tour = await Tour(served).enter()
    return await tour.correct(description=f"Kata {letters()}")


async def _get(served: Served) -> Any:
    return pb.GetDestinationCorrectionRequest(id=await _filed(served))


async def _list(_: Served) -> Any:
    return pb.ListDestinationCorrectionsRequest()


async def _decide(served: Served) -> Any:
    return pb.DecideDestinationCorrectionRequest(
        request_id=request_id(), id=await _filed(served), etag="1", note=NOTE,
        state=pb.DESTINATION_CORRECTION_STATE_DECLINED,
    )  # fmt: skip


async def _advise(_: Served) -> Any:
    return pb.CreateAdvisoryRequest(
        request_id=request_id(), areas=["33.74.01.1007"], level=pb.ADVISORY_LEVEL_INFO, text="Jalan ditutup hari ini."
    )


async def _end(served: Served) -> Any:
    made = await (await Tour(served).enter()).advise()
    return pb.EndAdvisoryRequest(request_id=request_id(), id=made.id, etag=made.etag)


_OFFICE, _OTHERS = (WRITER, PUBLISHER, ADMIN), (DINKES,)
ROWS = {
    "DestinationService.GetDestinationCorrection": Row(_get, _OFFICE, _OTHERS),
    "DestinationService.ListDestinationCorrections": Row(_list, _OFFICE, _OTHERS),
    "DestinationService.DecideDestinationCorrection": Row(_decide, _OFFICE, _OTHERS),
    "DestinationService.CreateAdvisory": Row(_advise, _OFFICE, _OTHERS),
    "DestinationService.EndAdvisory": Row(_end, _OFFICE, _OTHERS),
}
NOBODY_OWNS = {
    "DestinationService.CreateDestinationCorrection": "saying what is wrong is everybody's right",
    "DestinationService.DecideDestinationCorrection": "whoever filed it is refused, test_nobody_decides_on_their_own",
    "DestinationService.CreateAdvisory": "an advisory is about a place, and knows no person",
    "DestinationService.EndAdvisory": "an advisory is about a place, and knows no person",
}
"""Why a change is no decision on a matter of somebody's own."""
