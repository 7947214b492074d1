"""The pages of the tides and their API, through a gateway."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.environment.harmonics import running
from services.environment.harmonics.model import Constituent, Forecast, Question
from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import things_pb2
from tests.environment.sensing import Sensing
from tests.environment.tides.seas import GAUGE, forecast, gauge, held_to, measured
from tests.fixtures.edge import edge_before

EN = {"accept-language": "en"}
DAY_H = 24


async def flooding(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> None:
    """A gauge where the sea of the tests floods once, hours from now, another that has measured a day, a third nothing.

    Time is now; the fit itself is tested elsewhere.
    """
    sensing.served.now = datetime.now(UTC)
    await observation_timers.keep_weeks(sensing.served.runtime)

    async def fitted(asked: Question) -> Forecast:
        heights = [1.0 + (0.6 if 30 <= place < 42 else 0.0) for place in range(asked.count)]
        return Forecast(tuple(heights), (Constituent("K1", 0.22, 310.0, 15.041),), 0.0614, 0.195)

    monkeypatch.setattr(running, "forecast", fitted)
    level = await gauge(sensing)
    await held_to(sensing, level, "awas", 2.0)
    await sensing.upload(level, measured(sensing.served.now, 60))
    young = await gauge(sensing, "pasut-muda")
    await sensing.upload(young, measured(sensing.served.now, 1))
    await sensing.thing("pasut-baru", kind=things_pb2.THING_KIND_TIDE_GAUGE, name="Stasiun Baru")
    await forecast(sensing)


@pytest.fixture
async def edge(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login, where tides are forecast."""
    await flooding(sensing, monkeypatch)
    async with edge_before(sensing.served) as client:
        yield client


async def test_the_start_page_says_when_it_floods_and_what_is_missing(edge: httpx.AsyncClient) -> None:
    page = (await edge.get("/lingkungan")).text
    assert 'id="tide"' in page
    assert "Rob " in page
    assert "Pesisir utara: " in page
    assert "biasanya meleset 6,1 cm" in page
    assert "tidak memunculkan peringatan" in page
    assert "rekaan, bukan ketetapan kota" in page
    assert "baru 24 jam yang terukur, yang perlu 1.440 jam (60 hari)" in page
    assert '<svg class="chart"' in page
    assert '<table class="turns">' in page


async def test_a_gauges_page_has_the_hours_and_what_they_rest_on(edge: httpx.AsyncClient) -> None:
    page = (await edge.get(f"/lingkungan/pasang/{GAUGE}", headers=EN)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Tidal flood (rob)" in page
    assert "Northern coast: advisory (waspada), from 1.10 m." in page
    assert "Highest 1.60 m at about" in page
    assert "off by 6.1 cm as a rule (root mean square), 19.5 cm at most" in page
    assert "Measured: 1,440 hours" in page
    assert '<table id="hours">' in page
    assert "K1" in page


async def test_of_a_gauge_that_is_silent_the_forecast_says_so(sensing: Sensing, edge: httpx.AsyncClient) -> None:
    """It is made anew each day, of hours that ended ever longer ago."""
    level = await gauge(sensing, "pasut-diam")
    await sensing.upload(level, measured(sensing.served.now - timedelta(days=10), 60))
    await forecast(sensing)
    silent = (await edge.get("/lingkungan/pasang/pasut-diam", headers=EN)).text
    assert "<svg" in silent
    assert "This gauge has told nothing since" in silent
    assert "This forecast is old" not in silent
    assert "told nothing since" not in (await edge.get(f"/lingkungan/pasang/{GAUGE}", headers=EN)).text


async def test_what_is_no_tide_gauge_is_a_page_of_its_own(edge: httpx.AsyncClient) -> None:
    assert (await edge.get("/lingkungan/pasang/nirgends")).status_code == 404
    young = (await edge.get("/lingkungan/pasang/pasut-baru", headers=EN)).text
    assert "There is no forecast yet" in young


async def test_the_api_says_it_too(edge: httpx.AsyncClient) -> None:
    found = {one["code"]: one for one in (await edge.get("/v1/tides")).json()["tides"]}
    assert {code: one["state"] for code, one in found.items()} == {
        GAUGE: "forecast", "pasut-muda": "too_short", "pasut-baru": "waiting",
    }  # fmt: skip
    (flood,) = found[GAUGE]["floods"]
    assert (flood["limit"]["level"], flood["peak"], flood["limit"]["made_up"]) == ("waspada", 1.6, True)
    assert found[GAUGE]["error"]["rmse"] == 6.1
    assert (found["pasut-muda"]["hours"], found["pasut-muda"]["hours_needed"]) == (DAY_H, 60 * DAY_H)
    one = (await edge.get(f"/v1/tides/{GAUGE}")).json()
    assert len(one["heights"]) == 289
    assert one["constituents"][0] == {"name": "K1", "amplitude": 0.22, "phase": 310.0, "speed": 15.041}
