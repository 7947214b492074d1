"""The page for emergencies tells the number that the city has, whichever that is."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from gateway.portal.kit.texts import LANGUAGES, catalogue
from services.kit.city.model import Channel
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

NUMBER = "0999-110"


@pytest.fixture
def elsewhere(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The city has another number."""
    channel = Channel(kind="emergency", name="Darurat", from_=date(2020, 1, 1), phone=NUMBER)
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, all_channels=(channel,)))


@pytest.mark.usefixtures("elsewhere")
async def test_every_page_tells_the_number_that_the_city_has(citizen: Browser) -> None:
    page = await citizen.open("/112")
    assert (page.status, f'href="tel:{NUMBER}"' in page.source) == (200, True)
    assert "tel:112" not in page.source
    assert f"Call {NUMBER} when life" in page.words
    assert "free from any telephone" not in page.words, "nobody told that"
    found = await citizen.open("/cari?q=112+emergency")
    for one in (page, found, await citizen.open("/")):
        assert f"{NUMBER} emergency number" in one.words
        assert "112 emergency number" not in one.words


async def test_112_is_free_from_any_telephone(citizen: Browser) -> None:
    page = await citizen.open("/112")
    assert ("tel:112" in page.source, "112 is free from any telephone" in page.words) == (True, True)


async def test_a_city_that_runs_no_number_shows_whom_to_call_and_is_not_found_by_it(
    citizen: Browser, stand: Stand, elsewhere: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, folder=tmp_path))
    page = await citizen.open("/112")
    main = page.source.partition("<main")[2].partition("</main>")[0]
    assert (page.status, f'href="tel:{NUMBER}"' in main) == (409, True)
    assert "This city runs no emergency number here yet." in page.words
    assert 'href="/112"' not in (await citizen.open("/cari?q=emergency+number")).source


async def test_the_page_of_a_city_that_names_no_number_is_titled_without_one(
    citizen: Browser, stand: Stand, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stand.gateway, "city", replace(stand.gateway.city, all_channels=(), folder=tmp_path))
    assert "<h1>Emergency number</h1>" in (await citizen.open("/112")).source


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_says_the_number_of_other_cities(language: str) -> None:
    found = {key for key, text in catalogue(language).items() if re.search(r"\b112\b", text)}
    assert found == {"emergency.free", "find./112.words"}, "shown where it is the number, and not shown"
