"""A feed goes into the database whole or not at all, takes the place of the one before, and is read from there."""

import asyncio
import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import grpc.aio
import pytest

from services.living.feeds import actions, blocks, store, timers
from services.living.feeds.model import GRACE
from services.living.imports import loading
from services.living.imports.running import ArchiveError, LoadError
from smartcity.living.v1 import events_pb2, feeds_pb2, routes_pb2, stops_pb2
from tests.fixtures.edge import edge_before
from tests.living.feeds.depot import CAIRNS, PLAIN, Depot, semarang

ENGLISH = (
    "table_name,field_name,language,translation,record_id,field_value\n"
    "stops,stop_name,en,Great Market,P,\nstops,stop_name,en,Any Market,,Pasar Besar\n"
    "trips,trip_headsign,en,East Terminal,,Terminal Timur\nroutes,route_long_name,en,Market - Terminal,L,\n"
)


def _version(number: int) -> dict[str, str | bytes | None]:
    return {"feed_info.txt": PLAIN["feed_info.txt"].replace(",1,https", f",{number},https")}


async def test_a_feed_is_imported_and_told(depot: Depot, tmp_path: Path) -> None:
    report = await depot.enter(await depot.write(tmp_path / "kota.zip"))

    assert report.outcome is not None
    feed = await depot.feed()
    assert (feed.id, feed.source, feed.feed_version) == (str(report.outcome.id), "kota.zip", "1")
    assert (feed.stops, feed.routes, feed.trips, feed.stop_times) == (5, 1, 3, 8)
    assert (feed.first_day, feed.last_day, feed.in_service, feed.made_up) == ("2026-01-01", "2027-12-31", True, False)
    assert feed.digest == hashlib.sha256((tmp_path / "kota.zip").read_bytes()).hexdigest()


async def test_before_the_first_feed_there_is_nothing(depot: Depot) -> None:
    with pytest.raises(grpc.aio.AioRpcError, match="no timetable so far"):
        await depot.feed()
    assert not (await depot.call("ListStops", stops_pb2.ListStopsRequest())).stops
    assert not (await depot.call("ListStops", stops_pb2.ListStopsRequest(near="-7,110"))).stops
    assert not (await depot.call("ListRoutes", routes_pb2.ListRoutesRequest())).routes


async def test_cairns_is_imported_with_its_days_and_times(depot: Depot) -> None:
    report = await depot.enter(CAIRNS)

    feed = await depot.feed()
    assert (feed.first_day, feed.last_day, feed.in_service) == ("2014-05-26", "2014-12-28", False)
    assert (feed.stop_times, feed.warnings) == (37_790, 10)
    assert {one.code: one.count for one in feed.findings}["expired_calendar"] == 4
    assert report.outcome is not None
    async with depot.served.runtime.snapshot() as tx:
        rows = await blocks.stop_times(tx, report.outcome.number)
    assert len(rows) == 37_790
    given = rows["timepoint"] == 1  # three more times past midnight are interpolated
    assert int((given & (rows["departure"] >= 86_400)).sum()) == 1_405


