"""The pages of public transport, through a gateway in front of the pillar, with Semarang's made-up feed."""

import re
from datetime import datetime, timedelta, timezone

import httpx
import pytest

from services.kit.city import load_city
from services.living.making.profile import network_of
from tests.fixtures.edge import edge_before
from tests.living.journeys.transit import MORNING, SEMARANG_NOW, Transit


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
    assert re.search(r"</summary><div>\s*<ol class=\"legs\">", page), "with the margin that other details have"
    indonesian = (await visitor.get("/transit", params=asked, headers={"accept-language": "id"})).text
    assert re.search(r"tiap \d+ menit", indonesian)


@pytest.mark.parametrize(
    "path",
    ["/transit/halte/TS001", "/transit/jalur/K1", f"/transit?dari=Terminal+Mangkang&ke=Lawang+Sewu&waktu={MORNING}"],
)
async def test_stops_that_are_where_openstreetmap_has_them_name_it(visitor: httpx.AsyncClient, path: str) -> None:
    page = (await visitor.get(path)).text
    assert ("data-made-up" in page, page.count("© OpenStreetMap contributors, ODbL")) == (True, 1)


async def test_an_operators_own_timetable_has_nothing_from_there(cairns_town: Transit) -> None:
    async with edge_before(cairns_town.served) as client:
        page = await client.get("/transit/halte/750000")
    assert (page.status_code, "OpenStreetMap" in page.text) == (200, False)


@pytest.mark.parametrize(("days", "past"), [(-1, True), (0, False), (1, False)])
async def test_of_a_day_that_is_past_it_is_said_that_it_is(visitor: httpx.AsyncClient, days: int, past: bool) -> None:
    zone = load_city("semarang").timezone
    day = (datetime.now(zone) + timedelta(days=days)).date()
    asked = {"dari": "Terminal Mangkang", "ke": "Lawang Sewu", "waktu": f"{day}T00:30"}
    page = (await visitor.get("/transit", params=asked)).text
    assert (f"{day:%A, %-d %B %Y} is past" in page) is past


async def test_what_is_walked_is_written_as_a_number_of_the_language_and_told_only_where_somebody_walks(
    visitor: httpx.AsyncClient,
) -> None:
    asked = {"dari": "Lawang Sewu", "ke": "Simpang Lima", "waktu": MORNING}
    assert re.search(r"2,\d{3} m on foot", (await visitor.get("/transit", params=asked)).text)
    indonesian = await visitor.get("/transit", params=asked, headers={"accept-language": "id"})
    assert re.search(r"2\.\d{3} m jalan kaki", indonesian.text)
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "TS003", "waktu": MORNING})).text
    assert ('data-leg="ride"' in page, re.search(r"\b0 m on foot", page)) == (True, None)


@pytest.mark.parametrize("when", ["kemarin", "0001-01-01T00:00"])
async def test_a_time_that_nobody_can_read_is_asked_about_and_not_answered(
    visitor: httpx.AsyncClient, when: str
) -> None:
    asked = {"dari": "Terminal Mangkang", "ke": "Lawang Sewu", "waktu": when}
    page = (await visitor.get("/transit", params=asked)).text
    assert ('id="waktu-error"' in page, f'type="text" value="{when}"' in page) == (True, True)
    assert ('class="again"' in page, 'id="hasil"' in page) == (False, False)


async def test_places_are_called_what_they_are_called_however_they_were_typed(visitor: httpx.AsyncClient) -> None:
    asked = {"dari": "terminal mangkang", "ke": "lawang sewu", "waktu": MORNING}
    assert "From Terminal Mangkang to Lawang Sewu" in (await visitor.get("/transit", params=asked)).text


async def test_a_point_with_what_is_there_is_called_so(visitor: httpx.AsyncClient) -> None:
    """As the pages of places link it."""
    asked = {"dari": "Simpang Lima", "ke": "Lawang Sewu (-6.983925,110.410633)", "waktu": MORNING}
    page = (await visitor.get("/transit", params=asked)).text
    assert "From Simpang Lima to Lawang Sewu<" in page
    assert 'value="Lawang Sewu (-6.983925,110.410633)"' in page
    assert 'data-leg="walk"' in page


async def test_who_says_where_they_are_alone_is_shown_the_nearest_stops(visitor: httpx.AsyncClient) -> None:
    asked = {"dari": "My location (-6.983925,110.410633)", "ke": ""}
    page = (await visitor.get("/transit", params=asked)).text
    around = page.partition('id="around"')[2].partition("</section>")[0]
    assert re.search(r'<a href="/transit/halte/TS\d+">[^<]+</a> <span class="small quiet">\d+\sm<', around), around
    assert 'id="around"' not in (await visitor.get("/transit", params={"dari": "Simpang Lima"})).text


