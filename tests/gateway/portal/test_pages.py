"""What holds for every page: light, safe, in the reader's language, friendly when something is wrong."""

import re
from dataclasses import replace
from urllib.parse import urlencode

import httpx
import pytest

from tests.gateway.portal.pages import Browser, Page
from tests.gateway.running import Stand

LIGHT = ["/", "/lapor", "/lacak", "/receipts/check", "/bayar", "/bayar/kuitansi"]
LARGEST = 100_000


@pytest.mark.parametrize("path", LIGHT)
async def test_a_page_with_all_it_needs_stays_below_100_kb(citizen: Browser, path: str) -> None:
    page = await citizen.open(path)
    total = len(page.answer.content)
    for asset in page.assets:
        answer = await citizen.client.get(asset)
        assert answer.status_code == 200
        total += len(answer.content)
    assert (page.status, total < LARGEST) == (200, True), f"{path} takes {total} bytes"


@pytest.mark.parametrize("path", LIGHT)
async def test_a_page_carries_no_inline_code_and_only_assets_of_our_own(citizen: Browser, path: str) -> None:
    page = await citizen.open(path)
    policy = page.answer.headers["content-security-policy"]
    nonce = re.search(r"'nonce-([\w-]+)'", policy)
    assert nonce is not None
    assert "unsafe" not in policy
    assert page.handlers == []
    assert all(asset.startswith("/static/") for asset in page.assets)
    assert page.source.count(f'nonce="{nonce[1]}"') == len(page.assets)


async def test_each_answer_has_a_nonce_of_its_own(citizen: Browser) -> None:
    policies = {(await citizen.open("/lapor")).answer.headers["content-security-policy"] for _ in range(3)}
    assert len(policies) == 3


async def test_a_chosen_language_is_remembered(citizen: Browser) -> None:
    assert "Report it." in (await citizen.open("/")).words
    assert "Laporkan." in (await citizen.open("/?lang=id")).words
    assert "Laporkan." in (await citizen.open("/")).words


async def test_pages_are_offered_in_the_languages_of_the_city_the_first_by_itself(
    stand: Stand, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, languages=("en", "id")))
    page = Page(await client.get("/"))
    assert ('<html lang="en"' in page.source, "?lang=id" in page.source) == (True, True)
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, languages=("id",)))
    page = Page(await client.get("/?lang=en", headers={"accept-language": "en"}))
    assert ('<html lang="id"' in page.source, "lang=en" in page.source) == (True, False)


async def test_home_tells_honestly_which_fields_serve_nothing(citizen: Browser) -> None:
    page = await citizen.open("/")
    assert page.status == 200
    assert "section-governance" in page.ids
    assert "Not answering" in page.words  # only governance runs in this stand


async def test_a_page_that_does_not_open_offers_to_try_again_and_speaks_of_nothing_that_was_sent(
    citizen: Browser,
) -> None:
    page = await citizen.open("/sosial?tahap=vote&lang=en")
    assert page.status in (503, 504)  # society does not run in this stand
    assert page.ids["action"]["href"] == "/sosial?tahap=vote"
    assert "Try again in a moment." in page.words
    assert not re.search("lost|sent|twice|entries", page.words.partition("To the home page")[0])


async def test_home_shows_the_week_as_map_and_in_figures(citizen: Browser) -> None:
    page = await citizen.open("/")
    assert page.source.count("<path class=") == 177
    assert "reports received" in page.words


async def test_home_leads_to_paying_and_shows_what_was_paid(citizen: Browser) -> None:
    page = await citizen.open("/")
    assert page.ids["pay"]["href"] == "/bayar"
    assert page.ids["money"]
    assert "payments today" in page.words


async def test_an_unknown_address_is_explained_on_a_page(citizen: Browser) -> None:
    page = await citizen.open("/nowhere")
    assert (page.status, "Not found" in page.words) == (404, True)


@pytest.mark.parametrize("code", ["A" * 60, "a_b"])
async def test_what_can_be_no_code_is_answered_in_the_readers_words(citizen: Browser, code: str) -> None:
    page = await citizen.open(f"/lacak?code={code}")
    assert (page.status, "no report with this number" in page.words, "pattern" in page.words) == (404, True, False)


async def test_an_unknown_code_is_explained_where_it_can_be_looked_at_again(citizen: Browser) -> None:
    page = await citizen.open("/lacak?code=smg-0000-00")
    assert (page.status, "no report with this number" in page.words) == (404, True)
    assert page.ids["code"]["value"] == "SMG-0000-00"


async def test_officers_pages_ask_for_a_login(citizen: Browser) -> None:
    page = await citizen.open("/petugas")
    assert page.status == 401
    assert 'href="/auth/login?next=%2Fpetugas"' in page.source


@pytest.mark.parametrize(
    ("opened", "after"),
    [
        ("/petugas?overdue=yes&k=secret&lang=en&page=abc", "/petugas?overdue=yes&page=abc"),
        ("/petugas?code=" + "x" * 1_000, "/petugas"),  # it goes through the login in a cookie
    ],
)
async def test_a_login_leads_back_to_the_same_filters(citizen: Browser, opened: str, after: str) -> None:
    page = await citizen.open(opened)
    assert f'href="/auth/login?{urlencode({"next": after})}"' in page.source


async def test_a_static_file_is_kept_for_ever_under_its_contents_address(citizen: Browser) -> None:
    page = await citizen.open("/lapor")
    answer = await citizen.client.get(page.assets[0])
    assert "immutable" in answer.headers["cache-control"]
    again = await citizen.client.get(page.assets[0], headers={"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", ["../portal.css", "%2e%2e/page.py", "nothing.css"])
async def test_only_static_files_are_served(citizen: Browser, name: str) -> None:
    assert (await citizen.client.get(f"/static/{name}")).status_code == 404


NONSENSE = [
    "/lapor/%00",
    "/lapor/a%20b",
    "/lapor/SMG-7K4P-92/foto/%00",
    "/lacak?code=%00",
    "/petugas/%00",
    "/bayar/%00",
    "/bayar?nomor=%00",
    "/bayar/a%20b/qris",
    "/bayar/kuitansi?nomor=%00&jumlah=1&segel=%00",
]


@pytest.mark.parametrize("path", NONSENSE)
async def test_a_nonsensical_address_is_refused_not_broken(citizen: Browser, path: str) -> None:
    page = await citizen.open(path)
    assert page.status in (200, 401, 404, 422)
    assert page.answer.headers["content-type"].startswith("text/html")


async def test_whoever_logs_in_finds_what_is_theirs_and_not_the_way_of_officers(
    citizen: Browser, payer: Browser
) -> None:
    page = await citizen.open("/saya")
    assert 'href="/auth/login?next=%2Fsaya"' in page.source
    own = await payer.open("/saya")
    paths = re.findall(r'<li><a href="(/[a-z/-]+)">', own.source[own.source.index('id="own"') :])
    found = {path: (await payer.open(path)).status for path in paths[: paths.index("/sosial/data-saya") + 1]}
    assert set(found.values()) <= {200, 503, 504}, "pillars that do not run here cannot tell"
    assert len(found) > 7
    refused = await payer.open("/petugas")
    assert (refused.status, refused.ids["action"]["href"]) == (403, "/saya")


async def test_an_address_that_only_takes_forms_leads_to_its_page(payer: Browser) -> None:
    for path in ("/transit/kartu/keringanan", "/transit/kartu/keringanan/1/batal"):
        page = await payer.open(path)
        assert (page.status, page.ids["action"]["href"]) == (405, "/transit/kartu")
