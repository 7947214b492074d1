"""Places to visit at the portal and over the API: near by, each page, what is wrong about it, and the desk."""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest
from lxml import html
from playwright.async_api import Browser as Chromium

from gateway.callers.session import SESSION_COOKIE
from smartcity.branding.v1 import destinations_pb2 as pb
from tests.branding.city_events.stage import PUBLISHER, Stage
from tests.branding.destinations.tour import HOURS, REASON, Tour
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.gateway.running import Stand
from tests.society.pages import reader, said

__all__ = ["chromium"]


@pytest.fixture
async def stand(tour: Tour) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar."""
    async with stand_before(tour.served) as made:
        yield made


async def test_a_place_to_visit_is_found_by_its_name(visitor: httpx.AsyncClient) -> None:
    page = (await visitor.get("/cari", params={"q": "lawang sewu"})).text
    assert 'id="places"' not in page, "not as a landmark as well"
    assert 'href="/wisata/tempat/lawang-sewu"' in page.partition('id="destinations"')[2].partition("</ul>")[0]


@pytest.mark.parametrize(
    ("language", "typed", "code"),
    [
        ("en", "temple", "klenteng-tay-kak-sie"),
        ("en", "church", "gereja-blenduk"),
        ("en", "heritage", "lawang-sewu"),
        ("en", "railway company", "lawang-sewu"),
        ("id", "perusahaan kereta api", "lawang-sewu"),
    ],
)
async def test_a_place_to_visit_is_found_by_its_sort_and_by_what_is_said_of_it(
    visitor: httpx.AsyncClient, language: str, typed: str, code: str
) -> None:
    answer = await visitor.get("/cari", params={"q": typed}, headers={"accept-language": language})
    found = html.fromstring(answer.text)
    every = {one.text for one in found.xpath("//ul[@id='places']//a")}
    places = [name for name in every if name in {"Klenteng Tay Kak Sie", "Gereja Blenduk", "Lawang Sewu"}]
    assert places == [], "not as a landmark, which leads to what lies near it"
    assert f"/wisata/tempat/{code}" in found.xpath("//ul[@id='destinations']//a/@href")


async def test_a_day_out_is_found_by_its_name(visitor: httpx.AsyncClient) -> None:
    found = html.fromstring((await visitor.get("/cari", params={"q": "chinatown"})).text)
    assert found.xpath("//ul[@id='trips']//a/@href") == ["/wisata/rute/kota-lama-dan-pecinan"]


async def test_the_nearest_places_are_told_with_what_is_not_known(visitor: httpx.AsyncClient, tour: Tour) -> None:
    await tour.warn("siaga")
    await Stage(tour.served).enter()
    page = (await visitor.get("/wisata", params={"tempat": "Lawang Sewu"})).text
    assert page.index('data-place="lawang-sewu"') < page.index('data-place="tugu-muda"')
    assert "Anniversary of Semarang" in page
    assert "A tidal flood warning of level SIAGA (watch)" in page
    place = (await visitor.get("/wisata/tempat/gedung-marba")).text
    assert "Nobody has told the opening hours." in place
    assert "not known" in place
    sewu = (await visitor.get("/wisata/tempat/lawang-sewu")).text
    assert "adults IDR 20,000" in sewu.replace("\xa0", " ")
    assert 'href="/transit?ke=Lawang%20Sewu%20%28-6.983925%2C110.410633%29"' in sewu
    assert "A tidal flood warning" in (await visitor.get("/wisata/tempat/gereja-blenduk")).text
    things = (await visitor.get("/wisata/peta.json", params={"jenis": "temple"})).json()
    assert {one["kind"] for one in things} == {"temple"}
    assert (await visitor.get("/wisata/tempat/nowhere")).status_code == 404


async def test_a_notice_leads_to_the_place_that_it_is_about(visitor: httpx.AsyncClient, tour: Tour) -> None:
    await tour.advise()
    page = html.fromstring((await visitor.get("/wisata")).text)
    (told,) = page.xpath("//section[@id='told']//li/a")
    assert (told.get("href"), told.text) == ("/wisata/tempat/lawang-sewu", "Lawang Sewu")


async def test_the_lists_filters_last_through_a_place(visitor: httpx.AsyncClient, tour: Tour) -> None:
    everything = (await visitor.get("/wisata")).text
    assert 'href="/wisata/tempat/gedung-marba"' in everything
    assert "OpenStreetMap contributors, ODbL" in everything
    page = (await visitor.get("/wisata", params={"jenis": "museum"})).text
    href = "/wisata/tempat/museum-kota-lama?dari=%2Fwisata%3Fjenis%3Dmuseum"
    assert f'href="{href}"' in page
    assert '<a href="/wisata?jenis=museum">' in (await visitor.get(href)).text


async def test_readers_of_english_are_told_that_a_source_is_in_indonesian(visitor: httpx.AsyncClient) -> None:
    marked = '<span data-indonesian>In Indonesian:</span> <span lang="id">letak: dua kumpulan data sepakat'
    assert marked in (await visitor.get("/wisata/tempat/goa-kreo")).text
    page = (await visitor.get("/wisata/tempat/goa-kreo", headers={"accept-language": "id"})).text
    assert ("letak: dua kumpulan data sepakat" in page, "data-indonesian" in page) == (True, False)


async def test_the_api_tells_what_is_near_and_open(visitor: httpx.AsyncClient, tour: Tour) -> None:
    answer = await visitor.get("/v1/destinations", params={"near": "-6.9843,110.4094", "open": "true", "page_size": 2})
    codes = [one["code"] for one in answer.json()["destinations"]]
    assert codes == ["tugu-muda", "lawang-sewu"]
    assert (await visitor.get("/v1/destinations", params={"near": "x"})).status_code == 422


async def test_whoever_knows_that_a_closed_place_is_open_again_says_so_on_its_page(stand: Stand, tour: Tour) -> None:
    office, path = await reader(stand, PUBLISHER), "/wisata/tempat/gereja-blenduk"
    for use in ("closed", "in_use"):
        choice = "//form[@id='correct-form']//input[@name='use']/@value"
        assert (await office.page(path)).xpath(choice) == ["", use]
        await office.send(path, "correct-form", use=use, reason=REASON)
        (link,) = (await office.page("/petugas/wisata")).xpath("//table[@id='corrections']//a/@href")
        proposed = (await office.page(link)).xpath("string(//section[2])")
        assert ("It is open again" in proposed) is (use == "in_use")
        await tour.decide(link.rpartition("/")[2])
    await office.client.aclose()


async def test_a_day_on_which_a_place_is_closed_is_proposed_as_people_say_it(stand: Stand, tour: Tour) -> None:
    office = await reader(stand, PUBLISHER)
    entries = {"exceptions": "2026-12-25 tutup", "reason": REASON}
    sent = await office.send("/wisata/tempat/lawang-sewu", "correct-form", **entries)
    assert "An officer looks at it" in said(sent, "done")
    (link,) = (await office.page("/petugas/wisata")).xpath("//table[@id='corrections']//a/@href")
    proposed = (await office.page(link)).xpath("//section[2]")[0]
    await office.client.aclose()
    assert "Closed" in proposed.xpath("string(.//ul[@id='other-days'])")
    assert not proposed.xpath(".//*[@id='hours-unknown']"), "of its week nothing is proposed"


async def test_a_correction_goes_over_the_desk_to_the_page(stand: Stand, tour: Tour) -> None:
    async with stand.client() as client:
        assert (await client.get("/petugas/wisata")).status_code == 401
    office = await reader(stand, PUBLISHER)
    path = "/wisata/tempat/lawang-sewu"
    times = {"tu_th_from": "08:00", "tu_th_to": "16:00", "su_from": "9.00", "su_to": "17.00", "holidays": "closed"}
    entries = {**times, "exceptions": "2026-12-25 10.00-15.00", "price_adult": "25.000", "reason": REASON}
    wrong = await office.send(
        path, "correct-form", **{**entries, "exceptions": "Natal", "price_adult": "12.5", "su_to": ""}
    )
    assert "such as 2026-12-25" in said(wrong, "problem")
    assert said(wrong, "price_adult-error"), "twelve and a half are not 125"
    assert wrong.xpath("//h1/following-sibling::*[1]/@id") == ["problem"], "it is seen where the page opens"
    assert wrong.xpath("//label[@for='description']/text()")[0].strip() == "About this place"
    misread = await office.send(path, "correct-form", **{**entries, "exceptions": "2026-12-25 sore"})
    assert said(misread, "exceptions-error")
    assert not misread.xpath("//*[contains(@id, '_from-error')]"), "of its week nothing is wrong"
    sent = await office.send(path, "correct-form", **entries)
    assert "An officer looks at it" in said(sent, "done")
    desk = await office.page("/petugas/wisata")
    (link,) = desk.xpath("//table[@id='corrections']//a/@href")
    correction = await office.page(link)
    assert said(correction, "own")
    assert correction.xpath("//section[2]//table[@class='hours']//td/text()") == [
        "Closed", *["08:00–16:00"] * 3, "Closed", "Closed", "09:00–17:00", "Closed"
    ]  # fmt: skip
    assert "10:00-15:00" in correction.xpath("string(//ul[@id='other-days'])")
    filed = await tour.correct(description_en="A railway building.")
    done = await office.send(
        f"/petugas/wisata/koreksi/{filed}", "decide-form", state="accepted", note="Sudah ditanyakan."
    )
    assert "the page says so now" in said(done, "done")
    assert "A railway building." in (await office.client.get(path)).text
    told = await office.send("/petugas/wisata", "advise-form", destination="lawang-sewu", level="warning",
                             text="Menara ditutup hari ini.")  # fmt: skip
    assert "Visitors are told." in said(told, "done")
    assert "Menara ditutup hari ini." in said(await office.page(path), "advisories")
    assert all(words in said(told, "told") for words in ("Take care", "Lawang Sewu")), "which one is ended is seen"
    late = await office.send("/petugas/wisata", "advise-form", destination="lawang-sewu", level="warning",
                             text="Menara ditutup.", end_time="2020-01-01T10:00")  # fmt: skip
    assert said(late, "end_time-error") == "It would be over already; let it end later."
    (form,) = told.xpath("//ul[@id='told']//form")
    assert "told no more" in said(await office.submit(form), "done")
    counted = await office.send("/petugas/wisata", "count-form", place="lawang-sewu", origin="abroad", visits="2.525")
    assert "They are counted." in said(counted, "done")
    assert "2,525 visits" in said(await office.page(path), "visits")
    await office.client.aclose()


async def test_an_officer_chooses_places_by_their_names(stand: Stand, tour: Tour) -> None:
    office = await reader(stand, PUBLISHER)
    desk = await office.page("/petugas/wisata")
    for field in ("destination", "tempat", "place"):
        (words,) = desk.xpath(f"//select[@id='{field}']/option[@value='lawang-sewu']/text()")
        assert words == "Lawang Sewu · Sekayu", field
    kept = await office.send("/petugas/wisata", "count-form", place="lawang-sewu", origin="abroad", visits="")
    assert kept.get_element_by_id("place").value == "lawang-sewu"
    await office.client.aclose()


async def test_a_day_out_strings_places_together_with_their_hours_and_the_bus_on(
    visitor: httpx.AsyncClient, tour: Tour
) -> None:
    await tour.warn("siaga")
    assert "/wisata/rute/kota-lama-dan-pecinan" in (await visitor.get("/wisata/rute")).text
    page = (await visitor.get("/wisata/rute/kota-lama-dan-pecinan")).text
    assert re.search(
        r'href="/transit\?dari=[^"&]+%28-6.968%2C110.428%29&amp;ke=[^"]+%28-6.968164%2C110.427482%29"', page
    )
    assert "A tidal flood warning" in page
    assert "Hours not known" in page
    assert (await visitor.get("/wisata/rute/nowhere")).status_code == 404
    stops = (await visitor.get("/v1/day-trips/kota-lama-dan-pecinan")).json()["stops"]
    assert len(stops) == 5


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_axe_finds_nothing_in_places(chromium: Chromium, stand: Stand, tour: Tour) -> None:
    await tour.warn("awas")
    filed = await tour.correct(hours=HOURS, prices=[pb.Price(payer=pb.PRICE_CLASS_ALL, units=5_000)])
    token, _ = await stand.gateway.sessions.create(PUBLISHER, "Siti", "")
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 780})
    host = urlsplit(stand.url).hostname or ""
    name = stand.gateway.settings.cookie(SESSION_COOKIE)
    await context.add_cookies([{"name": name, "value": token, "domain": host, "path": "/"}])
    tab = await context.new_page()
    for path in (
        "/wisata",
        "/wisata/rute/kota-lama-dan-pecinan",
        "/wisata/tempat/gereja-blenduk",
        "/petugas/wisata",
        f"/petugas/wisata/koreksi/{filed}",
    ):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await context.close()


@pytest.mark.parametrize("path", ["/wisata/tempat/lawang-sewu", "/wisata/rute/kota-lama-dan-pecinan"])
async def test_a_link_that_is_passed_on_tells_its_page_in_the_language_it_was_read_in(
    visitor: httpx.AsyncClient, path: str
) -> None:
    head = html.fromstring((await visitor.get(path, params={"dari": "2", "lang": "en"})).text)
    (whole,) = head.xpath("//link[@rel='canonical']/@href")
    assert whole.endswith(f"{path}?lang=en"), "without what the reader filtered by"
    assert head.xpath("//meta[@property='og:url']/@content") == [whole]
    assert head.xpath("//meta[@property='og:title']/@content") == [head.xpath("string(//h1)")]
    places = {one.get("hreflang"): urlsplit(one.get("href")) for one in head.xpath("//link[@hreflang]")}
    assert places["x-default"] == places["id"]
    for language in ("id", "en"):
        visitor.cookies.clear()
        there = f"{places[language].path}?{places[language].query}"
        page = await visitor.get(there, headers={"accept-language": "*"})
        assert html.fromstring(page.text).get("lang") == language
