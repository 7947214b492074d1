"""Whom an event concerns: who wrote it, their agency, and the office that publishes."""

from typing import Any

from smartcity.branding.v1 import city_events_pb2 as pb
from tests.branding.city_events.stage import DINKES, ORGANISER, PUBLISHER, WHY, WRITER, Stage, content
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id


async def _records(_: Served) -> Any:
    return pb.ListCityEventRecordsRequest()


async def _creating(_: Served) -> Any:
    return pb.CreateCityEventRequest(request_id=request_id(), content=content())


async def _updating(served: Served) -> Any:
    made = await Stage(served).write(ORGANISER)
    return pb.UpdateCityEventRequest(request_id=request_id(), id=made.id, etag=made.etag, content=content())


async def _publishing(served: Served) -> Any:
    made = await Stage(served).write(ORGANISER)
    return pb.PublishCityEventRequest(request_id=request_id(), id=made.id, etag=made.etag)


async def _cancelling(served: Served) -> Any:
    made = await Stage(served).write(ORGANISER)
    return pb.CancelCityEventRequest(request_id=request_id(), id=made.id, etag=made.etag, reason=WHY)


async def _cancelling_date(served: Served) -> Any:
    stage = Stage(served)
    made = await stage.publish(await stage.write(ORGANISER))
    return pb.CancelOccasionRequest(
        request_id=request_id(), id=made.occasions[0].id, etag=made.etag, reason=WHY
    )  # fmt: skip


_OFFICE = (WRITER, PUBLISHER, ADMIN)
ROWS = {
    "CityEventService.ListCityEventRecords": Row(_records, (*_OFFICE, ORGANISER), own=True),
    "CityEventService.CreateCityEvent": Row(_creating, (WRITER, DINKES, ORGANISER, ADMIN), own=True),
    "CityEventService.UpdateCityEvent": Row(_updating, (ORGANISER, *_OFFICE), (DINKES,)),
    "CityEventService.PublishCityEvent": Row(_publishing, _OFFICE, (DINKES,)),
    "CityEventService.CancelCityEvent": Row(_cancelling, (ORGANISER, *_OFFICE), (DINKES,)),
    "CityEventService.CancelOccasion": Row(_cancelling_date, (ORGANISER, *_OFFICE), (DINKES,)),
}
NOBODY_OWNS = {
    "CityEventService.CreateCityEvent": "a draft is no decision",
    "CityEventService.UpdateCityEvent": "what is written holds only when somebody else publishes it",
    "CityEventService.PublishCityEvent": "whoever wrote it is refused, test_nobody_publishes_what_they_wrote",
    "CityEventService.CancelCityEvent": "calling off what is one's own is everybody's right",
    "CityEventService.CancelOccasion": "calling off what is one's own is everybody's right",
}
"""Why a change is no decision on a matter of somebody's own."""