async def test_a_point_beyond_the_earth_is_unknown_whatever_it_is_called(visitor: httpx.AsyncClient) -> None:
    asked = {"dari": "Simpang Lima", "ke": "Lawang Sewu (-96.983925,110.410633)", "waktu": MORNING}
    page = (await visitor.get("/transit", params=asked)).text
    assert ('id="ke-error"' in page, 'id="hasil"' in page) == (True, False)


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
            assert re.search(r"and wait up to \d+ min;", page)
    assert "General, electronic card" in page
    assert "((" not in page


async def test_results_come_before_the_form(visitor: httpx.AsyncClient) -> None:
    """It is folded once there are some, and leads to them."""
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "Lawang Sewu", "waktu": MORNING})).text
    assert page.index('<details class="again"><summary>Leaving from 24 November 2026, 09:00') < page.index('id="hasil"')
    bare = (await visitor.get("/transit")).text
    assert 'action="/transit#hasil"' in bare
    assert 'class="again"' not in bare


async def test_names_that_are_not_known_suggest_others(visitor: httpx.AsyncClient) -> None:
    """Several stops, each a link that fills the field, or none; both fields are told of at once."""
    page = (await visitor.get("/transit", params={"dari": "Terminal", "ke": "antah berantah", "akses": "1"})).text
    assert "Several places may be meant by “Terminal” (" in page
    assert 'href="/transit?dari=Terminal+Mangkang&amp;ke=antah+berantah&amp;akses=1"' in page
    assert page.count('aria-invalid="true"') == 2
    assert re.findall(r'<input id="(\w+)"[^>]* autofocus', page) == ["dari"], "the first that is wrong"
    page = (await visitor.get("/transit", params={"dari": "Purwosari", "ke": "-95.0,110.4"})).text
    assert 'href="/transit?dari=Purwosari%2C+Mijen&amp;ke=-95.0%2C110.4"' in page
    assert page.count('aria-invalid="true"') == 2
    page = (await visitor.get("/transit", params={"dari": "lawng sweu", "ke": "stasun twang"})).text
    assert page.count("Did you mean:") == 2, "two slips of the pen in each: offered, and not taken for granted"
    for name, place in (("dari", "Lawang Sewu"), ("ke", "Stasiun Semarang Tawang")):
        assert f">{place}</a>" in re.findall(rf'data-meant="{name}">(.*?)</ul>', page)[0]
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "antah berantah"})).text
    assert "“antah berantah” is neither a stop nor a place" in page
    page = (await visitor.get("/transit", params={"dari": "TS001", "ke": "TS027", "waktu": "besok"})).text
    assert "“besok” is no day and time" in page
    for when in ("0001-01-01T00:00", "9999-12-31T23:59"):
        answer = await visitor.get("/transit", params={"dari": "TS001", "ke": "TS027", "waktu": when})
        assert (answer.status_code, "is no day and time" in answer.text) == (200, True)


async def test_fields_that_are_left_empty_are_told_of(visitor: httpx.AsyncClient) -> None:
    """Once the form was sent: not on the way in, nor where a stop's page has filled one of them."""
    for query, told in (("?dari=&ke=", 2), ("?dari=TS001&ke=+%00", 1), ("?dari=TS001", 0), ("", 0)):
        page = (await visitor.get(f"/transit{query}")).text
        assert page.count("Say which place.") == page.count('aria-invalid="true"') == told


async def test_what_is_read_as_something_else_is_said(visitor: httpx.AsyncClient) -> None:
    """A part of a stop's name, and a landmark that is nearly spelled; not what is spelled out, in whatever case."""
    asked = {"dari": "terminal mangkan", "ke": "sampokong", "waktu": MORNING}
    page = (await visitor.get("/transit", params=asked)).text
    assert "You wrote “terminal mangkan”, we read it as Terminal Mangkang." in page, "and not as Mangkang Wetan"
    assert "You wrote “sampokong”, we read it as Klenteng Agung Sam Poo Kong." in page
    assert "From Terminal Mangkang to Klenteng Agung Sam Poo Kong" in page
    page = (await visitor.get("/transit", params={**asked, "dari": "terminal mangkang", "ke": "lawang sewu"})).text
    assert "data-read" not in page


