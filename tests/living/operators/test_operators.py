"""What other operators tell: delays count in journeys, their alerts are told, and what is silent counts no more."""

from datetime import UTC, datetime
from typing import Any

import pytest
from google.transit import gtfs_realtime_pb2 as rt
from pydantic import ValidationError
from structlog.testing import capture_logs

from observability import semconv
from services.kit.http import fetching
from services.kit.http.errors import UnreadableError
from services.living.alerts import store as alert_store
from services.living.feeds.model import TripCall
from services.living.following import telling
from services.living.operators import actions, gauges, reading, store, timers
from services.living.operators.heard import Heard
from services.living.operators.model import StopUpdate, TripUpdate, delay_of, sources
from services.living.present.model import Delay
from services.living.settings import LivingSettings
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import departures_pb2
from tests.fixtures.edge import edge_before
from tests.living.alerts.passengers import FILES, Passengers, closed
from tests.living.journeys.transit import Transit
from tests.living.operators.feeds import operator, trip

NOW = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)
_REQUIRED = {"postgres_url": "postgresql://x/y", "nats_url": "nats://x", "nats_seed": "x", "assertion_keys": "x"}
CALLS = [TripCall(10, "P1", 28_800, 28_800), TripCall(20, "Q", 29_400, 29_460), TripCall(30, "R", 30_000, 30_000)]


@pytest.mark.parametrize(
    ("stops", "arrivals", "departures", "skipped"),
    [
        ((StopUpdate(20, "", arrival_delay=60),), (0, 60, 60), (0, 60, 60), ()),
        ((StopUpdate(None, "Q", departure_time=1_000_000 + 29_460 + 90),), (0, 90, 90), (0, 90, 90), ()),
        ((StopUpdate(10, "", departure_delay=120), StopUpdate(30, "", no_data=True)), (120, 120, 0), (120, 120, 0), ()),
        ((StopUpdate(10, "", departure_delay=30), StopUpdate(20, "", skipped=True)), (30, 30, 30), (30, 30, 30), (1,)),
        ((StopUpdate(20, "", arrival_delay=10**9),), (0, 0, 0), (0, 0, 0), ()),
    ],
)
def test_what_is_told_of_a_stop_holds_until_something_else_is(
    stops: tuple[StopUpdate, ...], arrivals: tuple[int, ...], departures: tuple[int, ...], skipped: tuple[int, ...]
) -> None:
    found = delay_of(TripUpdate("T", "", -1, stops), "2026-11-27", 1_000_000, CALLS)
    assert (found.arrivals, found.departures, found.skipped) == (arrivals, departures, skipped)


@pytest.mark.parametrize(("told", "late"), [(None, 0), (300, 300), (-60, -60), (10**9, 0), (-(10**9), 0)])
def test_a_trip_is_late_as_it_is_told_unless_that_cannot_be(told: int | None, late: int) -> None:
    found = delay_of(TripUpdate("T", "", -1, delay=told), "2026-11-27", 1_000_000, CALLS)
    assert found.arrivals == found.departures == (late,) * 3


