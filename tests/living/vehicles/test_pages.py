"""Buses on pages and as feeds, through a gateway in front of the pillar."""

import json
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from types import SimpleNamespace

import httpx
import pytest
from google.transit import gtfs_realtime_pb2 as rt

from deploy.local.process import free_ports
from gateway.portal.living.buses import by_line
from gateway.streams import vehicles as streams
from gateway.streams.vehicles import changed
from gateway.visitors.places import Places
from services.living.making.profile import network_of
from smartcity.living.v1 import vehicles_pb2 as pb
from smartcity.living.v1.vehicles_views import vehicle
from tests.fixtures.edge import edge_before
from tests.living.vehicles.fleet import Fleet

ID = {"accept-language": "id"}


@pytest.fixture
async def street(fleet: Fleet) -> str:
    """A simulated bus on K1, half-way to the stop that is answered; another is silent."""
    network = network_of(fleet.served.runtime.city)
    assert network is not None
    by_id = {one.stop: one for one in network.stops}
    one, other = (by_id[name] for name in network.ways["K1", 0][3:5])
    await fleet.register("ts-1", label="K1-01", simulated=True)
    await fleet.register("ts-2", label="K1-02")
    for ago, part in ((20, 0.2), (0, 0.5)):
        where = (one.lat + part * (other.lat - one.lat), one.lon + part * (other.lon - one.lon))
        await fleet.report(("ts-1", *where), ago=ago, route="K1")
        await fleet.follow()
    return other.stop


@pytest.fixture
async def visitor(fleet: Fleet, street: str) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(fleet.served) as client:
        client.headers["accept-language"] = "en"
        yield client


async def test_stop_line_and_map_say_live_and_simulated(visitor: httpx.AsyncClient, street: str) -> None:
    """In both languages, within 20 KB, without the plate."""
    stop = (await visitor.get(f"/transit/halte/{street}")).text
    assert 'data-basis="live"' in stop
    assert re.search(r"live, \d+ seconds? ago", stop)
    assert "Simulated, not a real bus" in stop
    assert len(stop) < 20_000
    line = (await visitor.get("/transit/jalur/K1", headers=ID)).text
    assert 'data-bus="ts-1" data-state="live"' in line
    assert ("Simulasi, bukan bus sungguhan" in line, line.count("<circle") == 1) == (True, True)
    for page in (stop, line):  # it says of when it is, and takes back later what is true no more
        assert 'http-equiv="refresh" content="60"' in page
        assert re.search(r'id="live">\s*<p[^>]*>(Per|As of) .* data-old hidden', page)
        assert re.search(r'class="badge good" data-now>', page)
    everywhere = (await visitor.get("/transit/bus")).text
    assert "where they are within the last 90 seconds: 1 of 2." in everywhere
    assert 'data-bus="ts-2" data-state="silent"' in everywhere
    assert re.findall(r'<details data-line="([\w*]*)"', everywhere) == ["K1", "*"], "folded, and silent ones apart"
    assert "<b>1 bus without word</b>" in everywhere
    assert "H 1234" not in stop + line + everywhere


async def test_feeds_are_protobuf_with_an_etag(visitor: httpx.AsyncClient) -> None:
    """Read back by the bindings; who has them is told so."""
    for path in ("/v1/gtfs-rt/positions", "/v1/gtfs-rt/trip-updates"):
        answer = await visitor.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
        feed = rt.FeedMessage.FromString(answer.content)
        assert [one.id for one in feed.entity] in (["ts-1"], ["ts-1-K1-0"])
        again = await visitor.get(path, headers={"if-none-match": answer.headers["etag"]})
        assert again.status_code == 304


async def test_vehicles_over_the_api(visitor: httpx.AsyncClient) -> None:
    """With what they come to next."""
    found = (await visitor.get("/v1/vehicles", params={"route": "K1"})).json()["vehicles"]
    assert [(one["id"], one["state"], one["simulated"]) for one in found] == [("ts-1", "live", True)]
    assert found[0]["calls"][0]["uncertainty_seconds"] >= 30
    assert "plate" not in found[0]
    assert (await visitor.get("/v1/vehicles/nobody")).status_code == 404


async def test_who_asks_for_no_stream_gets_its_first_event(visitor: httpx.AsyncClient) -> None:
    """All vehicles in service, and then it ends."""
    answer = await visitor.get("/v1/vehicle-events")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.text.startswith('event: vehicles\ndata: {"vehicles":[{"id":"ts-1"')
    assert answer.text.count("event:") == 1
    rows = json.loads(answer.text.partition("data: ")[2])["vehicles"]
    assert [one["state"] for one in rows] == ["live", "silent"]
    assert not any({"calls", "age_seconds"} & one.keys() for one in rows)


async def test_who_asks_for_no_stream_is_told_that_vehicles_cannot_be_read_now(fleet: Fleet) -> None:
    """As those are who ask for the list: nothing is not the same as no buses."""
    async with edge_before(replace(fleet.served, target=f"ipv4:127.0.0.1:{free_ports(1)[0]}")) as visitor:
        for path in ("/v1/vehicle-events", "/v1/vehicles"):
            answer = await visitor.get(path)
            assert answer.status_code in (503, 504), f"the second where the machine is busy: {answer.text}"


def test_what_has_changed_is_made_once_for_all_who_saw_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    made = list[bytes]()

    def counted(before: Mapping[str, bytes] | None, now: Mapping[str, bytes]) -> bytes:
        made.append(changed(before, now))
        return made[-1]

    monkeypatch.setattr(streams, "changed", counted)
    told = streams.Fleet(SimpleNamespace(), SimpleNamespace(), Places(3, 2))  # type: ignore[arg-type]
    first, second = {"a": b'{"id":"a"}'}, {"b": b'{"id":"b"}'}
    for before, now in ((None, first), (None, first), (first, second), (None, second), (first, second)):
        assert told.news(before, now) == changed(before, now)
    assert len(made) == 3


def test_a_stream_tells_what_has_changed() -> None:
    """All at first, then those that did, then those that are gone; nothing where nothing did."""
    one = {"a": b'{"id":"a"}'}
    assert changed(None, one) == b'event: vehicles\ndata: {"vehicles":[{"id":"a"}],"gone":[]}\n\n'
    assert changed(one, dict(one)) == b""
    assert b'"gone":["a"]' in changed(one, {})
    assert changed(None, {}) == b'event: vehicles\ndata: {"vehicles":[],"gone":[]}\n\n'


def test_lines_stand_in_the_order_of_their_numbers() -> None:
    """As people count, not as letters are sorted."""
    lines = ("K10", "", "K2", "F1B", "F1A", "K2")
    buses = [vehicle(pb.Vehicle(id=f"ts-{place}", line=line)) for place, line in enumerate(lines)]
    assert [one.name for one in by_line(buses)] == ["F1A", "F1B", "K2", "K10", ""]
    assert [len(one.buses) for one in by_line(buses)] == [1, 1, 2, 1, 1]
