"""Whom a service alert concerns: the agencies that the city's profile names."""

from typing import Any

from smartcity.living.v1 import alerts_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.alerts.passengers import DINKES, DISHUB, TRANS, Passengers, said

ROUTE = pb.ServiceAlertEntity(route="K1")


async def _records(_: Served) -> Any:
    return pb.ListServiceAlertRecordsRequest()


async def _creating(_: Served) -> Any:
    return pb.CreateServiceAlertRequest(request_id=request_id(), **said(ROUTE))


async def _changing(request: type[Any], served: Served, **fields: Any) -> Any:
    made = await Passengers(served).write(ROUTE)
    return request(request_id=request_id(), id=made.id, etag=made.etag, **fields)


async def _updating(served: Served) -> Any:
    return await _changing(pb.UpdateServiceAlertRequest, served, **said(ROUTE))


async def _publishing(served: Served) -> Any:
    return await _changing(pb.PublishServiceAlertRequest, served)


async def _ending(served: Served) -> Any:
    return await _changing(pb.EndServiceAlertRequest, served, reason="Selesai.")


_THEIRS, _OTHERS = (DISHUB, TRANS), (DINKES,)
ROWS = {
    "AlertService.ListServiceAlertRecords": Row(_records, (*_THEIRS, ADMIN), _OTHERS),
    "AlertService.CreateServiceAlert": Row(_creating, _THEIRS, _OTHERS),
    "AlertService.UpdateServiceAlert": Row(_updating, _THEIRS, _OTHERS),
    "AlertService.PublishServiceAlert": Row(_publishing, _THEIRS, _OTHERS),
    "AlertService.EndServiceAlert": Row(_ending, _THEIRS, _OTHERS),
}
NOBODY_OWNS = {
    f"AlertService.{verb}ServiceAlert": "an alert is about lines and stops, and knows no person"
    for verb in ("Create", "Update", "Publish", "End")
}
"""Why a change is no decision on a matter of somebody's own."""
