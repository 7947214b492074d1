"""The search over everything, and the catalogue of e-services."""

from __future__ import annotations

import re
from urllib.parse import urlencode

import httpx
import pytest

from gateway.portal import opened
from gateway.portal.city.findable import is_line, pages
from gateway.portal.city.finding import told_apart
from gateway.portal.city.wanted import LETTERS, MOST_WORDS, fits, letters, meant, wanted_of
from gateway.portal.kit.city_words import CityWords
from services.kit import codes
from services.kit.city import load_city
from smartcity.living.v1 import stops_pb2
from smartcity.types.v1.place_pb2 import Point
from tests.gateway.portal.pages import Page

SEMARANG = load_city("semarang")


@pytest.mark.parametrize(
    ("typed", "text", "found"),
    [
        ("ambul", "Ambulance Hebat", True),
        ("hebat ambulance", "Ambulance Hebat", True),
        ("lampu2 jalannya", "Lampu jalan mati", True),
        ("ambulans hebat", "Ambulance Hebat", False),
        ("", "Ambulance Hebat", False),
        ("-- '", "Ambulance Hebat", False),
    ],
)
def test_each_word_typed_begins_one_of_the_text(typed: str, text: str, found: bool) -> None:
    assert fits(wanted_of(typed), (text,)) == found


@pytest.mark.parametrize(
    ("typed", "found"), [("koridor 1", True), ("K1", True), ("mangkang", True), ("jalur 2", False), ("1", False)]
)
def test_a_line_is_found_by_what_it_is_and_its_number(typed: str, found: bool) -> None:
    assert is_line(wanted_of(typed), "K1", "K1", "Mangkang - Balai Kota - Penggaron") == found


def test_stops_of_one_name_are_told_apart_and_a_station_stands_for_its_platforms() -> None:
    here = Point(lat=-7.0936, lon=110.4095)
    pair = [stops_pb2.Stop(id=name, name="SDN Pudakpayung", location=here) for name in ("A", "B")]
    assert [one.about for one in told_apart(SEMARANG, pair)] == ["Pudakpayung, A", "Pudakpayung, B"]
    station = stops_pb2.Stop(id="S", name="Terminal")
    platform = stops_pb2.Stop(id="S1", name="Terminal", station="S")
    assert [(one.href, one.about) for one in told_apart(SEMARANG, [station, platform])] == [("/transit/halte/S", "")]


def test_a_page_is_found_by_other_words_for_the_same_thing() -> None:
    found = {path for path, name, more in pages(SEMARANG, "en") if fits(wanted_of("garbage"), (name, more))}
    assert found == {"/lingkungan/sampah"}


def test_what_was_typed_stays_short_whatever_its_letters_stand_for() -> None:
    assert len(letters("\ufdfa" * 100)) <= LETTERS
    assert len(wanted_of("a b " * 50)) <= MOST_WORDS


def test_every_service_names_whose_it_is_and_who_tells_it() -> None:
    assert len(SEMARANG.services) == 29
    assert {each.agency for each in SEMARANG.services.values()} <= SEMARANG.agencies.keys()
    assert all(each.source for each in SEMARANG.services.values())


def test_a_city_that_tells_no_services_has_none() -> None:
    assert load_city("kabupaten-semarang").services == {}


def test_public_codes_of_all_kinds_are_opened_somewhere() -> None:
    assert opened().keys() >= {"", "T", "P", "E", "B", "U", "C", "Z"}


async def test_a_search_finds_services_categories_places_and_pages_of_any_sort(client: httpx.AsyncClient) -> None:
    for typed, sort, name in (
        ("ambulans", "services", "Call Center 112"),
        ("ktp", "services", "Si D&#39;nOK"),
        ("bayar pajak", "categories", "PBB dan pajak daerah"),
        ("bayar pajak", "pages", "Bayar tagihan dan retribusi"),
        ("bayar pajak", "some-words", "semua kata"),
        ("lampu jalan", "categories", "Lampu"),
        ("lawang", "places", "Lawang Sewu"),
        ("mutu udara", "pages", "Mutu udara"),
        ("hari angkut", "pages", 'href="/lingkungan/sampah"'),
        ("jadwal sampah", "pages", 'href="/lingkungan/sampah"'),
        *((codes.new(f"SMG{letter}").lower(), "codes", f"{path}/SMG{letter}-") for letter, path in opened().items()),
    ):
        page = Page(await client.get("/cari", params={"q": typed}, headers={"accept-language": "id"}))
        assert sort in page.ids, typed
        assert name in page.source, typed