async def test_delays_count_while_the_feed_is_fresh(passengers: Passengers) -> None:
    """A trip that is late is waited for; one that is cancelled is none."""
    served = passengers.served
    async with operator(served) as other:
        cancelled = rt.TripDescriptor.CANCELED
        other.message.entity.extend(
            [trip("N-8", schedule_relationship=cancelled), trip("L-8", delay=300), trip("unknown", delay=60)]
        )
        await other.read()
        await passengers.look()
        ways = [way for way in (await passengers.ways()).journeys if not way.further]
        rides = [leg.ride for way in ways for leg in way.legs if leg.HasField("ride")]
        assert [(one.trip, one.live, one.delay_seconds) for one in rides] == [("L-8", True, 300)]
        async with edge_before(served) as visitor:
            asked = {"dari": "Pasar Besar", "ke": "Terminal Timur", "waktu": "2026-11-27T08:00"}
            page = (await visitor.get("/transit", params=asked, headers={"accept-language": "en"})).text
            board = (await visitor.get("/transit/halte/P", headers={"accept-language": "en"})).text
            assert 'data-basis="live"' in board
            served.pass_time(minutes=2)
            aged = (await visitor.get("/transit/halte/P", headers={"accept-language": "en"})).text
            served.pass_time(minutes=-2)
            assert 'data-basis="live"' not in aged
            assert "by timetable 8:20; its operator told so" in aged.replace("08:20", "8:20").replace("8.20", "8:20")
        assert "By what is told live, 5 min later than the timetable." in page
        wanted = departures_pb2.ListDeparturesRequest(stop="P", minutes=60)
        departures = (await Transit(served).call(wanted)).departures
        basis = departures_pb2.DepartureBasis
        assert [(one.trip, basis.Name(one.basis)[16:], one.vehicle) for one in departures] == [
            ("M-8", "SCHEDULED", ""),
            ("L-8", "LIVE", ""),
        ]
        assert (departures[1].time.seconds - departures[1].scheduled_time.seconds) == 300
        assert departures[1].position_time.seconds == int(NOW.timestamp())
        async with served.runtime.statement() as tx:
            (feed,) = await store.feeds(tx)
        assert (feed.unknown, feed.problem) == (1, "")
        await other.read()
        assert other.asked == [False, True], "what has not changed is not sent again"
        served.pass_time(minutes=6)
        await passengers.look()
        assert await passengers.lines() == {"N1"}, "it has told nothing for five minutes"
        readings = await gauges.read(served.runtime)
        assert readings[semconv.OPERATOR_AGE] == [(360.0, {"operator": "other"})]


