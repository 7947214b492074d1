"""What is near, at the portal and over the API, through a gateway in front of the pillar."""

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from gateway.portal.city import finding
from gateway.portal.kit.forms import Fields
from gateway.portal.kit.texts import Texts
from gateway.portal.living.facility_words import Unreadable, hours_of, metres, point_of
from services.kit.city import load_city
from smartcity.living.v1 import facilities_pb2 as pb
from tests.gateway.portal.pages import Browser, Page
from tests.living.facilities.town import DINKES, GENUK, LIBRARY, PONCOL, REASON, Town

ID = {"accept-language": "id"}


async def test_near_a_landmark_the_nearest_come_first_and_distances_are_called_straight(
    visitor: httpx.AsyncClient,
) -> None:
    page = (await visitor.get("/sekitar", params={"tempat": "Lawang Sewu"})).text
    assert "<h1>Near Lawang Sewu</h1>" in page
    assert "Distances are straight lines" in page
    codes = re.findall(r'data-facility="([\w-]+)"', page)
    assert (codes[0], len(codes)) == ("perpustakaan-kota-pandanaran", 20)
    assert '<b class="distance">± 110 m</b>' in page, "a stand-in is so far about"


async def test_somebody_in_a_kelurahan_is_told_where_distances_start(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/sekitar", params={"wilayah": "33.74.01.1007", "jenis": "hospital"})).text
    assert "They start at a point about Sekayu" in page
    assert "puskesmas-poncol" not in page


async def test_at_the_end_stand_those_without_a_point_and_say_so(visitor: httpx.AsyncClient) -> None:
    path, pages = "/sekitar?near=-6.9837,110.4105", []
    while path:
        pages.append((await visitor.get(path)).text)
        more = re.search(r'<a class="button second" href="(/sekitar[^"]+page=[^"]+)"', pages[-1])
        path = more[1].replace("&amp;", "&") if more else ""
    assert len(pages) == 4
    assert 'id="unplaced"' not in pages[0]
    unplaced = "".join(page.split('id="unplaced"')[1] for page in pages if 'id="unplaced"' in page)
    assert unplaced.count("data-facility=") == 30
    assert 'data-facility="puskesmas-genuk"' in unplaced
    assert "no distance can be told" in pages[-1]


@pytest.mark.parametrize("query", ["tempat=Atlantis", "near=x", "near=95,110", "jenis=klinik", "wilayah=33.74"])
async def test_what_is_no_place_is_said_and_all_are_listed(visitor: httpx.AsyncClient, query: str) -> None:
    answer = await visitor.get(f"/sekitar?{query}", follow_redirects=True)
    assert (answer.status_code, "klinik" in str(answer.url)) == (200, False), "a filter that is none is taken away"
    assert ("is no place that we know" in answer.text) == (query == "tempat=Atlantis")
    assert 'id="straight"' not in answer.text


async def test_places_of_one_name_are_links_and_what_is_read_otherwise_is_said(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/sekitar", params={"tempat": "Purwosari", "jenis": "library"})).text
    assert "There are 2 places of the name “Purwosari”." in page
    assert 'href="/sekitar?tempat=Purwosari%2C+Mijen&amp;jenis=library"' in page
    page = (await visitor.get("/sekitar", params={"tempat": "Purwosari, Mijen"})).text
    assert ("<h1>Near Purwosari, Mijen</h1>" in page, "data-read" in page) == (True, False)
    assert '<option value="Lawang Sewu">' in page
    page = (await visitor.get("/sekitar", params={"tempat": "penggaron", "jenis": "library"})).text
    for name in ("Penggaron+Lor", "Penggaron+Kidul"):
        assert f'href="/sekitar?tempat={name}&amp;jenis=library"' in page
    assert 'id="tempat-error"' in page
    page = (await visitor.get("/sekitar", params={"tempat": "lawang\x00 sew"})).text
    assert "You wrote “lawang sew”, we read it as Lawang Sewu." in page


async def test_the_lists_filters_last_through_a_facility_and_what_is_said_of_it(visitor: httpx.AsyncClient) -> None:
    browser = Browser(visitor)
    wanted = {"tempat": ["Purwosari, Mijen"], "jenis": ["library"]}
    page = await browser.open("/sekitar?tempat=Purwosari%2C+Mijen&jenis=library")
    page = await browser.open(_link(page.source, LIBRARY))
    assert _back(page.source) == ("/sekitar", wanted)
    page = await browser.send(page.forms["correct-form"], reason=REASON)
    assert (page.status, _back(page.source)) == (422, ("/sekitar", wanted))
    page = await browser.send(page.forms["correct-form"], reason=REASON, wheelchair="yes")
    assert ("done" in page.ids, _back(page.source)) == (True, ("/sekitar", wanted))
    for strange in ("/petugas", "//evil.example", "/sekitaran"):
        assert 'href="/sekitar">' in (await browser.open(f"/sekitar/{LIBRARY}?dari={strange}")).source


async def test_where_a_reader_stands_is_in_no_address_that_is_passed_on(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/sekitar?lat=-6.9837&lon=110.4105&jenis=library")).text
    assert _link(page, LIBRARY) == f"/sekitar/{LIBRARY}?dari=%2Fsekitar%3Fjenis%3Dlibrary"


def _link(page: str, code: str) -> str:
    """The address of a facility in its list."""
    found = re.search(rf'href="(/sekitar/{code}[^"]*)"', page)
    assert found is not None, code
    return found[1].replace("&amp;", "&")


def _back(page: str) -> tuple[str, dict[str, list[str]]]:
    """Where the first link of a page leads."""
    found = re.search(r'<main.*?href="([^"]*)"', page, re.DOTALL)
    assert found is not None
    address = urlsplit(found[1].replace("&amp;", "&"))
    return address.path, parse_qs(address.query)


async def test_filters_say_what_they_leave_out(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/sekitar", params={"buka": "1"})).text
    assert "nobody has told hours and access yet" in page
    assert "Nothing that is known fits" in page


async def test_a_source_is_named_where_something_of_it_is_shown(visitor: httpx.AsyncClient) -> None:
    shown, nothing = (await visitor.get("/sekitar")).text, (await visitor.get("/sekitar", params={"buka": "1"})).text
    for words in ("names its source and the day it was last checked", "OpenStreetMap contributors, ODbL"):
        assert (words in shown, words in nothing) == (True, False), words


async def test_the_place_that_a_page_gives_as_an_example_is_known_here(visitor: httpx.AsyncClient) -> None:
    (example,) = re.findall(
        r"A kelurahan or a known place, such as ([^<]+)\.</p>", (await visitor.get("/sekitar")).text
    )
    assert load_city("semarang").places(example)


async def test_a_page_says_what_it_rests_on_and_what_is_unknown(visitor: httpx.AsyncClient) -> None:
    genuk = (await visitor.get(f"/sekitar/{GENUK}")).text
    for words in ("Exact position not known", "Hours not known", "Wheelchair access not known", "Kecamatan Genuk"):
        assert words in genuk
    assert "Last checked November 24, 2026" in genuk or "Last checked 24 November 2026" in genuk
    library = (await visitor.get(f"/sekitar/{LIBRARY}", headers=ID)).text
    for words in ("Jam ini pernah diumumkan", "07.00–19.00", "letak kira-kira", "Hari libur nasional"):
        assert words in library
    assert re.search(r'href="/transit\?ke=[^"]+%20%28-\d[\d.]+%2C\d[\d.]+%29">Ke sana dengan bus<', library)
    assert "/transit?ke=" not in genuk, "nobody knows where it is"
    answer = await visitor.get("/sekitar/puskesmas-atlantis")
    assert (answer.status_code, "There is no such facility." in answer.text) == (404, True)


async def test_a_visitor_corrects_without_an_account_and_nothing_of_it_shows(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    browser = Browser(visitor)
    page = await browser.open(f"/sekitar/{PONCOL}")
    times = {"mo_th_from": "07:00", "mo_th_to": "14:00", "fr_from": "07:00", "fr_to": "11:00"}
    page = await browser.send(
        page.forms["correct-form"], **times, holidays="closed", wheelchair="yes", reason=REASON, name="Poncol Rahasia"
    )
    assert (page.status, "will look at it" in page.words) == (200, True)
    assert "Rahasia" not in page.source
    (one,) = await _waiting(town)
    assert (one.hours.text, one.wheelchair) == ("Mo-Th 07:00-14:00; Fr 07:00-11:00; PH off", pb.FACILITY_ACCESS_YES)


async def _waiting(town: Town) -> list[pb.FacilityCorrection]:
    return list((await town.call(pb.ListFacilityCorrectionsRequest(), DINKES)).corrections)


@pytest.mark.parametrize(
    ("entries", "told"),
    [
        ({}, "Say what is wrong"),
        ({"mo_th_from": "07:00"}, "Write both times"),
        ({"lat": "enam", "lon": "110"}, "Write both in degrees"),
        ({"lat": "-6,2", "lon": "106,8"}, "outside the city"),
        ({"name": "Puskesmas Poncol"}, "what the page says already"),
    ],
)
async def test_what_is_wrong_in_the_form_is_said_and_the_entries_stay(
    visitor: httpx.AsyncClient, entries: dict[str, str], told: str
) -> None:
    browser = Browser(visitor)
    form = (await browser.open(f"/sekitar/{PONCOL}")).forms["correct-form"]
    page = await browser.send(form, **{"reason": REASON, **entries})
    assert (page.status >= 400, told in page.words, REASON in page.words) == (True, True, True)
    ids = list(page.ids)
    assert ids.index("problem") < ids.index("state") < ids.index("correct-form"), "it is seen where the page opens"


async def test_all_that_is_wrong_in_the_form_is_said_at_once(visitor: httpx.AsyncClient) -> None:
    browser = Browser(visitor)
    form = (await browser.open(f"/sekitar/{PONCOL}")).forms["correct-form"]
    entries = {"name": "P", "mo_th_from": "07:00", "mo_th_to": "siang", "fr_to": "11:00", "lon": "110.4", "reason": "a"}
    page = await browser.send(form, **entries)
    wrong = {name for name, attributes in page.ids.items() if attributes.get("aria-invalid") == "true"}
    assert wrong == {"name", "mo_th_to", "fr_from", "lat", "reason"}
    page = await browser.send(form, reason="a")
    assert "Say what is wrong" in page.words
    assert page.ids["reason"]["aria-invalid"] == "true"


async def test_what_an_agency_has_confirmed_is_said_beside_how_well_the_rest_is_known(
    visitor: httpx.AsyncClient, town: Town
) -> None:
    assert 'id="confirmed"' not in (await visitor.get(f"/sekitar/{PONCOL}")).text
    await town.decide("Accept", await town.correct())
    page = (await visitor.get(f"/sekitar/{PONCOL}")).text
    assert re.search(r"Told by people, confirmed by the agency</span> opening hours \([^)]*2026\)</p>", page)
    assert "All else:" in page


async def test_the_api_answers_as_the_contract_says(visitor: httpx.AsyncClient, town: Town) -> None:
    found = (await visitor.get("/v1/facilities?near=-6.9837,110.4105&kind=puskesmas&page_size=1")).json()
    assert [one["code"] for one in found["facilities"]] == ["puskesmas-miroto"]
    assert 900 < found["facilities"][0]["distance"] < 1_000
    answer = await visitor.get(f"/v1/facilities/{PONCOL}")
    assert (answer.json()["wheelchair"], answer.json()["etag"]) == ("unknown", "1")
    assert answer.headers["etag"].startswith('W/"1.')
    assert "max-age=10" in answer.headers["cache-control"]
    wrong = await visitor.get("/v1/facilities?near=Sekayu")
    assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "near")
    points = (await visitor.get("/peta/fasilitas.json?jenis=wifi")).json()
    assert {one["href"] for one in points} == {"/sekitar/wifi-taman-pandanaran", "/sekitar/wifi-taman-borobudur"}


@pytest.mark.parametrize(
    ("form", "hours"),
    [
        ({}, ""),
        ({"always": "yes"}, "24/7"),
        ({"sa_from": "7:00", "sa_to": "12.30"}, "Sa 07:00-12:30"),
        ({"mo_th_from": "07:00", "mo_th_to": "14:00", "holidays": "same"}, "Mo-Th 07:00-14:00; PH 07:00-14:00"),
        ({"holidays": "closed"}, ""),
    ],
)
def test_a_form_says_hours(form: dict[str, str], hours: str) -> None:
    assert hours_of(Fields(form)) == hours


@pytest.mark.parametrize(
    ("form", "wrong"),
    [
        ({"fr_from": "jam tujuh", "fr_to": "11:00"}, {"fr_from": "facility.bad_time"}),
        ({"fr_to": "11:00"}, {"fr_from": "facility.bad_time"}),
        ({"fr_from": "8:00", "fr_to": "08.00"}, {"fr_to": "facility.same_time"}),
        ({"always": "yes", "fr_from": "08:00", "fr_to": "11:00"}, {"fr_from": "facility.always_or_times"}),
    ],
)
def test_hours_that_cannot_be_meant_so_are_named(form: dict[str, str], wrong: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as caught:
        hours_of(Fields(form))
    assert caught.value.errors == wrong


def test_what_cannot_be_read_in_a_form_is_named() -> None:
    with pytest.raises(Unreadable):
        point_of(Fields({"lat": "-6,98"}))


def test_distances_are_no_more_exact_than_they_are() -> None:
    assert [metres(Texts("id"), each) for each in (0.0, 84.4, 994.0, 1_234.0)] == ["0 m", "80 m", "990 m", "1,2 km"]


async def test_the_search_finds_the_citys_facilities_by_name_and_sort(visitor: httpx.AsyncClient) -> None:
    for typed, code, language in (
        ("puskesmas poncol", PONCOL, "id"),
        ("wongsonegoro", "rsd-k-r-m-t-wongsonegoro", "en"),
        ("perpustakaan pandanaran", LIBRARY, "id"),
        ("library pandanaran", LIBRARY, "en"),
        ("rumah sakit hermina", "rs-hermina-banyumanik", "id"),
    ):
        page = Page(await visitor.get("/cari", params={"q": typed}, headers={"accept-language": language}))
        assert "facilities" in page.ids, typed
        assert f'href="/sekitar/{code}"' in page.source, typed


async def test_a_landmark_that_is_a_facility_is_found_once(visitor: httpx.AsyncClient) -> None:
    page = Page(await visitor.get("/cari", params={"q": "kariadi"}))
    assert ("places" in page.ids, "facilities" in page.ids) == (False, True)


async def test_a_search_without_the_facilities_says_that_they_are_missing(
    visitor: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise TimeoutError

    monkeypatch.setattr(finding, "all_facilities", away)
    page = Page(await visitor.get("/cari", params={"q": "puskesmas"}))
    assert ("facilities" in page.ids, "some-away" in page.ids) == (False, True)