@pytest.mark.parametrize(
    ("language", "typed", "found"),
    [
        ("id", "laporan saya", "/laporan-saya"),
        ("en", "my reports", "/laporan-saya"),
        ("en", "wallet", "/dompet"),
        ("id", "isi ulang saldo", "/dompet"),
        ("en", "day trip", "/wisata/rute"),
        ("id", "pemungutan suara", "/sosial/suara"),
        ("id", "warga terverifikasi", "/sosial/warga"),
        ("en", "check certificate", "/sosial/sertifikat"),
        ("id", "sensor", "/lingkungan/alat"),
        ("en", "airport", "/sekitar?tempat=Bandara"),
        ("en", "beach", "/sekitar?tempat=Pantai"),
    ],
)
async def test_pages_and_places_are_found_by_plain_words_for_them(
    client: httpx.AsyncClient, language: str, typed: str, found: str
) -> None:
    page = await client.get("/cari", params={"q": typed}, headers={"accept-language": language})
    assert f'href="{found}' in page.text


async def test_what_nothing_fits_is_told_with_a_way_on(client: httpx.AsyncClient) -> None:
    page = await client.get("/cari", params={"q": "<b>qwxyz</b>"}, headers={"accept-language": "en"})
    assert 'id="nothing"' in page.text
    assert "<b>qwxyz" not in page.text
    assert "/layanan" in page.text


@pytest.mark.parametrize(
    ("typed", "so"),
    [
        ("ambulnas", "ambulans"),
        ("lampu jaln", "lampu jalan"),
        ("permti", "permit"),
        ("lampu", ""),
        ("qwxyz", ""),
        ("lampu qwxyz", ""),
        ("ambulnas lapmu jaln mtai", ""),
        ("", ""),
    ],
)
def test_a_slip_is_told_by_the_word_most_like_it_where_there_is_one_for_each(typed: str, so: str) -> None:
    assert meant(wanted_of(typed), ("Ambulans Hebat", "Lampu jalan mati", "Permit of a stall")) == so


@pytest.mark.parametrize(
    ("language", "typed", "so"),
    [("id", "ambulnas", "ambulans"), ("en", "permti", "permit"), ("id", "lampu jaln", "lampu jalan")],
)
async def test_who_slips_is_asked_what_was_meant_and_finds_it_from_there(
    client: httpx.AsyncClient, language: str, typed: str, so: str
) -> None:
    asked = Page(await client.get("/cari", params={"q": typed}, headers={"accept-language": language}))
    assert {"nothing", "alike", "some-words"} & asked.ids.keys()
    (link,) = re.findall('id="meant">[^<]+<a href="([^"]+)"', asked.source)
    assert link == f"/cari?{urlencode({'q': so})}"
    found = Page(await client.get(link, headers={"accept-language": language}))
    assert not {"meant", "nothing", "alike", "some-words"} & found.ids.keys()


async def test_services_are_filtered_by_words_and_by_whom_they_are_for(client: httpx.AsyncClient) -> None:
    shown = await client.get("/layanan", params={"q": "mikro", "untuk": "business"})
    assert "i-Jus Melon" in shown.text
    assert "Sicentik" not in shown.text
    strange = await client.get("/layanan", params={"untuk": "nobody", "q": "mikro"})
    assert (strange.status_code, strange.headers["location"]) == (303, "/layanan?q=mikro")


async def test_the_catalogue_is_data_for_programs(client: httpx.AsyncClient) -> None:
    found = (await client.get("/v1/services")).json()["services"]
    assert [each["id"] for each in found] == list(SEMARANG.services)
    assert {each["sourcing"] for each in found} == {"verified", "partly", "listed"}


async def test_every_page_that_a_search_leads_to_is_there(client: httpx.AsyncClient) -> None:
    assert len(pages(SEMARANG, "id")) > 20
    for path, _, _ in pages(SEMARANG, "id"):
        answer = await client.get(path)
        assert answer.status_code in (200, 303, 401, 503, 504), path  # 503, 504: of a pillar that is not here


def test_the_page_of_emergencies_is_found_by_the_number_of_today(monkeypatch: pytest.MonkeyPatch) -> None:
    for phone in ("112", "110"):
        monkeypatch.setattr(CityWords, "emergency_phone", phone)
        assert phone in {path: name for path, name, _ in pages(SEMARANG, "en")}["/112"]
