"""Pages of what measures: the start page, the list and its map, a thing with its series, and the sheet of readings."""

import csv
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import grpc.aio
import httpx
import pytest

from gateway.city.measuring import Measuring
from gateway.portal.environment import sections, things, water
from gateway.portal.kit.texts import LANGUAGES, catalogue
from services.environment.overview import timers
from services.environment.settings import EnvironmentSettings
from services.kit.city import load_city
from services.kit.database.pool import connect_pool
from services.kit.runtime import Runtime
from smartcity.environment.v1 import datastreams_views, rules_pb2, things_views
from tests.fixtures.house import new_key
from tests.gateway.conftest import _pillar_values
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

GAUGE, RAIN = "duga-simongan", "hujan-mijen"
SERIES = {GAUGE: ("level", "m"), RAIN: ("rain", "mm")}
AGENCIES = {GAUGE: "petugas-dpu", RAIN: "petugas-bpbd"}


def now() -> datetime:
    """This minute."""
    return datetime.now(UTC).replace(second=0, microsecond=0)


async def bring(stand: Stand, thing: str, readings: Sequence[tuple[datetime, float]]) -> None:
    """Readings of a thing of the city's profile, brought in bulk."""
    name, unit = SERIES[thing]
    rows = [{"time": at.isoformat(), "value": value} for at, value in readings]
    async with stand.client() as client:
        answer = await client.post(
            f"/v1/things/{thing}/observations",
            json={"series": [{"name": name, "unit": unit, "readings": rows}]},
            headers={"idempotency-key": new_key(), **await stand.bearer(AGENCIES[thing])},
        )
    assert answer.status_code == 200, answer.text


async def _away(*_: Any, **__: Any) -> Any:
    """A pillar that does not answer."""
    raise grpc.aio.AioRpcError(grpc.StatusCode.UNAVAILABLE, grpc.aio.Metadata(), grpc.aio.Metadata())


@pytest.fixture
async def measured(stand: Stand) -> datetime:
    """A gauge that rose for four hours, with an hour that is missing; and the time of its latest reading."""
    at = now()
    await bring(stand, GAUGE, [(at - timedelta(minutes=5 * n), 3 - n / 50) for n in range(48) if not 14 < n < 30])
    await bring(stand, RAIN, [(at - timedelta(minutes=10 * n), 0.4) for n in range(6)])
    return at


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_and_property_has_a_word(language: str) -> None:
    wanted = {f"property.{each}" for each in datastreams_views.OBSERVED_PROPERTY_NUMBERS}
    for table in ("thing_kind", "thing_kinds"):
        wanted |= {f"{table}.{each}" for each in things_views.THING_KIND_NUMBERS}
    assert wanted - set(catalogue(language)) == set()


async def test_the_start_page_shows_each_level_with_its_day(citizen: Browser, measured: datetime) -> None:
    page = await citizen.open("/lingkungan")
    assert page.status == 200
    row = page.source.split(f'data-thing="{GAUGE}"')[1].split("</tr>")[0]
    assert "3.00 m" in row.replace("\xa0", " ")
    assert 'class="line" d="M' in row
    assert "no reading yet" in page.source.split('data-thing="duga-jatibarang"')[1].split("</tr>")[0]
    assert page.handlers == []


async def test_that_a_sensor_is_made_up_stands_where_its_readings_do(stand: Stand) -> None:
    public = ("/lingkungan", "/lingkungan/alat", f"/lingkungan/alat/{GAUGE}", "/lingkungan/pompa")
    async with stand.client() as client:
        works = Browser(client, await stand.bearer(AGENCIES[GAUGE]))
        for path in (*public, "/petugas/alat", f"/petugas/alat/{GAUGE}", f"/petugas/alarm/{GAUGE}", "/petugas/pompa"):
            page = await works.open(path)
            assert (page.status, "made-up sensor" in page.words) == (200, True), path


