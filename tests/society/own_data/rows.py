"""Whom a request for own data concerns: who made it."""

from typing import Any

from smartcity.society.v1 import data_requests_pb2 as pb
from smartcity.society.v1 import own_records_pb2
from smartcity.society.v1.data_requests_pb2_grpc import DataRequestServiceStub
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import request_id
from tests.society.residents.people import DLH, SITI


async def _create(served: Served) -> Any:
    await served.admin.execute("DELETE FROM society.data_request")
    return pb.CreateDataRequestRequest(request_id=request_id())


async def _get(served: Served) -> Any:
    request = await _create(served)
    made = await served.call(DataRequestServiceStub, "CreateDataRequest", request, SITI)
    return pb.GetDataRequestRequest(id=made.data_request.id)


async def _list(served: Served) -> Any:
    return pb.ListDataRequestsRequest()


async def _export(served: Served) -> Any:
    return pb.GetOwnDataRequest()


async def _records(_: Served) -> Any:
    return own_records_pb2.ListOwnRecordsRequest()


ROWS = {
    "OwnRecordService.ListOwnRecords": Row(_records, (SITI,), (DLH,), own=True),
    "DataRequestService.CreateDataRequest": Row(_create, (SITI,), (DLH,), own=True),
    "DataRequestService.GetDataRequest": Row(_get, (SITI,), (DLH,)),
    "DataRequestService.ListDataRequests": Row(_list, (SITI,), (DLH,), own=True),
    "DataRequestService.GetOwnData": Row(_export, (SITI,), (DLH,), own=True),
}
NOBODY_OWNS: dict[str, str] = {}
"""Why a change is no decision on a matter of somebody's own: none is by staff."""
