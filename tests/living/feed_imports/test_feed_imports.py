"""A feed is brought by one officer and let hold by another; whatever breaks off has changed nothing."""

import asyncio
import io
import subprocess
import sys
import zipfile
from typing import Any

import asyncpg
import pytest

from services.living.feed_imports import actions, running, timers
from services.living.feed_imports.model import MOST_OPEN
from services.living.imports import loading, worker
from smartcity.living.v1 import events_pb2
from smartcity.living.v1 import feed_imports_pb2 as pb
from tests.governance.conftest import ADMIN, refused
from tests.living.feed_imports.bringing import DISHUB, DLH, TRANS, Desk, version
from tests.living.feeds.depot import Depot, packed, with_lines

BROKEN = with_lines("stop_times.txt", "T1,06:11:00,06:11:00,NOWHERE,4,2300")


async def test_a_second_officer_lets_a_checked_feed_hold(desk: Desk, depot: Depot) -> None:
    id_ = await desk.bring()
    assert (await desk.read(id_)).state == pb.FEED_IMPORT_STATE_WAITING
    assert await desk.run()
    checked = await desk.read(id_)
    assert (checked.state, checked.errors, checked.stops, checked.stop_times) == (pb.FEED_IMPORT_STATE_CHECKED, 0, 5, 8)
    assert (checked.source, checked.agency, checked.first_day) == ("kota.zip", "dishub", "2026-01-01")
    with pytest.raises(Exception, match="no timetable"):
        await depot.feed()
    with refused("OWN_MATTER"):
        await desk.do(pb.AcceptFeedImportRequest, id_, DISHUB)
    await desk.do(pb.AcceptFeedImportRequest, id_)
    assert await desk.run()

    held, feed = await desk.read(id_), await depot.feed()
    assert (held.state, held.feed, held.digest) == (pb.FEED_IMPORT_STATE_HELD, feed.id, feed.digest)
    assert (held.brought_by, held.accepted_by) == (DISHUB.subject, TRANS.subject)
    [swap] = (await desk.call(pb.ListFeedSwapsRequest())).swaps
    assert (swap.feed, swap.way, swap.agency, swap.current) == (feed.id, "import", "blu-trans-semarang", True)
    assert await depot.served.admin.fetchval("SELECT count(*) FROM living.feed_import_part") == 0


async def test_another_archive_does_not_come_under_the_same_import(desk: Desk) -> None:
    content = packed({}).getvalue()
    id_ = await desk.send(content)
    assert await desk.run()
    await desk.call(pb.PutFeedImportPartRequest(id=id_, part=0, content=content), DISHUB)
    with refused("FEED_PART_DIFFERS"):
        await desk.call(pb.PutFeedImportPartRequest(id=id_, part=0, content=content[:-1] + b"?"), DISHUB)
    await desk.do(pb.DropFeedImportRequest, id_)
    with refused("INVALID_TRANSITION"):
        await desk.call(pb.PutFeedImportPartRequest(id=id_, part=0, content=content[:-1] + b"?"), DISHUB)


async def test_a_feed_with_errors_never_holds_and_says_where_they_are(desk: Desk, depot: Depot) -> None:
    id_ = await desk.checked(BROKEN)

    found = await desk.read(id_)
    assert (found.state, found.errors > 0) == (pb.FEED_IMPORT_STATE_FAULTY, True)
    errors = pb.ListFeedImportFindingsRequest(id=id_, severity=pb.FEED_IMPORT_SEVERITY_ERROR)
    first = (await desk.call(errors)).findings[0]
    assert (first.code, first.file, first.line) == ("foreign_key_violation", "stop_times.txt", 10)
    with refused("INVALID_TRANSITION"):
        await desk.do(pb.AcceptFeedImportRequest, id_)
    assert not await desk.run()
    assert await depot.numbers() == set()


