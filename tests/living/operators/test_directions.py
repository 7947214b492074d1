"""Alerts for one direction: what has no other is closed, so that nobody waits there in vain; what runs still is not."""

from typing import Any

from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.model import Effect
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


def _message(*selectors: dict[str, Any]) -> bytes:
    message = rt.FeedMessage()
    message.header.gtfs_realtime_version = "2.0"
    alert = message.entity.add(id="a").alert
    alert.effect = rt.Alert.NO_SERVICE
    alert.header_text.translation.add(text="Tutup")
    for one in selectors:
        alert.informed_entity.add(**one)
    return message.SerializeToString()


async def test_one_direction_closes_what_has_no_other(passengers: Passengers) -> None:
    """A line that is a loop, a platform at one side of the road; a station is closed where its platforms are."""
    await passengers.enter(LINES)

    async def closes(**about: Any) -> tuple[bool, Effect]:
        told = reading.told(_message({"direction_id": 0, **about}), NOW)
        async with passengers.served.runtime.snapshot() as tx:
            number = await tx.fetchval("SELECT feed FROM feed_current")
            content = (await own(tx, number, "A", told.alerts, told.directions))["a"]
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
