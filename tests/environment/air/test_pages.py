"""The pages of the air and its API, through a gateway."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.environment.air import timers
from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import datastreams_pb2 as pb
from smartcity.environment.v1 import things_pb2
from tests.environment.sensing import Sensing
from tests.fixtures.edge import edge_before

EN = {"accept-language": "en"}


async def measured(sensing: Sensing) -> None:
    """A station with good and bad air and one pollutant too few, another that has measured nothing; time is now."""
    sensing.served.now = datetime.now(UTC)
    await observation_timers.keep_weeks(sensing.served.runtime)
    station = await sensing.thing("udara-uji", kind=things_pb2.THING_KIND_AIR_STATION, name="Stasiun Uji")
    await sensing.thing("udara-baru", kind=things_pb2.THING_KIND_AIR_STATION, name="Stasiun Baru")
    until = sensing.served.now.replace(minute=0, second=0, microsecond=0)
    for name, property_, hours, value in (
        ("pm2_5", pb.OBSERVED_PROPERTY_PM2_5, 40, 60.0),
        ("so2", pb.OBSERVED_PROPERTY_SO2, 40, 20.0),
        ("co", pb.OBSERVED_PROPERTY_CO, 5, 900.0),
    ):
        made = await sensing.datastream(station, name=name, property=property_, most=60_000.0)
        readings = [(until - timedelta(hours=count), value) for count in range(hours)]
        await sensing.upload(made, readings)
    await observation_timers.sum_up_hours(sensing.served.runtime)
    await timers.make_indices(sensing.served.runtime)


@pytest.fixture
async def edge(sensing: Sensing) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login, where air was measured."""
    await measured(sensing)
    async with edge_before(sensing.served) as client:
        yield client


async def test_the_page_names_category_worst_and_what_is_missing(edge: httpx.AsyncClient) -> None:
    page = (await edge.get("/lingkungan/udara")).text
    assert 'class="ispu unhealthy"><span class="value">105</span> Tidak sehat</b>' in page
    assert "terburuk: PM2,5" in page
    assert "Anak, lansia" in page
    assert "jam terlalu sedikit, tidak dihitung" in page
    assert "dari 24" in page
    assert "belum mengukur apa-apa" in page
    assert "P.14" in page
    assert "indeks 400" in page


async def test_it_speaks_english(edge: httpx.AsyncClient) -> None:
    page = (await edge.get("/lingkungan/udara", headers=EN)).text
    assert "Unhealthy</b>" in page
    assert "worst: PM2.5" in page
    assert "In Indonesian; nobody has written it in English yet" in page, "of its sources and doubts"
    for colour in ("green", "blue", "yellow", "red", "black"):
        assert colour in page


@pytest.mark.parametrize("span", ["", "?rentang=pekan", "?rentang=bulan", "?rentang=nonsense"])
async def test_a_station_shows_its_index_by_the_hour(edge: httpx.AsyncClient, span: str) -> None:
    answer = await edge.get(f"/lingkungan/udara/udara-uji{span}", headers=EN, follow_redirects=True)
    assert (answer.status_code, "nonsense" in str(answer.url)) == (200, False), "a time that is none is taken away"
    assert '<svg class="chart"' in answer.text
    assert "Figures in a table" in answer.text
    assert "no index: too few hours were measured" in answer.text


async def test_a_station_that_has_measured_nothing_says_so(edge: httpx.AsyncClient) -> None:
    answer = await edge.get("/lingkungan/udara/udara-baru", headers=EN)
    assert "has measured nothing yet" in answer.text
    assert "There is no index in this time." in answer.text


async def test_what_is_no_station_is_a_page_of_its_own(edge: httpx.AsyncClient) -> None:
    answer = await edge.get("/lingkungan/udara/nirgends", headers=EN)
    assert (answer.status_code, "text/html" in answer.headers["content-type"]) == (404, True)


async def test_the_start_page_has_the_section(edge: httpx.AsyncClient) -> None:
    page = (await edge.get("/lingkungan", headers=EN)).text
    assert 'id="air"' in page
    assert "Unhealthy</b>" in page


async def test_the_api_says_what_an_index_rests_on(edge: httpx.AsyncClient) -> None:
    found = (await edge.get("/v1/air")).json()
    empty, station = found["stations"]
    assert (empty["code"], "index" in empty, "time" in empty) == ("udara-baru", False, False)
    assert station["index"] == {"value": 105, "category": "unhealthy", "worst": "pm2_5"}
    assert [(one["property"], one["hours"]) for one in station["parts"]] == [("pm2_5", 24), ("so2", 24)]
    assert {one["property"]: one["hours"] for one in station["missing"]}.items() >= {"hc": 0}.items()
    assert found["table"]["version"] == "P.14/2020"
    one = (await edge.get("/v1/air/udara-uji")).json()
    assert one["history"][-1]["index"] == station["index"]
    assert "index" not in one["history"][0]