async def test_a_value_that_is_none_takes_no_page_away(stand: Stand, edge_database: str, measured: datetime) -> None:
    """Versions before kept whatever a device sent, and the latest stays until another comes."""
    of = "datastream = (SELECT d.number FROM datastream d JOIN thing t ON t.id = d.thing WHERE t.code = $1)"
    admin = await asyncpg.connect(edge_database)
    await admin.execute("SET search_path TO environment")
    before = await admin.fetchrow(f"SELECT value, flags FROM latest WHERE {of}", GAUGE)
    assert before is not None
    told = f"WITH one AS (UPDATE latest SET value = $2, flags = $3 WHERE {of})"
    change = f"{told} UPDATE observation SET value = $2, flags = $3 WHERE at = $4 AND {of}"
    out_of_range = 1
    public = ("/lingkungan", "/lingkungan/alat", f"/lingkungan/alat/{GAUGE}")
    try:
        for value, power in ((1.7e308, "E308"), (-1e26, "E26")):
            found: list[tuple[str, int, bool]] = []
            await admin.execute(change, GAUGE, value, out_of_range, measured)
            async with stand.client() as client:
                works = Browser(client, await stand.bearer(AGENCIES[GAUGE]))
                for path in (*public, "/petugas/alat", f"/petugas/alat/{GAUGE}", f"/petugas/alarm/{GAUGE}"):
                    page = await works.open(path)
                    found.append((path, page.status, power in page.words))
                assert (await works.open("/petugas/ruang-kendali")).status == 200
            assert [each for each in found if each[1] != 200] == []
            assert (f"/petugas/alat/{GAUGE}", 200, True) in found
    finally:
        await admin.execute(change, GAUGE, before["value"], before["flags"], measured)
        await admin.close()


async def test_where_the_thing_is_made_up_its_sensors_are_not_told_of_besides(citizen: Browser) -> None:
    row = (await citizen.open("/lingkungan/alat")).source.split(f'data-thing="{RAIN}"')[1].split("</tr>")[0]
    assert ("made up" in row, "made-up sensor" in row) == (True, False)


async def test_a_section_whose_pillar_does_not_answer_says_so_and_the_page_stands(
    citizen: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sections._SECTIONS, "water", _away)
    page = await citizen.open("/lingkungan")
    assert (page.status, "cannot be read just now" in page.words) == (200, True)
    assert "Where these figures come from" in page.words