async def test_what_is_no_feed_is_said_to_be_none(desk: Desk) -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr("stops.txt", "0" * (8 << 20))
    for content, why, code in (
        (b"no zip at all, whatever it is called", "no zip file", ("no_zip", "")),
        (bomb.getvalue(), "200 times", ("swelling_member", "stops.txt")),
    ):
        id_ = await desk.send(content)
        assert await desk.run()
        found = await desk.read(id_)
        assert (found.state, why in found.problem) == (pb.FEED_IMPORT_STATE_FAULTY, True), found.problem
        assert (found.problem_code, found.about) == code


@pytest.mark.parametrize("url", ["http://example.org/a.zip", "https://user@example.org/", "ftp://example.org/", "x"])
async def test_an_address_must_be_a_public_one_over_https(desk: Desk, url: str) -> None:
    with refused("FEED_ADDRESS_INVALID"):
        await desk.call(pb.CreateFeedImportRequest(url=url))


async def test_a_host_that_is_not_public_is_not_asked(desk: Desk) -> None:
    made = (await desk.call(pb.CreateFeedImportRequest(url="https://127.0.0.1/feed.zip?key=hidden"))).feed_import
    assert made.source == "https://127.0.0.1/feed.zip"
    assert await desk.run()
    found = await desk.read(made.id)
    assert (found.state, "no public host" in found.problem) == (pb.FEED_IMPORT_STATE_FAILED, True)
    assert (found.problem_code, found.about) == ("not_public", "127.0.0.1")


_WAITS = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'living.feed_swap'::regclass"
_ALONE = """
SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND d.datname = current_database()
"""


async def _until(count: int, depot: Depot, sql: str) -> None:
    async with asyncio.timeout(60):
        while await depot.served.admin.fetchval(sql) != count:
            await asyncio.sleep(0.02)


