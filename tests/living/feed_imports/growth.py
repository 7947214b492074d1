"""Imports in all the ways that they go, so that each statement is looked at."""

from datetime import timedelta

from services.living.feed_imports import actions, store, timers
from smartcity.living.v1 import feed_imports_pb2 as pb
from tests.fixtures.pillars import Served
from tests.governance.conftest import refused
from tests.living.feed_imports.bringing import DISHUB, Desk, version


async def _live(served: Served) -> None:
    desk = Desk(served)
    for number in (1, 2):
        await desk.held(version(number))
    await desk.back()
    failed = await desk.bring(version(3))
    async with served.runtime.transaction() as tx:
        one = await actions.begin(tx)
        assert one is not None
        assert one.run is not None
        await store.tell(tx, one.id, one.run, "read", "stops.txt", 5)
    async with served.runtime.transaction() as tx:
        await actions.ended(tx, one.run, "gone", "broke_off")
    await desk.do(pb.RetryFeedImportRequest, failed)
    await desk.do(pb.DropFeedImportRequest, failed)
    checked = await desk.checked({"feed_info.txt": None})
    with refused("FEED_PART_DIFFERS"):
        await desk.call(pb.PutFeedImportPartRequest(id=checked, part=0, content=b"another"), DISHUB)
    for severity in (pb.FEED_IMPORT_SEVERITY_UNSPECIFIED, pb.FEED_IMPORT_SEVERITY_WARNING):
        asked = pb.ListFeedImportFindingsRequest(id=checked, severity=severity, page_size=1)
        asked.page_token = (await desk.call(asked)).next_page_token
        await desk.call(asked)
    for kind in (pb.ListFeedImportsRequest, pb.ListFeedSwapsRequest):
        page = kind(page_size=1)
        page.page_token = (await desk.call(page, DISHUB)).next_page_token
        await desk.call(page, DISHUB)
    served.pass_time(days=400)
    await timers.forget(served.runtime)
    served.now -= timedelta(days=400)


LIVES = {"feed_imports": _live}