async def test_a_stop_with_the_word_in_its_name_is_meant_rather_than_the_middle_of_a_kelurahan(
    visitor: httpx.AsyncClient,
) -> None:
    """Of several, or one that lies elsewhere, all are offered, the kelurahan too; a stop's id becomes its name."""
    page = (await visitor.get("/transit", params={"dari": "Penggaron", "ke": "Ngaliyan", "waktu": MORNING})).text
    assert 'name="dari" value="Penggaron"' in page
    offered = re.findall(r'<ul class="plain meant" data-meant="ke">(.*?)</ul>', page)[0]
    assert re.findall(r'">([^<]+)</a>', offered) == [
        "Ngaliyan Square", "RS Permata Medika Ngaliyan", "Wahyu Utomo (Kec. Ngaliyan)", "Ngaliyan, Ngaliyan",
    ]  # fmt: skip
    asked = {"dari": "Penggaron", "ke": "Ngaliyan, Ngaliyan", "waktu": MORNING}
    page = (await visitor.get("/transit", params=asked)).text
    assert "You wrote “Penggaron”, we read it as Terminal Penggaron." in page
    assert "Ngaliyan: reckoned from one point there" in page
    for typed in ("ts027", "halte tugu muda"):
        page = (await visitor.get("/transit", params={"dari": typed, "ke": "Lawang Sewu", "waktu": MORNING})).text
        assert "From Tugu Muda to Lawang Sewu" in page
    page = (await visitor.get("/transit", params={"dari": "simpanglima", "ke": "trminal mangkang"})).text
    assert 'name="dari" value="simpanglima"' in page
    assert ('data-meant="dari"' in page, "ke=Terminal+Mangkang" in page) == (False, True), "a slip of the pen"
    page = (await visitor.get("/cari", params={"q": "ts027"})).text
    assert 'href="/transit/halte/TS027"' in page
    page = (await visitor.get("/cari", params={"q": "koridor 1"})).text
    assert 'href="/transit/jalur/K1"' in page
    page = (await visitor.get("/cari", params={"q": "halte tugumuda"})).text
    assert "Tugu Muda</a>" in page
    page = (await visitor.get("/transit", params={"dari": "-6.93,110.41", "ke": "Lawang Sewu", "waktu": MORNING})).text
    assert page.count("dari=", page.index('id="nearest"'), page.index("</ul>", page.index('id="nearest"'))) == 3
    for path in ("/transit/halte", "/transit/jalur/"):
        assert (await visitor.get(path)).headers["location"].startswith("/transit")


async def test_suggestions_are_stops_and_the_places_from_which_one_walks_to_them(visitor: httpx.AsyncClient) -> None:
    """Landmarks and kelurahan, those of one name told apart; none that is far from every stop."""
    page = (await visitor.get("/transit")).text
    told = re.findall(r'<option value="([^"]+)">', page)
    assert {"Terminal Mangkang", "Lawang Sewu", "Sekayu", "Purwosari, Semarang Utara"} <= set(told)
    assert len(told) == len(set(told)) < 600


async def test_the_map_names_its_ends_and_changes(visitor: httpx.AsyncClient) -> None:
    """Instead of circles that are all alike."""
    page = (
        await visitor.get("/transit", params={"dari": "Terminal Mangkang", "ke": "Lawang Sewu", "waktu": MORNING})
    ).text
    drawing = page[page.index("<figure") : page.index("</figure>")]
    named = re.findall(r'<text class="way-name"[^>]*>([^<]+)</text>', drawing)
    assert named[:2] == ["Terminal Mangkang", "Lawang Sewu"]
    assert drawing.count('class="way-stop end"') == 2


async def test_who_is_there_already_is_told_so(visitor: httpx.AsyncClient) -> None:
    """Instead of a walk of no metres."""
    page = (await visitor.get("/transit", params={"dari": "Lawang Sewu", "ke": "-6.983925,110.410633"})).text
    assert "You are there: both are the same place." in page
    assert "data-leg" not in page


async def test_why_there_is_no_way_is_told(visitor: httpx.AsyncClient) -> None:
    """Outside the feed's days, and where nothing is known to be accessible."""
    asked = {"dari": "TS001", "ke": "Lawang Sewu"}
    page = (await visitor.get("/transit", params={**asked, "waktu": "2031-01-01T09:00"})).text
    assert "The timetable says nothing of that day. It covers Thu, 1 Jan 2026" in page
    page = (await visitor.get("/transit", params={**asked, "akses": "1", "waktu": MORNING})).text
    assert "nobody has told" in page


