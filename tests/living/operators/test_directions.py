"""Alerts for one direction: what has no other is closed, so that nobody waits there in vain; what runs still is not."""

from collections.abc import Sequence
from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.model import Content, Effect
from services.living.operators import reading
from services.living.operators.own import own
from smartcity.living.v1 import alerts_pb2 as pb
from tests.living.alerts.passengers import FILES, NOW, Passengers
from tests.living.operators.feeds import operator

LINES: dict[str, str | bytes | None] = {
    "trips.txt": str(FILES["trips.txt"]) + "M,daily,M-back,Barat,1,\n",
    "stop_times.txt": str(FILES["stop_times.txt"]) + "M-back,15:00:00,15:00:00,R,0\nM-back,15:30:00,15:30:00,P1,1\n",
}
"""Line M runs back too, past U; L and N run one way alone."""


def _message(**alerts: tuple[Sequence[dict[str, Any]], tuple[int, int]]) -> bytes:
    """Alerts by their ids: what each is about, and when it holds; by 0 and 0 without end."""
    message = rt.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    for id_, (selectors, (start, end)) in alerts.items():
        alert = message.entity.add(id=id_).alert
        alert.effect = rt.Alert.NO_SERVICE
        alert.header_text.translation.add(text="Tutup")
        if start or end:
            alert.active_period.add(start=start, end=end)
        for one in selectors:
            alert.informed_entity.add(**one)
    return message.SerializeToString()


async def _contents(passengers: Passengers, message: bytes) -> dict[str, Content]:
    told = reading.told(message, NOW)
    async with passengers.served.runtime.snapshot() as tx:
        number = await tx.fetchval("SELECT feed FROM feed_current")
        return await own(tx, number, "A", told.alerts, told.directions)


async def test_one_direction_closes_what_has_no_other(passengers: Passengers) -> None:
    """A line that is a loop, a platform at one side of the road; a station is closed where its platforms are."""
    await passengers.enter(LINES)

    async def closes(**about: Any) -> tuple[bool, Effect]:
        message = _message(a=([{"direction_id": 0, **about}], (0, 0)))
        content = (await _contents(passengers, message))["a"]
        return content.closes, content.effect

    shut, runs = (True, Effect.NO_SERVICE), (False, Effect.MODIFIED_SERVICE)
    assert await closes(route_id="L") == shut
    assert await closes(route_id="L", direction_id=1) == runs
    assert await closes(route_id="M") == runs
    assert await closes(route_id="M", stop_id="U") == shut
    assert await closes(route_id="M", stop_id="R") == runs
    assert await closes(route_id="M", stop_id="P") == runs
    assert await closes(route_id="L", stop_id="P") == shut
    assert await closes(stop_id="U") == shut
    assert await closes(stop_id="R") == shut, "for the lines that come no other way"


async def test_two_alerts_of_one_direction_each_close_a_line_while_both_hold(passengers: Passengers) -> None:
    await passengers.enter(LINES)
    there, back = ([{"route_id": "M", "direction_id": way}] for way in (0, 1))
    at = int(NOW.timestamp())
    long, short = (at - 600, at + 7_200), (at, at + 3_600)

    async def closed(one: tuple[int, int], other: tuple[int, int]) -> list[bool]:
        found = await _contents(passengers, _message(a=(there, one), b=(back, other)))
        return [found[key].closes for key in ("a", "b")]

    assert await closed((0, 0), (0, 0)) == [True, True]
    assert await closed(long, short) == [False, True], "as long as both hold, and no longer"
    assert await closed((0, 0), short) == [False, True]
    assert await closed(short, (at + 1_800, at + 7_200)) == [False, False], "neither holds as long as the other"


async def test_a_stop_is_closed_whose_line_has_no_service_one_way_and_itself_none_the_other(
    passengers: Passengers,
) -> None:
    await passengers.enter(LINES)
    about = [{"route_id": "M", "direction_id": 0}, {"route_id": "M", "stop_id": "R", "direction_id": 1}]
    found = (await _contents(passengers, _message(a=(about, (0, 0)))))["a"]
    assert {(one.route, one.stop): one.closes for one in found.entities} == {("M", ""): False, ("M", "R"): True}


async def test_a_line_that_runs_the_other_way_still_opens_no_other(passengers: Passengers) -> None:
    """Its effect is its own: what is closed beside it has no service, here and for those who read our feed."""
    await passengers.enter(LINES)
    async with operator(passengers.served) as other:
        other.tells("a", "Jalur L1 dan M1 tutup", route="L")
        other.message.entity[0].alert.informed_entity.add(route_id="M", direction_id=0)
        await other.read()
        (alert,) = await passengers.listed()
        assert (alert.closes, alert.effect) == (True, pb.SERVICE_ALERT_EFFECT_NO_SERVICE)
        feed = await passengers.call(pb.GetServiceAlertFeedRequest())
    message = rt.FeedMessage.FromString(feed.content)
    told = {each.route_id: one.alert.effect for one in message.entity for each in one.alert.informed_entity}
    assert told == {"L": rt.Alert.NO_SERVICE, "M": rt.Alert.MODIFIED_SERVICE}
