"""Nowcasts from a recorded feed: what is kept and shown, and that what is known stays when the service is away."""

import re
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from observability import semconv
from services.environment.nowcasts import actions, gauges, timers
from smartcity.environment.v1 import nowcasts_pb2 as pb
from tests.environment.nowcasts.feed import INSIDE, OUTSIDE, PATH, Weather, message, name
from tests.environment.sensing import Sensing
from tests.governance.conftest import MONDAY

FIRST, SECOND = name(1), name(2)
SENDER = "cuaca.ekstrem@bmkg.go.id"


async def test_what_concerns_the_city_is_told_once_with_its_kelurahan_until_its_time_is_over(
    forecasters: Weather,
) -> None:
    service = forecasters.service
    service.messages = {
        FIRST: message(FIRST, MONDAY),
        SECOND: message(SECOND, MONDAY, polygon=OUTSIDE),
        name(3): message(name(3), MONDAY, polygon="", area="KOTA SEMARANG", hours=1),
        name(4): message(name(4), MONDAY, polygon="", area="Kabupaten Semarang"),
    }
    found = await forecasters.listed()
    whole, one = found.nowcasts
    assert (whole.identifier, list(whole.areas)) == (name(3), [])
    assert (one.identifier, one.sender, one.severity, one.language) == (FIRST, SENDER, "Moderate", "id")
    assert one.headline == "Hujan Lebat disertai Petir di Jawa Tengah"
    assert one.web.startswith("https://nowcasting.bmkg.go.id/")
    assert "Sekayu" in {area.name for area in one.areas}
    assert one.expire_time.seconds - one.sent_time.seconds == 3 * 3_600
    assert (found.read, found.failing, found.read_time.seconds) == (True, False, int(MONDAY.timestamp()))
    assert len(service.asked) == 5
    forecasters.sensing.served.pass_time(hours=2)
    assert await forecasters.shown() == [FIRST]
    assert service.asked[5:] == [(PATH, True)], "nothing changed, so nothing is fetched again"
    assert (await forecasters.listed()).read_time.seconds == int(MONDAY.timestamp()) + 2 * 3_600
    service.messages.pop(name(4))
    await forecasters.listed()
    assert service.asked[7:] == [(PATH, False)], "messages that are known are not fetched again"
    forecasters.sensing.served.pass_time(hours=2)
    assert await forecasters.shown() == []
    forecasters.sensing.served.pass_time(days=8)
    await timers.prune(forecasters.sensing.served.runtime)
    assert await forecasters.sensing.served.runtime.pool.fetchval("SELECT count(*) FROM nowcast") == 0
    assert await forecasters.sensing.emitted() == [], "it raises nothing of the city's own"


async def test_an_update_takes_the_place_of_what_it_refers_to_and_a_cancel_ends_it(forecasters: Weather) -> None:
    messages = forecasters.service.messages
    refers = f"{SENDER},{FIRST},2026-11-23T09:00:00+07:00"
    update = message(SECOND, MONDAY, kind="Update", refers=refers, headline="Masih hujan lebat", hours=1)
    messages.update({SECOND: update, FIRST: message(FIRST, MONDAY)})
    assert await forecasters.shown() == [SECOND], "also where the newer one stands first"
    forecasters.sensing.served.pass_time(hours=2)
    assert await forecasters.shown() == [], "the replaced one does not come back"
    now = forecasters.sensing.served.now
    messages[name(3)] = message(name(3), now)
    assert await forecasters.shown() == [name(3)]
    refers = f"{SENDER},{name(3)},2026-11-23T11:00:00+07:00"
    messages[name(4)] = message(name(4), now, kind="Cancel", refers=refers)
    assert await forecasters.shown() == []


@pytest.mark.parametrize("status", ["Test", "Exercise"])
@pytest.mark.parametrize("kind", ["Update", "Cancel"])
async def test_what_is_not_in_earnest_takes_the_place_of_nothing(forecasters: Weather, status: str, kind: str) -> None:
    """Whichever of the two is read first."""
    messages = forecasters.service.messages
    for first, second in ((FIRST, SECOND), (name(4), name(3))):
        refers = f"{SENDER},{first},2026-11-23T09:00:00+07:00"
        drill = message(second, MONDAY, kind=kind, refers=refers, status=status)
        both = {first: message(first, MONDAY), second: drill}
        messages.update(both if first == FIRST else dict(reversed(both.items())))
    assert set(await forecasters.shown()) == {FIRST, name(4)}


async def test_of_the_parts_of_a_message_the_gravest_that_concerns_the_city_is_told(forecasters: Weather) -> None:
    """CAP 1.2, 3.2.2: a message has several of one language where areas differ, or how grave it is there."""

    def part(severity: str, polygon: str = INSIDE, language: str = "id") -> str:
        whole = message(FIRST, MONDAY, polygon=polygon, headline=f"{severity} {language}")
        whole = whole.replace("Moderate", severity).replace("<language>id", f"<language>{language}")
        return whole[whole.index("<info>") : whole.index("</alert>")]

    parts = [part("Extreme", OUTSIDE), part("Moderate"), part("Severe"), part("Minor"), part("Extreme", language="en")]
    whole = message(FIRST, MONDAY)
    forecasters.service.messages[FIRST] = whole[: whole.index("<info>")] + "".join(parts) + "</alert>"
    elsewhere = [part("Minor", OUTSIDE), part("Severe", OUTSIDE)]
    head = whole[: whole.index("<info>")].replace(FIRST, SECOND)
    forecasters.service.messages[SECOND] = head + "".join(elsewhere) + "</alert>"
    (told,) = (await forecasters.listed()).nowcasts
    assert (told.identifier, told.headline, told.severity) == (FIRST, "Severe id", "Severe")
    assert "Sekayu" in {area.name for area in told.areas}


