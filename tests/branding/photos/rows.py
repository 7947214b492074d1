"""Whom a photo of a destination concerns: the office that answers for destinations, and the administrators."""

from typing import Any

from smartcity.branding.v1 import destination_photos_pb2 as pb
from tests.branding.city_events.stage import DINKES, PUBLISHER, WRITER
from tests.branding.destinations.tour import Tour
from tests.branding.photos.album import WHY, Album, recorded
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id

PLACE = "tugu-muda"


async def _bare(served: Served) -> None:
    """The places without photos, whoever was tried before: one can have few."""
    await Tour(served).enter()
    await served.admin.execute("DELETE FROM branding.destination_photo")


async def _check(served: Served) -> Any:
    await _bare(served)
    return pb.CheckDestinationPhotoRequest(destination=PLACE)


async def _create(served: Served) -> Any:
    await _bare(served)
    return recorded(PLACE)


async def _withdraw(served: Served) -> Any:
    await _bare(served)
    made = await Album(served).add(PLACE)
    return pb.WithdrawDestinationPhotoRequest(
        request_id=request_id(), destination=PLACE, id=made.id, etag=made.etag, reason=WHY
    )


_OFFICE, _OTHERS = (WRITER, PUBLISHER, ADMIN), (DINKES,)
ROWS = {
    "DestinationPhotoService.CheckDestinationPhoto": Row(_check, _OFFICE, _OTHERS),
    "DestinationPhotoService.CreateDestinationPhoto": Row(_create, _OFFICE, _OTHERS),
    "DestinationPhotoService.WithdrawDestinationPhoto": Row(_withdraw, _OFFICE, _OTHERS),
}
NOBODY_OWNS = {
    "DestinationPhotoService.CreateDestinationPhoto": "a photo is of a place; who made it has no login here",
    "DestinationPhotoService.WithdrawDestinationPhoto": "whoever of the office may take a photo back, and at once",
}
"""Why a change is no decision on a matter of somebody's own."""