async def test_the_feed_of_the_city_says_that_it_is_made_up(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(semarang(tmp_path / "gtfs.zip"))

    feed = await depot.feed()
    route = (await depot.call("GetRoute", routes_pb2.GetRouteRequest(id="K1"))).route
    stop = (await depot.call("GetStop", stops_pb2.GetStopRequest(id="TS003"))).stop
    assert (feed.made_up, feed.warnings, feed.infos, feed.stops) == (True, 0, 0, 354)
    assert [(way.direction, way.calls[0].name, len(way.calls), way.headway) for way in route.directions] == [
        (0, "Terminal Mangkang", 52, True), (1, "Terminal Penggaron", 51, True),
    ]  # fmt: skip
    assert (stop.kind, stop.name, [one.id for one in stop.members]) == (
        stops_pb2.STOP_KIND_STATION, "Irigasi", ["TS003A", "TS003B"],
    )  # fmt: skip
    assert {one.id for one in stop.routes} >= {"K1", "M"}
    assert stop.made_up
    assert stop.wheelchair == stops_pb2.STOP_ACCESS_UNKNOWN


async def test_a_broken_feed_changes_nothing(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(await depot.write(tmp_path / "good.zip"))
    before, tables = await depot.feed(), await depot.numbers()

    report = await depot.enter(await depot.write(tmp_path / "bad.zip", {**_version(2), "agency.txt": None}))

    assert report.outcome is None
    assert report.findings is not None
    assert report.findings.broken
    assert (await depot.feed(), await depot.numbers()) == (before, tables)


@pytest.mark.parametrize(("step", "left"), [("_copy_all", False), ("_swap", True)])
async def test_an_import_that_breaks_off_changes_nothing_and_what_it_leaves_goes_by_itself(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, left: bool
) -> None:
    await depot.enter(await depot.write(tmp_path / "one.zip"))
    before, tables = await depot.feed(), await depot.numbers()

    def fails(*_: object) -> None:
        raise LoadError("the disk is full", "database")

    path = await depot.write(tmp_path / "two.zip", _version(2))
    with monkeypatch.context() as broken:
        broken.setattr(loading, step, fails)
        with pytest.raises(LoadError, match="full"):
            await depot.enter(path)

    assert await depot.feed() == before
    assert (await depot.numbers() > tables) is left
    depot.served.pass_time(days=400)
    await timers.clear(depot.served.runtime)
    assert await depot.numbers() == tables
    report = await depot.enter(path)
    assert report.outcome is not None
    assert report.outcome.changed


async def test_the_same_archive_again_changes_nothing(depot: Depot, tmp_path: Path) -> None:
    first = await depot.enter(await depot.write(tmp_path / "one.zip"))
    again = await depot.enter(tmp_path / "one.zip")

    assert first.outcome is not None
    assert again.outcome is not None
    assert (again.outcome.number, again.outcome.changed) == (first.outcome.number, False)
    assert len(await depot.numbers()) == 1


async def test_the_feed_before_comes_back_and_others_go(depot: Depot, tmp_path: Path) -> None:
    numbers = []
    for version in (1, 2, 3):
        report = await depot.enter(await depot.write(tmp_path / f"{version}.zip", _version(version)))
        assert report.outcome is not None
        numbers.append(report.outcome.number)

    back = await asyncio.to_thread(loading.rollback, depot.url)

    assert (back.number, (await depot.feed()).feed_version) == (numbers[1], "2")
    told = await depot.served.outbox()
    assert [row["type"] for row in told] == ["smartcity.living.v1.TimetableChanged"] * 4
    assert [row["version"] for row in told] == sorted({row["version"] for row in told})
    last = events_pb2.TimetableChanged.FromString(told[-1]["payload"])
    assert (last.feed, last.last_day) == (str(back.id), "2027-12-31")
    forward = await depot.enter(tmp_path / "3.zip")
    assert forward.outcome is not None
    assert (forward.outcome.number, forward.outcome.loaded, (await depot.feed()).feed_version) == (
        numbers[2],
        False,
        "3",
    )

    await timers.clear(depot.served.runtime)
    assert await depot.numbers() == set(numbers)  # somebody may still read it
    depot.served.pass_time(seconds=(GRACE + timedelta(days=365)).total_seconds())
    await timers.clear(depot.served.runtime)
    await timers.clear(depot.served.runtime)
    assert await depot.numbers() == set(numbers[1:])
    with pytest.raises(Exception, match="is needed"):
        await depot.served.admin.fetchval("SELECT living.drop_feed($1)", numbers[1])


async def test_nobody_goes_back_before_the_first(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(await depot.write(tmp_path / "one.zip"))

    with pytest.raises(LoadError, match="no feed before"):
        await asyncio.to_thread(loading.rollback, depot.url)


async def test_two_imports_at_once_are_one(depot: Depot, tmp_path: Path) -> None:
    path = await depot.write(tmp_path / "one.zip")
    async with depot.served.admin.transaction():
        await depot.served.admin.execute("SELECT pg_advisory_xact_lock(hashtextextended('gtfs import', 0))")
        with pytest.raises(LoadError, match="another import"):
            await depot.enter(path)


async def test_what_cannot_be_read_is_told(depot: Depot, tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="not there"):
        await depot.enter(tmp_path / "nothing.zip")


async def test_swaps_and_drops_under_load_fail_no_query(depot: Depot, tmp_path: Path) -> None:
    paths = [await depot.write(tmp_path / f"{number}.zip", _version(number)) for number in range(5)]
    await depot.enter(paths[0])
    asked, over = [0] * 4, asyncio.Event()

    async def visit(who: int) -> None:
        while not over.is_set():
            assert len((await depot.call("ListStops", stops_pb2.ListStopsRequest())).stops) == 5
            assert (await depot.call("GetRoute", routes_pb2.GetRouteRequest(id="L"))).route.directions
            asked[who] += 1

    async def until_all_have_asked() -> None:
        before = list(asked)
        while any(now < then + 2 for now, then in zip(asked, before, strict=True)):
            assert not any(one.done() for one in visitors), [one.exception() for one in visitors if one.done()]
            await asyncio.sleep(0.01)

    visitors = [asyncio.create_task(visit(who)) for who in range(len(asked))]
    for path in paths[1:]:
        await depot.enter(path)
    await until_all_have_asked()  # whoever began with an old feed has ended, as a while later all have
    depot.served.pass_time(days=400)
    for _ in paths:
        await timers.clear(depot.served.runtime)
    await until_all_have_asked()
    over.set()
    await asyncio.gather(*visitors)

    assert len(await depot.numbers()) == 2


async def test_stops_are_found_by_place_name_and_page(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await depot.enter(await depot.write(tmp_path / "one.zip"))

    async def ids(**wanted: Any) -> list[str]:
        found = await depot.call("ListStops", stops_pb2.ListStopsRequest(**wanted))
        return [one.id for one in found.stops]

    assert await ids() == ["P", "P1", "P2", "R", "Q"]
    assert await ids(name="TERMINÁL") == ["R"]
    assert await ids(name="100%") == []
    assert await ids(bbox="110.405,-7.1,110.5,-6.9") == ["R", "Q"]
    assert await ids(near="-7.0,110.4095", radius_m=200) == ["Q"]
    assert await ids(near="-7.0,110.4095", radius_m=2000) == ["Q", "P", "P1", "P2", "R"]
    monkeypatch.setattr(actions, "MOST_NEAR", 2)
    assert await ids(near="-7.0,110.4095", radius_m=2000, name="terminal") == ["R"], "however many are nearer"
    pages, token = [], ""
    while True:
        found = await depot.call("ListStops", stops_pb2.ListStopsRequest(page_size=2, page_token=token))
        pages.append([one.id for one in found.stops])
        token = found.next_page_token
        if not token:
            break
    assert pages == [["P", "P1"], ["P2", "R"], ["Q"]]
    both = ({"near": "-7.0,110.4", "bbox": "110.4,-7.1,110.5,-6.9"}, {"near": "-7.0,110.4", "page_token": "x"})
    for wrong in ({"bbox": "110.5,-7.1,110.4,-6.9"}, {"near": "-95,110"}, {"page_token": "x"}, *both):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await ids(**wrong)
        assert refused.value.code() is grpc.StatusCode.INVALID_ARGUMENT


async def test_a_radius_around_no_point_is_refused(depot: Depot, tmp_path: Path) -> None:
    """It was passed over, and all stops were the answer."""
    await depot.enter(await depot.write(tmp_path / "one.zip"))
    with pytest.raises(grpc.aio.AioRpcError, match="is for `near`"):
        await depot.call("ListStops", stops_pb2.ListStopsRequest(radius_m=200))


async def test_names_come_in_the_language_that_is_asked_for(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(await depot.write(tmp_path / "one.zip", {"translations.txt": ENGLISH}))

    async def read(language: str) -> tuple[str, list[str], str, str]:
        stop = (await depot.call("GetStop", stops_pb2.GetStopRequest(id="P", language=language))).stop
        route = (await depot.call("GetRoute", routes_pb2.GetRouteRequest(id="L", language=language))).route
        return stop.name, [one.name for one in stop.members], route.long_name, route.directions[0].headsign

    assert await read("en-GB") == ("Great Market", ["Any Market"] * 2, "Market - Terminal", "East Terminal")
    assert (
        await read("") == await read("id") == ("Pasar Besar", ["Pasar Besar"] * 2, "Pasar - Terminal", "Terminal Timur")
    )


async def test_a_list_goes_on_in_another_language(depot: Depot) -> None:
    """Names differ by what a phone says of its owner, their order does not; before, it was refused as of another."""
    await depot.enter(CAIRNS)
    stops = stops_pb2.ListStopsRequest(page_size=2, language="id")
    lines = routes_pb2.ListRoutesRequest(page_size=2, language="id")
    for rpc, listed in (("ListStops", stops), ("ListRoutes", lines)):
        whole = type(listed)(page_size=4)
        first = await depot.call(rpc, listed)
        # A process of the version before takes it too, for who goes on in the same language.
        assert store.BY_PLACE.after(first.next_page_token, "id") if rpc == "ListRoutes" else first.next_page_token
        listed.page_token, listed.language = first.next_page_token, "en"
        found = [*_listed(first), *_listed(await depot.call(rpc, listed))]
        assert found == _listed(await depot.call(rpc, whole)), rpc


def _listed(page: Any) -> list[str]:
    return [one.id for one in (page.stops if hasattr(page, "stops") else page.routes)]


async def test_the_archive_comes_back_as_it_was_over_http(
    depot: Depot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = await depot.write(tmp_path / "one.zip")
    await depot.enter(path)
    await depot.enter(CAIRNS)
    await asyncio.to_thread(loading.rollback, depot.url)

    async with edge_before(depot.served) as visitor:
        answer = await visitor.get("/v1/gtfs.zip")
        again = await visitor.get("/v1/gtfs.zip", headers={"if-none-match": answer.headers["etag"]})
        feed = (await visitor.get("/v1/feed")).json()
        missing = await visitor.get("/v1/stops/nowhere")
        route = (await visitor.get("/v1/routes/L")).json()

    assert answer.content == path.read_bytes()
    assert (answer.headers["content-type"], again.status_code) == ("application/zip", 304)
    assert feed["digest"] in answer.headers["etag"]
    assert again.headers["etag"] == answer.headers["etag"], "an archive is not packed again, and keeps its ETag"
    assert (missing.status_code, missing.json()["reason"]) == (404, "STOP_NOT_FOUND")
    assert route["directions"][0]["line"]["type"] == "LineString"


async def test_a_large_archive_comes_in_parts(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(CAIRNS)
    whole = b""
    first = await depot.call("GetFeedPart", feeds_pb2.GetFeedPartRequest())
    for number in range(first.parts):
        request = feeds_pb2.GetFeedPartRequest(feed=first.feed, part=number)
        whole += (await depot.call("GetFeedPart", request)).content

    assert whole == CAIRNS.read_bytes()
    with pytest.raises(grpc.aio.AioRpcError, match="not there any more"):
        await depot.call("GetFeedPart", feeds_pb2.GetFeedPartRequest(feed=first.feed, part=first.parts))


async def test_each_stop_of_a_station_knows_its_own_lines(depot: Depot, tmp_path: Path) -> None:
    await depot.enter(await depot.write(tmp_path / "one.zip"))

    async with depot.served.runtime.snapshot() as tx:
        current = await store.current(tx)
        assert current is not None
        calls = await store.calls(tx, current.feed.number, 0)
        assert [(one.direction, one.position, one.trips) for one in calls] == [
            (0, 0, 2), (0, 1, 2), (0, 2, 2), (1, 0, 1), (1, 1, 1),
        ]  # fmt: skip
