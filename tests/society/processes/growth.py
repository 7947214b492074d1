"""Processes going all the ways that they can, so that each statement is looked at."""

from typing import Any

from services.society.processes import store
from smartcity.society.v1 import processes_pb2 as pb
from tests.fixtures.pillars import Served
from tests.society.taking_part import BAPPEDA, CITY, PLEBURAN, REASON, SUMMARY, Society


async def _live(served: Served) -> None:
    society = Society(served)
    one, _, _ = await society.draft(), await society.process(), await society.process()
    mistaken = await society.draft()
    await society.call(pb.DeleteProcessRequest(id=mistaken.id, etag=mistaken.etag), BAPPEDA)
    said: dict[str, Any] = {"id": one.id, "etag": one.etag, "title": one.title, "summary": SUMMARY, "reason": REASON}
    await society.call(pb.UpdateProcessRequest(**said), BAPPEDA)
    await society.call(pb.ListProcessKindsRequest())
    await society.read(one.id, BAPPEDA)
    drafts, collect, review = pb.PROCESS_PHASE_DRAFT, pb.PROCESS_PHASE_COLLECT, pb.PROCESS_PHASE_REVIEW
    asked: tuple[dict[str, Any], ...] = (
        {},
        {"phases": [drafts]},
        {"phases": [collect, review]},
        {"area": PLEBURAN},
    )
    for wanted in asked:
        page = await society.call(pb.ListProcessesRequest(page_size=1, **wanted), BAPPEDA)
        further = pb.ListProcessesRequest(page_size=1, page_token=page.next_page_token, **wanted)
        await society.call(further, BAPPEDA)
    await society.call(pb.ListProcessesRequest(area=CITY))
    async with served.runtime.transaction() as tx:
        await store.due(tx, [])


LIVES = {"processes": _live}
