"""Which clean-up concerns whom: its agency and the administrators."""

from functools import partial
from itertools import count
from typing import Any
from uuid import uuid4

from smartcity.environment.v1 import cleanups_pb2 as pb
from tests.environment.conftest import DLH, DPU, NOTE, Environment
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id

_filed = count(1)


async def _opened(served: Served) -> pb.Cleanup:
    return await (await Environment(served, next(_filed)).assigned()).job()


async def _reading(served: Served) -> pb.GetCleanupRequest:
    return pb.GetCleanupRequest(id=(await _opened(served)).id)


async def _moving(request: type[Any], fields: dict[str, Any], served: Served) -> Any:
    job = await _opened(served)
    return request(request_id=request_id(), id=job.id, etag=job.etag, **fields)


def _row(request: type[Any], **fields: Any) -> Row:
    return Row(partial(_moving, request, fields), (DLH, ADMIN), (DPU,))


ROWS = {
    "CleanupService.GetCleanup": Row(_reading, (DLH, ADMIN), (DPU,)),
    "CleanupService.DispatchCleanup": _row(pb.DispatchCleanupRequest, crew="Semarang Tengah 1"),
    "CleanupService.CompleteCleanup": _row(pb.CompleteCleanupRequest, note=NOTE, photos=[str(uuid4())]),
    "CleanupService.AbandonCleanup": _row(pb.AbandonCleanupRequest, reason="Tidak ada apa-apa di sana."),
}
NOBODY_OWNS = {
    "CleanupService.DispatchCleanup": "a clean-up knows no person",
    "CleanupService.CompleteCleanup": "a clean-up knows no person; its reporter confirms or reopens the case",
    "CleanupService.AbandonCleanup": "a clean-up knows no person",
}
