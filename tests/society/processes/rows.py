"""Whom a process concerns: the agency that runs it, and the administrators; drafts are nobody else's."""

from typing import Any

from smartcity.society.v1 import processes_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.society.taking_part import BAPPEDA, CITY, DLH, REASON, SELATAN, SUMMARY, Society


async def _get(served: Served) -> Any:
    return pb.GetProcessRequest(id=(await Society(served).draft()).id)


async def _list(served: Served) -> Any:
    await Society(served).draft()
    return pb.ListProcessesRequest(phases=[pb.PROCESS_PHASE_DRAFT])


async def _create(served: Served) -> Any:
    return pb.CreateProcessRequest(
        request_id=request_id(), kind="konsultasi", area=CITY, title="Taman kota", summary=SUMMARY
    )


async def _update(served: Served) -> Any:
    made = await Society(served).draft()
    return pb.UpdateProcessRequest(
        request_id=request_id(), id=made.id, etag=made.etag, title="Taman kota", summary=SUMMARY
    )


async def _delete(served: Served) -> Any:
    made = await Society(served).draft()
    return pb.DeleteProcessRequest(request_id=request_id(), id=made.id, etag=made.etag)


async def _move(served: Served) -> Any:
    made = await Society(served).draft()
    return pb.MoveProcessRequest(
        request_id=request_id(), id=made.id, etag=made.etag, phase=pb.PROCESS_PHASE_COLLECT, reason=REASON
    )


ROWS = {
    "ProcessService.GetProcess": Row(_get, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProcessService.ListProcesses": Row(_list, (BAPPEDA, DLH, ADMIN), own=True),
    "ProcessService.CreateProcess": Row(_create, (BAPPEDA, DLH), (SELATAN,)),
    "ProcessService.UpdateProcess": Row(_update, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProcessService.DeleteProcess": Row(_delete, (BAPPEDA, ADMIN), (DLH, SELATAN)),
    "ProcessService.MoveProcess": Row(_move, (BAPPEDA, ADMIN), (DLH, SELATAN)),
}
NOBODY_OWNS = {
    "ProcessService.CreateProcess": "is the agency's, and names no person",
    "ProcessService.UpdateProcess": "is the agency's, and names no person",
    "ProcessService.DeleteProcess": "is the agency's, and names no person",
    "ProcessService.MoveProcess": "is the agency's, and names no person",
}
