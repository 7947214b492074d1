"""The pages of public transport, through a gateway in front of the pillar, with Semarang's made-up feed."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fixtures.edge import edge_before
from tests.living.journeys.transit import Transit

MORNING = "2026-11-24T09:00"


@pytest.fixture
async def visitor(semarang: Transit) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(semarang.served) as client:
        client.headers["accept-language"] = "en"
        yield client


async def test_ways_are_told_with_their_steps_as_estimates(visitor: httpx.AsyncClient) -> None:
    """Between a stop by its name and a landmark, in both languages."""
    asked = {"dari": "Terminal Mangkang", "ke": "Lawang Sewu", "waktu": MORNING}
    answer = await visitor.get("/transit", params=asked)
    assert answer.status_code == 200
    page = answer.text
    assert "data-made-up" in page
    assert 'data-leg="ride"' in page
    assert 'data-leg="walk"' in page
    assert re.search(r"every \d+ minutes", page)
    assert "A straight line times 1.3" in page
    assert "3,500" in page
    assert '<polyline class="way"' in page
    indonesian = (await visitor.get("/transit", params=asked, headers={"accept-language": "id"})).text
    assert re.search(r"tiap \d+ menit", indonesian)


async def test_shown_times_add_up(visitor: httpx.AsyncClient) -> None:
    """Each duration is that of the times beside it, the longest wait is said, and who asks what is named in English."""
    for origin, target in (("Stasiun Tawang", "Lawang Sewu"), ("Terminal Mangkang", "Simpang Lima")):
        for extra in ({}, {"tiba": "1"}):
            page = (
                await visitor.get("/transit", params={"dari": origin, "ke": target, "waktu": MORNING, **extra})
            ).text
            shown = re.findall(r"(\d\d):(\d\d) – (\d\d):(\d\d) <span class=\"quiet\">\((?:(\d+) h )?(\d+) min\)", page)
            assert shown
            for row in shown:
                begin, minute, end, last, hours, minutes = (int(one or 0) for one in row)
                assert (end - begin) * 60 + last - minute == hours * 60 + minutes
            assert re.search(r"up to \d+ min waiting", page)
            assert re.search(r"and wait up to \d+ minutes", page)
    assert "General, electronic card" in page
    assert "((" not in page


async def test_arriving_by_a_time_is_not_an_hour_early(visitor: httpx.AsyncClient) -> None:
    """A line each ten minutes is waited for ten minutes, and the latest comes first."""
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "tiba": "1"}
    for hour in (10, 11, 19):
        page = (await visitor.get("/transit", params={**asked, "waktu": f"2026-11-24T{hour}:00"})).text
        ends = [int(h) * 60 + int(m) for h, m in re.findall(r" – (\d\d):(\d\d) <span", page)]
        starts = re.findall(r"(\d\d:\d\d) – \d\d:\d\d <span", page)
        assert starts == sorted(starts, reverse=True)
        assert hour * 60 - 10 <= ends[0] <= hour * 60 or hour == 19


async def test_late_at_night_the_first_bus_is_tomorrows(visitor: httpx.AsyncClient) -> None:
    """With its day, and nobody is sent to the stop in the night."""
    asked = {"dari": "Stasiun Tawang", "ke": "Lawang Sewu", "waktu": "2026-11-24T23:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert 'id="no-more"' in page
    assert "Tomorrow: Wednesday, 25 November 2026" in page
    assert "Be at the stop at 23:30" not in page
    assert "be at the stop shortly before 05:30" in page
    assert 'id="no-more"' not in (await visitor.get("/transit", params={**asked, "waktu": MORNING})).text


async def test_results_come_before_the_form(visitor: httpx.AsyncClient) -> None:
    """It is folded once there are some, and leads to them."""
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "Lawang Sewu", "waktu": MORNING})).text
    assert page.index('<details class="again"><summary>Leaving from 24 November 2026, 09:00') < page.index('id="hasil"')
    bare = (await visitor.get("/transit")).text
    assert 'action="/transit#hasil"' in bare
    assert 'class="again"' not in bare


async def test_names_that_are_not_known_suggest_others(visitor: httpx.AsyncClient) -> None:
    """Several stops, or none."""
    page = (await visitor.get("/transit", params={"dari": "Terminal", "ke": "antah berantah"})).text
    assert "Several stops may be meant by “Terminal”" in page
    assert "Terminal Mangkang" in page
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "antah berantah"})).text
    assert "“antah berantah” is neither a stop nor a place" in page
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "TS027", "waktu": "besok"})).text
    assert "This is no day and time" in page
    for when in ("0001-01-01T00:00", "9999-12-31T23:59"):
        answer = await visitor.get("/transit", params={"dari": "TS001", "ke": "TS027", "waktu": when})
        assert (answer.status_code, "This is no day and time" in answer.text) == (200, True)


async def test_why_there_is_no_way_is_told(visitor: httpx.AsyncClient) -> None:
    """Outside the feed's days, and where nothing is known to be accessible."""
    asked = {"dari": "TS001", "ke": "Lawang Sewu"}
    page = (await visitor.get("/transit", params={**asked, "waktu": "2031-01-01T09:00"})).text
    assert "The timetable says nothing of this day. It covers Thu, 1 Jan 2026" in page
    page = (await visitor.get("/transit", params={**asked, "akses": "1", "waktu": MORNING})).text
    assert "nobody has told" in page


async def test_a_stops_page_is_small_and_has_its_code(visitor: httpx.AsyncClient) -> None:
    """20 KB at most, departures by headway, lines, and the address of the page as a QR code."""
    answer = await visitor.get("/transit/halte/TS001")
    assert answer.status_code == 200
    assert len(answer.content) <= 20_000
    assert 'data-basis="headway"' in answer.text
    assert 'class="qr"' in answer.text
    assert "/transit/halte/TS001" in answer.text
    assert (await visitor.get("/transit/halte/nowhere")).status_code == 404


async def test_a_lines_page_has_all_its_stops(visitor: httpx.AsyncClient) -> None:
    """In each direction."""
    answer = await visitor.get("/transit/jalur/K1")
    assert answer.status_code == 200
    assert answer.text.count('<ol class="calls">') == 2
    assert "Terminal Mangkang" in answer.text
    assert (await visitor.get("/transit/jalur/nowhere")).status_code == 404


async def test_a_city_without_a_timetable_says_so(bare: Transit) -> None:
    """On a page that works."""
    async with edge_before(bare.served) as client:
        answer = await client.get("/transit", headers={"accept-language": "en"})
        assert answer.status_code == 200
        assert "No timetable was imported in this city yet." in answer.text