async def test_a_stops_page_is_small_and_has_its_code(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """20 KB at most, departures by headway, lines, and the address of the page as a QR code."""
    monkeypatch.setattr("gateway.portal.living.transit.hours._now", SEMARANG_NOW.astimezone)
    answer = await visitor.get("/transit/halte/TS001")
    assert answer.status_code == 200
    assert len(answer.content) <= 20_000
    assert 'data-basis="headway"' in answer.text
    assert 'class="qr"' in answer.text
    paper = answer.text[answer.text.index('id="paper"') :]
    assert re.findall(r"<tr><td><b>(\w+)</b>", paper) == ["K1", "M"], "all lines of the day, whatever comes next"
    assert "every 10 minutes, 05:30 to 17:40" in paper
    assert "/transit/halte/TS001" in answer.text
    assert (await visitor.get("/transit/halte/nowhere")).status_code == 404


async def test_at_night_a_stops_page_says_when_the_first_one_leaves(
    visitor: httpx.AsyncClient, semarang: Transit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before midnight that of tomorrow, after it that of today."""
    for hour, day in ((23, 24), (1, 25)):
        semarang.served.now = datetime(2026, 11, day, hour, 30, tzinfo=timezone(timedelta(hours=7)))
        monkeypatch.setattr("gateway.portal.living.transit.hours._now", semarang.served.now.astimezone)
        page = (await visitor.get("/transit/halte/TS001")).text
        assert re.search(r'id="first-after">The first one after that: [^<]*25 November 2026, 05:30, line', page), page


async def test_the_last_departure_is_the_same_minute_wherever_it_is_told(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the city's profile, on the stop's page, and in the journey of who comes at the last moment."""
    monkeypatch.setattr("gateway.portal.living.transit.hours._now", SEMARANG_NOW.astimezone)
    network = network_of(load_city("semarang"))
    assert network is not None
    (profile,) = (one.last for one in network.routes if one.route == "K1")
    stop = (await visitor.get("/transit/halte/TS001")).text
    assert f"05:30 to {profile}" in stop
    asked = {"dari": "TS001", "ke": "Simpang Lima", "waktu": "2026-11-24T17:38"}
    journey = (await visitor.get("/transit", params=asked)).text
    assert re.findall(r"<b>±\s(\d\d:\d\d)</b> <a href=\"/transit/halte/TS001\"", journey)[0] == profile


async def test_other_choices_follow_with_why_each_is_there(visitor: httpx.AsyncClient) -> None:
    """In the words of who leaves from a time, and of who wants to be there by one."""
    asked = {"dari": "Pelabuhan Tanjung Emas", "ke": "Kelurahan Gemah", "waktu": MORNING}
    for extra, first in (({}, "First by bus"), ({"tiba": "1"}, "Leaves last")):
        page = (await visitor.get("/transit", params={**asked, **extra})).text
        choices = re.findall(r'data-choice="(\w+)"><b>([^<]+)</b>', page)
        assert len(choices) == 3
        assert ("best", first) in choices
        assert page.index('data-choice="best"') < page.index('id="further"') < page.index('data-choice="other_')


async def test_a_lines_page_has_its_hours_and_all_its_stops(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In each direction."""
    monkeypatch.setattr("gateway.portal.living.transit.hours._now", SEMARANG_NOW.astimezone)
    answer = await visitor.get("/transit/jalur/K1")
    assert answer.status_code == 200
    hours = re.findall(r"<p data-hours><b>every (\d+) minutes</b>, (\d\d:\d\d) to (\d\d:\d\d)</p>", answer.text)
    assert hours == [("10", "05:30", "17:40")] * 2
    assert answer.text.count('<ol class="calls">') == 2
    assert "Terminal Mangkang" in answer.text
    assert (await visitor.get("/transit/jalur/nowhere")).status_code == 404


async def test_a_city_without_a_timetable_says_so(bare: Transit) -> None:
    """On a page that works."""
    async with edge_before(bare.served) as client:
        answer = await client.get("/transit", headers={"accept-language": "en"})
        assert answer.status_code == 200
        assert "No timetable was imported in this city yet." in answer.text


async def test_the_search_over_everything_leads_to_a_stop(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/cari", params={"q": "terminal mangkang"})).text
    assert 'id="stops"' in page
    assert re.search(r'<a href="/transit/halte/[^"]+">Terminal Mangkang', page)


async def test_a_stop_that_is_merely_alike_hides_nothing_that_fits_some_words(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/cari", params={"q": "tiket lawang sewu"}, headers={"accept-language": "id"})).text
    assert 'id="some-words"' in page
    assert ('id="places"' in page, "/wisata/tiket" in page, 'id="stops"' in page) == (True, True, True)
    page = (await visitor.get("/cari", params={"q": "halte simpang lima"}, headers={"accept-language": "id"})).text
    assert ('id="some-words"' in page, 'id="stops"' in page) == (False, True)
