"""Stops and lines whose ids hold what GTFS lets them hold: over HTTP, on the pages, and in their links."""

import csv
import io
import re
import tempfile
import zipfile
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from services.kit.city import load_city
from services.living.making import feed as making
from services.living.making.profile import network_of
from tests.fixtures.edge import edge_before
from tests.living.journeys.transit import SEMARANG_NOW, Transit

STOPS = {
    "TS001": "S:2/é",
    "TS002": "..",
    "TS003": "a/../../petugas",
    "TS004": "x" * 100,
    "TS005": "Tugu Muda_1.a/departures",
}
LINES = {"K1": "R/1:é ü"}
_COLUMNS = {"stop_id": STOPS, "parent_station": STOPS, "from_stop_id": STOPS, "to_stop_id": STOPS, "route_id": LINES}


def renamed(archive: Path) -> None:
    """Gives stops and lines of a feed other ids."""
    with zipfile.ZipFile(archive) as old:
        files = {name: old.read(name).decode() for name in old.namelist()}
    with zipfile.ZipFile(archive, "w") as new:
        for name, text in files.items():
            rows = list(csv.reader(io.StringIO(text)))
            maps = [_COLUMNS.get(column, {}) for column in rows[0]] if name.endswith(".txt") else []
            out = io.StringIO()
            csv.writer(out).writerows(
                [rows[0], *([m.get(v, v) for m, v in zip(maps, row, strict=True)] for row in rows[1:])]
            )
            new.writestr(name, out.getvalue() if maps else text)


@pytest.fixture
async def visitor(bare: Transit) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody at the gateway, before a timetable with such ids."""
    city = load_city("semarang")
    network = network_of(city)
    assert network is not None
    with tempfile.NamedTemporaryFile(suffix=".zip") as file:
        making.write(network, city, 2026, file)
        file.flush()
        renamed(Path(file.name))
        await bare.enter(Path(file.name), SEMARANG_NOW.date(), made_up=True)
    async with edge_before(bare.served) as client:
        client.headers["accept-language"] = "en"
        yield client


async def test_a_stop_and_a_line_of_any_id_are_read_over_http_and_on_pages(visitor: httpx.AsyncClient) -> None:
    for stop in STOPS.values():
        part = quote(stop, safe="").replace("..", "%2E%2E")
        answer = await visitor.get(f"/v1/stops/{part}")
        assert (answer.status_code, answer.json().get("id")) == (200, stop)
        answer = await visitor.get(f"/v1/stops/{part}/departures")
        assert (answer.status_code, "departures" in answer.json()) == (200, True), stop
    line = await visitor.get(f"/v1/routes/{quote(LINES['K1'], safe='')}")
    assert (line.status_code, line.json()["id"]) == (200, LINES["K1"])
    for wrong in ("a%00b", "y" * 256, "a%1Fb"):
        assert (await visitor.get(f"/v1/stops/{wrong}")).status_code == 422


async def test_links_lead_to_what_they_name(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/transit")).text
    link = next(each for each in re.findall(r'href="(/transit/jalur/[^"]+)"', page) if "%2F" in each)
    line = await visitor.get(link)
    assert line.status_code == 200
    found = {}
    for each in re.findall(r'href="(/transit/halte[^"]+)"', line.text):
        answer = await visitor.get(unescape(each))
        assert (answer.status_code, answer.url.path.startswith("/transit/halte")) == (200, True), each
        found[each] = answer.text
    odd = [each for each in found if "%2F" in each or "?id=" in each]
    assert len(odd) >= 2
    for each in odd:
        other = re.search(r'href="(/transit/halte[^"]+lang=id)"', found[each])
        assert other is not None
        assert (await visitor.get(unescape(other[1]))).status_code == 200, "the language switch stays there"


async def test_a_way_is_found_from_a_stop_by_its_id(visitor: httpx.AsyncClient) -> None:
    asked = {"dari": STOPS["TS001"], "ke": "Lawang Sewu", "waktu": "2026-11-24T09:00"}
    page = (await visitor.get("/transit", params=asked)).text
    assert 'data-leg="ride"' in page


async def test_what_is_no_text_is_left_out_of_the_page(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/transit?dari=%00abc&ke=%00")
    assert (page.status_code, "\0" in page.text) == (200, False)
