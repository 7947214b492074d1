"""Whom an import concerns: the agencies that keep the timetable, and the administrators."""

from typing import Any

from smartcity.living.v1 import feed_imports_pb2 as pb
from tests.fixtures.nouns import Row
from tests.fixtures.pillars import Served
from tests.governance.conftest import ADMIN, request_id
from tests.living.feed_imports.bringing import DISHUB, DLH, TRANS, Desk


async def _create(_: Served) -> Any:
    return pb.CreateFeedImportRequest(request_id=request_id(), url="https://transit.example.org/gtfs.zip")


async def _made(served: Served) -> pb.FeedImport:
    made: pb.FeedImport = (await Desk(served).call(await _create(served))).feed_import
    return made


async def _put(served: Served) -> Any:
    asked = pb.CreateFeedImportRequest(name="kota.zip", bytes=4)
    made = (await Desk(served).call(asked)).feed_import
    return pb.PutFeedImportPartRequest(id=made.id, part=0, content=b"none")


async def _get(served: Served) -> Any:
    return pb.GetFeedImportRequest(id=(await _made(served)).id)


async def _list(_: Served) -> Any:
    return pb.ListFeedImportsRequest()


async def _findings(served: Served) -> Any:
    return pb.ListFeedImportFindingsRequest(id=(await _made(served)).id)


async def _in_state(served: Served, state: str) -> str:
    made = await _made(served)
    await served.admin.execute(f"UPDATE living.feed_import SET state = '{state}' WHERE id = '{made.id}'")
    return made.id


async def _accept(served: Served) -> Any:
    return pb.AcceptFeedImportRequest(request_id=request_id(), id=await _in_state(served, "checked"), etag="1")


async def _drop(served: Served) -> Any:
    return pb.DropFeedImportRequest(request_id=request_id(), id=(await _made(served)).id, etag="1")


async def _retry(served: Served) -> Any:
    return pb.RetryFeedImportRequest(request_id=request_id(), id=await _in_state(served, "failed"), etag="1")


async def _swaps(_: Served) -> Any:
    return pb.ListFeedSwapsRequest()


_FEED = """
INSERT INTO living.feed (id, number, digest, source, made_up, kept, publisher, publisher_url, language, feed_version,
                         contact, timezone, bytes, stops, routes, trips, stop_times, warnings, infos, imported_at)
VALUES ($1, $2, '', 'kota.zip', false, true, '', '', 'id', '', '', 'Asia/Jakarta', 0, 0, 0, 0, 0, 0, 0, $3)
"""


async def _roll_back(served: Served) -> Any:
    ids = [request_id(), request_id()]
    numbers = [await served.admin.fetchval("SELECT nextval('living.feed_number')") for _ in ids]
    for one, number in zip(ids, numbers, strict=True):
        await served.admin.execute(_FEED, one, number, served.now)
    await served.admin.execute("DELETE FROM living.feed_current")
    await served.admin.execute(
        "INSERT INTO living.feed_current (feed, previous, since) VALUES ($1, $2, $3)", *numbers, served.now
    )
    return pb.RollBackFeedRequest(request_id=request_id(), feed=ids[0], to=ids[1])


_OFFICE = (DISHUB, TRANS, ADMIN)
_IMPORTS = "FeedImportService"
ROWS = {
    f"{_IMPORTS}.CreateFeedImport": Row(_create, _OFFICE, (DLH,)),
    f"{_IMPORTS}.PutFeedImportPart": Row(_put, (DISHUB,), (TRANS, DLH)),
    f"{_IMPORTS}.GetFeedImport": Row(_get, _OFFICE, (DLH,)),
    f"{_IMPORTS}.ListFeedImports": Row(_list, _OFFICE, (DLH,)),
    f"{_IMPORTS}.ListFeedImportFindings": Row(_findings, _OFFICE, (DLH,)),
    f"{_IMPORTS}.AcceptFeedImport": Row(_accept, (TRANS, ADMIN), (DISHUB, DLH)),
    f"{_IMPORTS}.DropFeedImport": Row(_drop, _OFFICE, (DLH,)),
    f"{_IMPORTS}.RetryFeedImport": Row(_retry, _OFFICE, (DLH,)),
    f"{_IMPORTS}.ListFeedSwaps": Row(_swaps, _OFFICE, (DLH,)),
    f"{_IMPORTS}.RollBackFeed": Row(_roll_back, _OFFICE, (DLH,)),
}
NOBODY_OWNS = {
    f"{_IMPORTS}.CreateFeedImport": "bringing a feed changes nothing that holds",
    f"{_IMPORTS}.PutFeedImportPart": "sending what one brings changes nothing that holds",
    f"{_IMPORTS}.AcceptFeedImport": "who brought it is refused, test_a_second_officer_lets_a_checked_feed_hold",
    f"{_IMPORTS}.DropFeedImport": "taking back what one brought changes nothing that holds",
    f"{_IMPORTS}.RetryFeedImport": "it goes on from what was decided",
    f"{_IMPORTS}.RollBackFeed": "the feed before was accepted by a second officer, and going back is for emergencies",
}
"""Why a change is no decision on a matter of somebody's own."""