async def test_a_message_that_does_not_say_its_end_holds_for_three_hours_and_the_feed_is_read(
    forecasters: Weather,
) -> None:
    """CAP 1.2 leaves it to who reads; from its beginning on."""
    endless = re.sub("<expires>.*</expires>", "", message(FIRST, MONDAY))
    onset = "<onset>2026-03-02T14:00:00+07:00</onset>"
    forecasters.service.messages = {
        FIRST: endless,
        SECOND: endless.replace(FIRST, SECOND).replace("<senderName>", f"{onset}<senderName>"),
    }
    found = await forecasters.listed()
    assert not found.failing
    soon, later = found.nowcasts
    assert (soon.identifier, soon.expire_time.seconds - soon.effective_time.seconds) == (FIRST, 3 * 3_600)
    assert later.expire_time.ToDatetime(UTC) == datetime(2026, 3, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("kind", ["Alert", "Ack", "Error"])
async def test_a_message_that_tells_of_nothing_changes_nothing_and_the_feed_is_read(
    forecasters: Weather, kind: str
) -> None:
    """CAP 1.2 lets a message be without any part; what answers another does not take its place."""
    refers = f"{SENDER},{FIRST},2026-03-02T09:00:00+07:00"
    whole = message(SECOND, MONDAY, kind=kind, refers=refers)
    messages = {FIRST: message(FIRST, MONDAY), SECOND: whole[: whole.index("<info>")] + "</alert>"}
    forecasters.service.messages.update(messages)
    found = await forecasters.listed()
    assert (found.failing, [one.identifier for one in found.nowcasts]) == (False, [FIRST])


async def test_times_without_an_offset_are_the_citys(forecasters: Weather) -> None:
    good = message(FIRST, MONDAY)
    forecasters.service.messages = {FIRST: good, SECOND: good.replace(FIRST, SECOND).replace("+07:00", "")}
    found = await forecasters.listed()
    assert not found.failing
    one, other = found.nowcasts
    assert (one.sent_time, one.expire_time) == (other.sent_time, other.expire_time)


_BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>'


async def test_a_feed_that_fails_keeps_what_is_known_tells_its_age_and_is_logged_once(
    forecasters: Weather,
) -> None:
    service, served = forecasters.service, forecasters.sensing.served
    service.messages[FIRST] = message(FIRST, MONDAY)
    await forecasters.listed()
    served.pass_time(minutes=30)
    for status, feed, why in (
        (503, None, "HTTP 503"),
        (301, None, "HTTP 301"),
        (200, b"<rss" * 600_000, "too large"),
        (200, b"<html>", "not well-formed"),
        (200, _BOMB, "document type"),
        (200, b"<rss><channel><item><link>http://10.0.0.1/x</link></item></channel></rss>", "another host"),
        (200, b"<rss><channel><item><link>http://[x</link></item></channel></rss>", "no address"),
    ):
        service.status, service.feed = status, feed
        with capture_logs() as said:
            assert await forecasters.shown() == [FIRST]
            found = await forecasters.listed()
        assert found.failing
        assert found.read_time.seconds == int(MONDAY.timestamp())
        assert [why in one["problem"] for one in said if one["log_level"] == "warning"] == [True]
    readings = await gauges.read(served.runtime)
    assert list(readings[semconv.NOWCAST_AGE]) == [(30 * 60, {})]
    service.status, service.feed = 200, None
    service.messages[name(3)] = message(name(3), MONDAY, hours=1).replace("<web>", "<web>http://[")
    good = message(SECOND, MONDAY)
    for bad in (good.replace("<polygon>", "<polygon>9,"), re.sub("<sent>.{4}", "<sent>0001", good)):
        assert bad != good
        service.messages[SECOND] = bad
        found = await forecasters.listed()
        assert found.failing, "a message is not understood"
        assert [one.identifier for one in found.nowcasts] == [name(3), FIRST], "the others are"
    service.messages[SECOND] = message(SECOND, MONDAY, polygon=OUTSIDE)
    assert not (await forecasters.listed()).failing


async def test_more_than_is_fetched_at_once_comes_with_the_next_reading(
    forecasters: Weather, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "MOST", 2)
    for number in range(3):
        forecasters.service.messages[name(number)] = message(name(number), MONDAY)
    first = await forecasters.listed()
    assert (first.failing, len(first.nowcasts)) == (True, 2)
    second = await forecasters.listed()
    assert (second.failing, len(second.nowcasts)) == (False, 3)


async def test_without_an_address_nothing_is_read_or_shown(sensing: Sensing) -> None:
    await timers.read(sensing.served.runtime)
    assert await sensing.call(pb.ListNowcastsRequest()) == pb.ListNowcastsResponse()
    assert list((await gauges.read(sensing.served.runtime))[semconv.NOWCAST_AGE]) == []


async def test_a_service_that_is_away_is_no_fault_of_a_page(forecasters: Weather) -> None:
    runtime = forecasters.sensing.served.runtime
    runtime.settings = runtime.settings.model_copy(update={"nowcast_url": "http://127.0.0.1:1/id"})
    found = await forecasters.listed()
    assert (found.read, found.failing, found.HasField("read_time")) == (True, True, False)