async def test_delays_are_made_again_only_where_a_feed_tells_something_else(
    passengers: Passengers, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, of = list[int](), store.read

    def read(rows: list[Any], told: int) -> tuple[Delay, ...]:
        made.append(len(rows))
        return of(rows, told)

    monkeypatch.setattr(store, "read", read)
    async with operator(passengers.served) as other:
        other.message.entity.append(trip("N-8", delay=60))
        for _ in range(2):
            await other.read()
            await passengers.look()
            await passengers.look()
        assert made == [1]
        other.message.entity.append(trip("L-8", delay=60))
        await other.read()
        await passengers.look()
        assert made == [1, 2]


async def test_its_alerts_are_told_changed_and_ended(passengers: Passengers) -> None:
    """What has no service is closed; what cannot be read is logged once, and changes nothing for a while."""
    async with operator(passengers.served) as other:
        other.tells("a1", "Jalur N1 tidak beroperasi", route="N")
        await other.read()
        await passengers.look()
        (alert,) = await passengers.listed()
        assert (alert.origin, alert.source) == (pb.SERVICE_ALERT_ORIGIN_OPERATOR, "other/a1")
        assert (alert.closes, await passengers.lines()) == (True, {"L1"})
        passengers.served.pass_time(seconds=15)
        other.message.entity[0].alert.effect = rt.Alert.SIGNIFICANT_DELAYS
        await other.read()
        await passengers.look()
        (alert,) = await passengers.listed()
        assert (alert.closes, await passengers.lines()) == (False, {"N1"})
        for content, status in ((b"\x01nonsense", 200), (b"", 404), (b"\x00" * (9 << 20), 200)):
            other.content, other.status = content, status
            with capture_logs() as logs:
                await other.read()
                await other.read()
            told = [one["event"] for one in logs if one["event"] != "event loop held"]
            assert told == ["an operator's feed cannot be read; it is tried again"]
            assert len(await passengers.listed()) == 1
        passengers.served.pass_time(minutes=16)
        await other.read()
        assert await passengers.listed() == [], "it was not read for a quarter of an hour"
    told = [row["type"].rpartition(".")[2] for row in await passengers.served.outbox()]
    assert told[-3:] == ["ServiceAlertPublished", "ServiceAlertUpdated", "ServiceAlertEnded"]


async def test_what_was_silent_is_told_again_and_what_is_over_is_not(passengers: Passengers) -> None:
    """Unless an officer ended it: then it is told again when it says something else."""
    async with operator(passengers.served) as other:
        other.tells("a1", "Jalur N1 tidak beroperasi", route="N")
        await other.read()
        passengers.served.pass_time(minutes=16)
        other.status = 503
        await other.read()
        assert await passengers.listed() == []
        other.status = 200
        await other.read()
        (alert,) = await passengers.listed()
        await passengers.end(alert)
        await other.read()
        assert await passengers.listed() == []
        other.tells("a2", "Jalur L1 tidak beroperasi", route="L")
        await other.read()
        assert [one.source for one in await passengers.listed()] == ["other/a2"]
        period = other.message.entity[-1].alert.active_period.add()
        period.end = int(passengers.served.now.timestamp()) - 60
        await other.read()
        assert await passengers.listed() == [], "what it says now is over"


async def test_a_feed_that_fails_keeps_no_other_from_being_read(
    passengers: Passengers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is wrong with one stands in its problem; the alerts of those that are silent end all the same."""
    runtime = passengers.served.runtime
    async with operator(passengers.served) as other:
        other.tells("a1", "Jalur N1 tidak beroperasi", route="N")
        await other.read()
        passengers.served.pass_time(minutes=16)
        url = runtime.settings.operator_feeds.partition("=")[2]
        feeds = {"operator_feeds": f"bad={url} next={url} other={url}"}
        runtime.settings = runtime.settings.model_copy(update=feeds)
        of = fetching.fetch

        async def fetch(client: Any, url: str, most: int, etag: str = "", modified: str = "") -> fetching.Answer | None:
            if len(asked) < 1 or len(asked) == 2:
                asked.append(url)
                raise OverflowError("a time of feeds that nobody thought of")
            asked.append(url)
            return await of(client, url, most, etag, modified)

        asked = list[str]()
        monkeypatch.setattr(fetching, "fetch", fetch)
        await other.read()
        async with runtime.statement() as tx:
            problems = {one.id: one.problem for one in await store.feeds(tx)}
        wrong = "it could not be taken (OverflowError)"
        assert problems == {"bad": wrong, "next": "", "other": wrong}
        assert [one.source for one in await passengers.listed()] == ["next/a1"], "of the one that is silent it ended"


async def test_a_feed_speaks_for_its_agency_alone(passengers: Passengers) -> None:
    """Lines, stops, trips and the agency of others are none of its business."""
    two = "agency_id,agency_name,agency_url,agency_timezone\n"
    two += "".join(f"{one},Agency {one},https://example.org/,Asia/Jakarta\n" for one in "AB")
    routes = str(FILES["routes.txt"]).replace("L,A,", "L,B,").replace("N,A,", "N,B,")
    await passengers.enter({"agency.txt": two, "routes.txt": routes})
    async with operator(passengers.served) as other:  # speaks for A, whose line is M alone
        other.message.entity.extend([trip("L-8", delay=300), trip("M-8", delay=60)])
        other.tells("line", "Jalur L1 tidak beroperasi", route="L")
        other.tells("agency", "Agency B mogok", agency="B")
        other.tells("elsewhere", "Tugu ditutup", stop="Q")
        other.tells("stop", "Terminal ditutup", stop="R")
        other.tells("station", "Pasar ditutup", stop="P")
        other.tells("own", "Agency A mogok", agency="A")
        await other.read()
        async with passengers.served.runtime.snapshot() as tx:
            (feed,) = await store.feeds(tx)
            now = await telling.present(tx, Heard())
        assert [one.trip for one in now.delays] == ["M-8"]
        assert {(one.route, one.stop) for one in now.closures} == {("M", "R"), ("M", "P")}
        assert {one.source for one in await passengers.listed()} == {"other/stop", "other/station", "other/own"}
        assert feed.unknown == 4
        await passengers.look()
        assert await passengers.lines() == {"N1"}
        await passengers.enter()  # all lines are A's again: what did not change is read by that, too
        await other.read()
        assert other.asked == [False, False]
        assert len(await passengers.listed()) == 5


async def test_however_much_a_feed_tells_the_citys_own_is_told(
    passengers: Passengers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What officers and warnings say comes first; a feed says so much an hour, and what ended goes after a while."""
    await passengers.publish(closed(route="L"))
    await passengers.warn("siaga")
    own = [one.id for one in await passengers.listed()]
    passengers.served.pass_time(seconds=1)
    monkeypatch.setattr(alert_store, "MOST_OF_FEED", 3)
    monkeypatch.setattr(actions, "MOST_STEPS", 7)
    async with operator(passengers.served) as other:
        for turn in range(3):
            other.message.ClearField("entity")
            for number in range(3):
                other.tells(f"{turn}-{number}", "Jalur M1 terlambat", rt.Alert.SIGNIFICANT_DELAYS, route="M")
            await other.read()
        async with passengers.served.runtime.statement() as tx:
            (feed,) = await store.feeds(tx)
        assert (feed.steps, feed.problem) == (7, "2 trips and alerts are more than are taken")
        found = await passengers.listed()
        assert [one.id for one in found[:2]] == own
        assert [one.source for one in found[2:]] == ["other/2-0"]
        passengers.served.pass_time(hours=1)
        other.message.entity[1].alert.header_text.translation[0].text = "Jalur M1 sangat terlambat"
        await other.read()
        assert len(await passengers.listed()) == 2 + 3
        passengers.served.pass_time(days=8)
        other.message.ClearField("entity")
        await other.read()
        await timers.prune(passengers.served.runtime)
        async with passengers.served.runtime.statement() as tx:
            left = await tx.fetch("SELECT source FROM service_alert WHERE origin = 'operator' ORDER BY source")
        assert [row["source"] for row in left] == ["other/2-0", "other/2-1", "other/2-2"]


def test_what_is_no_whole_feed_is_refused() -> None:
    message = rt.FeedMessage()
    with pytest.raises(UnreadableError):
        reading.told(b"", NOW)
    message.header.gtfs_realtime_version, message.header.incrementality = "2.0", rt.FeedHeader.DIFFERENTIAL
    with pytest.raises(UnreadableError, match="differences"):
        reading.told(message.SerializeToString(), NOW)
    message.header.incrementality = rt.FeedHeader.FULL_DATASET
    message.header.timestamp = 2**63
    message.entity.append(trip("added", delay=60, schedule_relationship=rt.TripDescriptor.ADDED))
    message.entity.append(trip("T", delay=60, start_time="25:10:00"))
    found = reading.told(message.SerializeToString(), NOW)
    assert (found.at, [(one.trip, one.start) for one in found.updates]) == (NOW, [("T", 90_600)])


def test_feeds_are_named_and_come_over_tls() -> None:
    found = sources("a=KAI@https://one.example/x b=@https://two.example/y?z=1@2 c=A%20B@https://x/1")
    assert [(one.name, one.agency) for one in found] == [("a", "KAI"), ("b", ""), ("c", "A B")]
    for wrong in (
        "KAI@https://one.example/x",
        "a=https://one.example/x",
        "A=KAI@https://one.example/x",
        "a=KAI@ftp://one.example/x",
        "a=KAI@https://x/1 a=KAI@https://x/2",
    ):
        with pytest.raises(ValueError, match="feed"):
            sources(wrong)
    given = {"mode": "cluster", "operator_feeds": "a=KAI@http://one.example/x"}
    with pytest.raises(ValidationError, match="https://"):
        LivingSettings.model_validate({**_REQUIRED, **given})