async def test_a_kill_at_the_very_swap_changes_nothing_says_so_and_can_be_tried_again(
    desk: Desk, depot: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.held(version(1))
    before = await depot.feed()
    id_ = await desk.checked(version(2))
    await desk.do(pb.AcceptFeedImportRequest, id_)
    processes: list[subprocess.Popen[bytes]] = []
    started = running._started

    def remembered() -> Any:
        process, ours = started()
        processes.append(process)
        return process, ours

    monkeypatch.setattr(running, "_started", remembered)
    other = await asyncpg.connect(depot.url)
    async with other.transaction():
        await other.execute("LOCK TABLE living.feed_swap IN SHARE MODE")  # what is swapped is written down last
        ran = asyncio.create_task(desk.run())
        await _until(1, depot, _WAITS)
        assert (await desk.read(id_)).state == pb.FEED_IMPORT_STATE_RUNNING
        processes[0].kill()
        assert await ran
    await other.close()

    failed = await desk.read(id_)
    assert (failed.state, "Nothing has changed" in failed.problem) == (pb.FEED_IMPORT_STATE_FAILED, True)
    assert await depot.feed() == before
    await _until(0, depot, _ALONE)
    await desk.do(pb.RetryFeedImportRequest, id_, DISHUB)
    assert await desk.run()
    assert (await depot.feed()).feed_version == "2"


async def test_when_the_pillar_itself_is_killed_the_next_owner_says_so(desk: Desk, depot: Depot) -> None:
    id_ = await desk.bring()
    async with depot.served.runtime.transaction() as tx:
        one = await actions.begin(tx)
    assert one is not None
    assert (await desk.read(id_)).state == pb.FEED_IMPORT_STATE_RUNNING
    working = asyncio.create_task(running.work(depot.served.runtime))
    try:
        async with asyncio.timeout(20):
            while (await desk.read(id_)).state == pb.FEED_IMPORT_STATE_RUNNING:
                await asyncio.sleep(0.02)
    finally:
        working.cancel()
    assert (await desk.read(id_)).problem == running.BROKE_OFF


async def test_a_run_that_was_given_up_lets_nothing_hold(desk: Desk, depot: Depot) -> None:
    id_ = await desk.checked()
    await desk.do(pb.AcceptFeedImportRequest, id_)
    async with depot.served.runtime.transaction() as tx:
        one = await actions.begin(tx)
    assert one is not None
    order = running._order(depot.served.runtime, one)
    async with depot.served.runtime.transaction() as tx:
        assert await actions.ended(tx, None, running.BROKE_OFF, "broke_off")

    with pytest.raises(loading.LoadError, match="given up"):
        await asyncio.to_thread(worker.work, order, _Silent())
    with pytest.raises(Exception, match="no timetable"):
        await depot.feed()
    assert (await desk.read(id_)).state == pb.FEED_IMPORT_STATE_FAILED


class _Silent(worker.Teller):
    def __init__(self) -> None:
        pass

    def begin(self, sizes: dict[str, int]) -> None:
        pass

    def tell(self, step: str, about: str, more: int, measure: int = 1) -> None:
        pass


async def test_the_feed_before_comes_back_by_one_press_and_what_was_taken_back_is_accepted_again(
    desk: Desk, depot: Depot
) -> None:
    for number in (1, 2):
        await desk.held(version(number))
    feed = await depot.feed()

    with refused("FEED_CHANGED"):
        await desk.back(to=feed.id)
    back = await desk.back()
    assert (back.way, back.feed_version, (await depot.feed()).feed_version) == ("rollback", "1", "1")
    with refused("FEED_CHANGED"):
        await desk.back(feed=feed.id, to=back.feed)
    with refused("FEED_BEFORE_MISSING"):
        await desk.back(to=feed.id)
    told = await depot.served.outbox()
    assert [row["type"] for row in told] == ["smartcity.living.v1.TimetableChanged"] * 3
    assert events_pb2.TimetableChanged.FromString(told[-1]["payload"]).feed == back.feed
    swaps = (await desk.call(pb.ListFeedSwapsRequest())).swaps
    assert [(one.way, one.feed_version, one.current, one.previous) for one in swaps] == [
        ("rollback", "1", True, False), ("import", "2", False, False), ("import", "1", True, False),
    ]  # fmt: skip


async def test_parts_come_in_order_once_and_from_who_began(desk: Desk) -> None:
    content = packed({}).getvalue()
    made = (await desk.call(pb.CreateFeedImportRequest(name="../../etc/kota.zip", bytes=len(content)))).feed_import
    assert made.source == "kota.zip"
    for caller, part, sent, reason in (
        (TRANS, 0, content, "OWN_IMPORT_ONLY"),
        (DISHUB, 1, content, "FEED_PART_INVALID"),
        (DISHUB, 0, content[:-1], "FEED_PART_INVALID"),
    ):
        with refused(reason):
            await desk.call(pb.PutFeedImportPartRequest(id=made.id, part=part, content=sent), caller)
    for _ in range(2):
        asked = pb.PutFeedImportPartRequest(id=made.id, part=0, content=content)
        assert (await desk.call(asked)).feed_import.state == pb.FEED_IMPORT_STATE_WAITING


async def test_only_who_keeps_the_timetable_may_look(desk: Desk) -> None:
    id_ = await desk.bring()
    for asked in (pb.GetFeedImportRequest(id=id_), pb.ListFeedImportsRequest(), pb.ListFeedSwapsRequest()):
        with refused("NOT_YOURS"):
            await desk.call(asked, DLH)
        await desk.call(asked, ADMIN)
    with refused("NOT_YOURS"):
        await desk.call(pb.CreateFeedImportRequest(url="https://example.org/a.zip"), DLH)


async def test_imports_that_nobody_ends_are_bounded_and_go(desk: Desk, depot: Depot) -> None:
    for _ in range(MOST_OPEN):
        await desk.call(pb.CreateFeedImportRequest(name="a.zip", bytes=1))
    with refused("FEED_IMPORTS_MANY"):
        await desk.bring()
    depot.served.pass_time(days=15)
    await timers.forget(depot.served.runtime)
    states = {one.state for one in (await desk.call(pb.ListFeedImportsRequest())).feed_imports}
    assert states == {pb.FEED_IMPORT_STATE_DROPPED}
    await desk.bring()


def test_the_process_of_an_import_loads_nothing_of_what_serves() -> None:
    """It takes twice as long as a small feed, in each process anew; who fetches no archive needs no client either."""
    code = "import sys, services.living.imports.worker; sys.exit(bool({'grpc', 'httpx', 'nats'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
