"""The pages of service alerts, through a gateway in front of the pillar."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from google.transit import gtfs_realtime_pb2 as rt

from gateway.portal.living.alerts import closed
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import alerts_views as views
from tests.fixtures.edge import edge_before
from tests.living.alerts.passengers import FILES, NOW, Passengers

MORNING = "2026-11-27T08:00"


@pytest.fixture
async def visitor(passengers: Passengers) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English, during a flood."""
    await passengers.warn("siaga")
    await passengers.look()
    async with edge_before(passengers.served) as client:
        client.headers["accept-language"] = "en"
        yield client


async def test_a_closed_stop_says_until_when_and_offers_nothing_before(
    passengers: Passengers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first departure of the day is at 6.30, and it opens again at 7."""
    tonight = passengers.served.now = NOW + timedelta(hours=17)
    for module in ("transit.hours", "alerts"):
        monkeypatch.setattr(f"gateway.portal.living.{module}._now", tonight.astimezone)
    await passengers.warn("siaga")
    await passengers.look()
    async with edge_before(passengers.served) as client:
        client.headers["accept-language"] = "en"
        page = (await client.get("/transit/halte/Q")).text
        assert "This stop is closed until 28 November 2026, 07:00" in page
        assert "28 November 2026, 07:30" in page.partition('id="first-after"')[2].partition("</span>")[0]
        assert 'id="shut"' not in (await client.get("/transit/halte/U")).text


async def test_a_search_in_a_flood_says_what_walks_rest_on(visitor: httpx.AsyncClient) -> None:
    asked = {"dari": "-7.0000,110.4040", "ke": "-7.0000,110.4150", "waktu": MORNING}
    page = (await visitor.get("/transit", params=asked)).text
    assert "These journeys go around:" in page
    assert "keep away from closed areas and from water" in page.partition('id="on-foot"')[2].partition("</p>")[0]
    assert ' data-choice="on_foot"' not in page


@pytest.mark.parametrize("path", ["/transit/halte/R", "/transit/jalur/L"])
async def test_of_what_closes_one_stop_others_of_its_line_say_which_one_and_when(
    passengers: Passengers, path: str
) -> None:
    period = pb.ServiceAlertPeriod()
    period.end_time.FromDatetime(NOW + timedelta(days=9))
    await passengers.publish(periods=[period])
    async with edge_before(passengers.served) as client:
        client.headers["accept-language"] = "en"
        page = (await client.get(path)).text
        assert "data-closed-stops>Stop closed: Tugu Kota (Q)<" in page
        assert ("data-closed>" in page, "until 6 December 2026, 08:00" in page) == (False, True)
        assert "data-closed>Closed<" in (await client.get("/transit/halte/Q")).text


async def test_the_open_side_of_a_street_tells_the_closed_one_by_its_id(passengers: Passengers) -> None:
    stops = str(FILES["stops.txt"]).replace("Terminal Timur", "Tugu Kota")
    await passengers.enter({"stops.txt": stops})
    alert = await passengers.publish()
    async with edge_before(passengers.served) as client:
        client.headers["accept-language"] = "en"
        assert "data-closed-stops>Stop closed: Tugu Kota (Q)<" in (await client.get("/transit/halte/R")).text
        assert "Tugu Kota (Q)</a>" in (await client.get(f"/transit/gangguan/{alert.id}")).text


def test_a_stretch_that_is_closed_closes_no_stop() -> None:
    """Other lines call at both of its ends, and the same one on its way back."""
    stretch = pb.ServiceAlertEntity(from_stop="Q", to_stop="U", closes=True)
    found = views.service_alert(pb.ServiceAlert(now=True, closes=True, entities=[stretch]))
    assert (closed([found], "Q"), closed([found], "U")) == (None, None)
    itself = pb.ServiceAlertEntity(stop="Q", closes=True)
    assert closed([views.service_alert(pb.ServiceAlert(now=True, closes=True, entities=[itself]))], "P", "Q")


async def test_a_drill_closes_no_stop(passengers: Passengers) -> None:
    await passengers.warn("siaga", exercise=True)
    await passengers.look()
    async with edge_before(passengers.served) as client:
        page = (await client.get("/transit/halte/Q")).text
    assert ("LATIHAN" in page, 'id="shut"' in page) == (True, False)


async def test_passengers_are_told_wherever_it_matters(visitor: httpx.AsyncClient) -> None:
    """With the journey that goes around, at the stop, at its lines, and not where nothing is different."""
    (alert,) = (await visitor.get("/v1/alerts")).json()["alerts"]
    for path in ("/transit", "/transit/halte/Q", "/transit/jalur/L", "/transit/gangguan"):
        page = (await visitor.get(path)).text
        assert f'data-alert="{alert["id"]}"' in page, path
        assert "Flood SIAGA (watch): Bendungan" in page, path
        closed_there = "data-closed-stops>Stop closed: Tugu Kota (Q)<" if "jalur" in path else "data-closed>Closed<"
        assert closed_there in page, path
    assert "data-alert" not in (await visitor.get("/transit/halte/U")).text
    page = (
        await visitor.get("/transit", params={"dari": "Pasar Besar", "ke": "Terminal Timur", "waktu": MORNING})
    ).text
    assert "These journeys go around:" in page
    assert ">M1<" in page
    page = (await visitor.get(f"/transit/gangguan/{alert['id']}")).text
    assert "Tugu Kota" in page
    assert f'href="/lingkungan/peringatan/{alert["source"]}"' in page
    indonesian = (await visitor.get("/transit", headers={"accept-language": "id"})).text
    assert "Banjir SIAGA: Bendungan" in indonesian
    answer = await visitor.get("/v1/gtfs-rt/alerts")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
    message = rt.FeedMessage.FromString(answer.content)
    assert {one.alert.effect for one in message.entity} == {rt.Alert.MODIFIED_SERVICE, rt.Alert.NO_SERVICE}