async def test_the_start_page_says_what_it_leaves_out_and_asks_little(
    stand: Stand, citizen: Browser, measured: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    call = stand.gateway.pillars.call

    async def counted(message: Any, *args: Any, **more: Any) -> Any:
        asked.append(type(message).__name__)
        return await call(message, *args, **more)

    page = await citizen.open("/lingkungan")
    assert "water-cut" not in page.ids
    monkeypatch.setattr(stand.gateway.pillars, "call", counted)
    monkeypatch.setattr(water, "_MOST", 4)
    page = await citizen.open("/lingkungan")
    part = page.source.split('id="water"')[1].split("</section>")[0]
    assert (part.count("data-thing="), "Only the first 4 are here." in part) == (4, True)
    assert 'href="/lingkungan/alat"' in part.split('id="water-cut"')[1]
    assert f'data-thing="{GAUGE}"' in part, "gauges come before pump stations"
    wanted = ("AirStations", "Datastreams", "Nowcasts", "Pumps", "Series", "Things", "Tides")
    assert sorted(asked) == [f"List{one}Request" for one in wanted]


async def test_limits_are_drawn_however_many_rules_there_are() -> None:
    class Pillars:
        async def look(self, asked: Any, answer: Any, *, within: float) -> Any:
            start = int(asked.page_token or 0)
            rules = [
                rules_pb2.Rule(
                    kind=rules_pb2.RULE_KIND_THRESHOLD, datastream=f"d{number}", name="siaga",
                    terms=rules_pb2.RuleTerms(limit=number),
                )
                for number in range(start, start + asked.page_size)
            ]  # fmt: skip
            more = f"{start + asked.page_size}" if start < 600 else ""
            return answer(rules=rules, next_page_token=more)

    limits = await Measuring(Pillars()).limits.now()  # type: ignore[arg-type]
    assert [one.value for one in limits["d799"]] == [799]


async def test_the_list_is_by_kind_and_kelurahan_and_the_map_holds_the_same(
    stand: Stand, citizen: Browser, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway.measuring.points, "seconds", -1)  # others register things
    page = await citizen.open("/lingkungan/alat")
    there = len((await client.get("/peta/alat.json")).json())
    assert there >= 68, "the city's own, and what other tests registered"
    assert page.source.count("data-thing=") == there
    assert page.source.count('<circle class="thing') == there + page.source.count('cx="7"')
    page = await citizen.open("/lingkungan/alat?jenis=tide_gauge")
    assert page.source.count("data-thing=") == 1
    (only,) = (await client.get("/peta/alat.json?jenis=tide_gauge")).json()
    assert only["href"] == "/lingkungan/alat/pasut-tanjung-emas"
    assert 'data-things="/peta/alat.json?jenis=tide_gauge"' in page.source
    page = await citizen.open(f"/lingkungan/alat?wilayah={only['area']}")
    assert 'data-thing="pasut-tanjung-emas"' in page.source
    assert page.source.count("data-thing=") < there
    page = await citizen.open("/lingkungan/alat?jenis=nonsense&wilayah=1")
    assert page.source.count("data-thing=") == there
    assert "nothing" in (await citizen.open(f"/lingkungan/alat?jenis=rain_gauge&wilayah={only['area']}")).ids
    assert "Map and list hold the same." in (await citizen.open("/lingkungan/alat?jenis=pump_station")).words
    with monkeypatch.context() as short:
        short.setattr(things, "PAGE", 5)
        page = await citizen.open("/lingkungan/alat?jenis=pump_station")
        assert ("hold the same" in page.words, "the live map holds all of them" in page.words) == (False, True)
    fresh = await client.get("/peta/alat.json")
    again = await client.get("/peta/alat.json", headers={"if-none-match": fresh.headers["etag"]})
    assert again.status_code == 304
    monkeypatch.setattr(stand.gateway.pillars, "look", _away)
    monkeypatch.setattr(stand.gateway.measuring.points, "seconds", -1)
    assert (await client.get("/peta/alat.json")).content == fresh.content, "what was read before"


@pytest.mark.parametrize("span", ["hari", "pekan", "bulan", "nonsense"])
async def test_a_thing_shows_its_series_its_numbers_and_where_it_stands(
    citizen: Browser, measured: datetime, span: str
) -> None:
    page = await citizen.open(f"/lingkungan/alat/{GAUGE}?rentang={span}")
    assert page.status == 200
    words = page.words.replace("\xa0", " ")
    assert "3.00 m" in words
    assert "Ngemplak Simongan, Semarang Barat" in words
    assert "Public Works" in words
    drawn = page.source.split('class="line" d="')[1].split('"')[0]
    if span in ("hari", "nonsense"):
        assert drawn.count("M") == 2, "the hour that is missing is a gap"
    places = drawn.replace("M", " ").replace("L", " ").split()
    assert page.source.count("<tr><td>") == len(places) // 2, "the table holds a line for each point"
    assert page.handlers == []


async def test_rain_is_summed_up_not_averaged(citizen: Browser, measured: datetime) -> None:
    page = await citizen.open(f"/lingkungan/alat/{RAIN}?rentang=bulan")
    sums = page.source.split("<tbody>")[1].split("</tbody>")[0]
    total = sum(float(each) for each in re.findall(r"([0-9.]+)\xa0mm", sums))
    assert total >= 2.4, "six readings of 0.4 mm, and those that other tests brought before this minute"
    (said,) = re.findall(r"highest ([0-9.]+)\xa0mm", page.source)
    assert float(said) == max(float(each) for each in re.findall(r"([0-9.]+)\xa0mm", sums)), "the drawing says so too"
    assert "<rect" in page.source
    assert "made-up" in page.ids


async def test_a_thing_that_is_none_is_not_found(citizen: Browser) -> None:
    assert (await citizen.open("/lingkungan/alat/duga-entah")).status == 404


async def test_devices_are_shown_to_officers_of_their_agency_alone(
    stand: Stand, citizen: Browser, client: httpx.AsyncClient
) -> None:
    name = f"d{new_key()[-12:]}"
    answer = await client.post(
        f"/v1/things/{GAUGE}/devices",
        json={"name": name},
        headers={"idempotency-key": new_key(), **await stand.bearer("petugas-dpu")},
    )
    assert answer.status_code == 201, answer.text
    for login, sees in (("petugas-dpu", True), ("petugas-dlh", False), ("verifikator", False), ("admin", True)):
        page = await Browser(client, await stand.bearer(login)).open(f"/lingkungan/alat/{GAUGE}")
        assert (name in page.source) is sees, login
    assert name not in (await citizen.open(f"/lingkungan/alat/{GAUGE}")).source


async def sheet(client: httpx.AsyncClient, **query: str) -> tuple[httpx.Response, list[dict[str, str]]]:
    """The sheet of the gauge's readings."""
    (level,) = (await client.get("/v1/datastreams", params={"thing": GAUGE})).json()["datastreams"]
    answer = await client.get(f"/v1/datastreams/{level['id']}/observations.csv", params=query)
    return answer, list(csv.DictReader(io.StringIO(answer.text)))


async def test_the_sheet_holds_the_readings_of_a_time_the_newest_first(
    stand: Stand, client: httpx.AsyncClient, measured: datetime
) -> None:
    await bring(stand, GAUGE, [(measured - timedelta(days=3, minutes=n), 1.0 + n / 1000) for n in range(450)])
    await bring(stand, GAUGE, [(measured - timedelta(days=4), 99.0)])
    answer, rows = await sheet(client)
    assert answer.headers["content-type"].startswith("text/csv")
    assert answer.headers["content-disposition"] == f'attachment; filename="{GAUGE}-level.csv"'
    assert (float(rows[0]["value"]), rows[0]["unit"], rows[0]["flags"]) == (3.0, "m", "late")
    start, end = (measured - timedelta(days=days) for days in (4.5, 2.5))
    _, rows = await sheet(client, start_time=start.isoformat(), end_time=end.isoformat())
    assert len(rows) == 451, "three pages of the pillar's are one file"
    assert (rows[-1]["value"], rows[-1]["flags"]) == ("99.0", "out_of_range late")
    assert [row["time"] for row in rows] == sorted((row["time"] for row in rows), reverse=True)


async def test_a_sheet_is_bounded_and_an_unknown_one_not_found(client: httpx.AsyncClient) -> None:
    answer, _ = await sheet(client, start_time=(now() - timedelta(days=8)).isoformat())
    assert (answer.status_code, "168 hours" in answer.json()["errors"][0]["message"]) == (422, True)
    answer, _ = await sheet(client, start_time=now().isoformat(), end_time=(now() - timedelta(hours=1)).isoformat())
    assert answer.status_code == 422
    answer, _ = await sheet(client, end_time="0001-01-01T00:00:00Z")
    assert answer.status_code == 422, "before the first day there is none"
    unknown = await client.get(f"/v1/datastreams/{new_key()}/observations.csv")
    assert (unknown.status_code, unknown.json()["reason"]) == (404, "DATASTREAM_NOT_FOUND")


async def test_thresholds_are_drawn_and_said_where_there_are_rules(citizen: Browser, measured: datetime) -> None:
    page = await citizen.open(f"/lingkungan/alat/{GAUGE}")
    assert page.source.count('<path class="mark ') == 3
    assert "advisory (waspada) 1.50 m · watch (siaga) 1.70 m" in page.words.replace("\xa0", " ")
    row = (await citizen.open("/lingkungan")).source.split('data-thing="pasut-tanjung-emas"')[1].split("</tr>")[0]
    assert row.count("made up") == 1, "said once where all are"


async def test_the_home_names_the_highest_level_and_leads_to_it(
    stand: Stand, citizen: Browser, measured: datetime, edge_database: str, assertion_key: dict[str, Any]
) -> None:
    settings = EnvironmentSettings.model_validate(_pillar_values(edge_database, assertion_key))
    pool = await connect_pool(edge_database, "environment", 2)
    await timers.find_highest(Runtime("environment", settings, pool, load_city("semarang")))
    await pool.close()
    await stand.gateway.home._fetch("environment")
    page = await citizen.open("/")
    top = page.source.split('id="highest"')[1].split("</p>")[0].replace("\xa0", " ")
    assert f'href="/lingkungan/alat/{GAUGE}"' in top
    assert "Duga air Bendung Simongan: 3.00 m, above warning (awas) (1.80 m)" in top
    assert '<a href="/lingkungan"' in page.source


@pytest.mark.parametrize(
    ("path", "most"), [("/lingkungan/alat", 2), (f"/lingkungan/alat/{GAUGE}", 5), ("/petugas/alat", 3)]
)
async def test_a_page_asks_as_often_however_much_it_shows(
    stand: Stand, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, path: str, most: int
) -> None:
    asked: list[str] = []
    call = stand.gateway.pillars.send

    async def counted(request: Any, *args: Any, **more: Any) -> Any:
        asked.append(type(request).__name__)
        return await call(request, *args, **more)

    monkeypatch.setattr(stand.gateway.pillars, "call", counted)
    page = await Browser(client, await stand.bearer("petugas-dpu")).open(path)
    assert page.status == 200
    assert len(asked) <= most, asked
