"""Parts of pages that are the same for everybody: when they are made anew, and what they know."""

import asyncio
import re
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from gateway.city.home import Section
from gateway.portal.kit import parts
from gateway.portal.kit.parts import part
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

WEEK = "city/parts/week.html"
MAIN = re.compile(r"<section aria-labelledby=\"week\".*</main>", re.DOTALL)


class Parts:
    """Asks for the week of the home, and counts how often it is made."""

    def __init__(self, stand: Stand) -> None:
        self.app = SimpleNamespace(state=SimpleNamespace(parts={}, gateway=stand.gateway))
        self.made = 0

    def ask(self, state: object, language: str = "id") -> str:
        query = f"lang={language}".encode()
        return part(
            Request({"type": "http", "app": self.app, "query_string": query, "headers": []}), WEEK, state, self
        ).text

    def __call__(self) -> dict[str, Any]:
        self.made += 1
        return {}


@pytest.fixture
def asked(stand: Stand) -> Parts:
    """Before anybody looked."""
    return Parts(stand)


@pytest.fixture
async def governance(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> Section:
    """The section of the pillar that runs in this stand; nothing that is fetched from now on is shown."""
    async with asyncio.timeout(30):
        while not stand.gateway.home.section("governance").overview:
            await asyncio.sleep(0.01)
    monkeypatch.setattr(stand.gateway.home, "_put", lambda *_: None)
    return stand.gateway.home.section("governance")


def test_a_part_is_made_once_while_nothing_that_it_shows_changes(asked: Parts) -> None:
    assert asked.ask((1, "ok")) == asked.ask((1, "ok"))
    assert asked.made == 1


def test_what_has_changed_is_seen_at_once(asked: Parts) -> None:
    for state in ((1, "ok"), (2, "ok"), (2, "stale")):
        asked.ask(state)
    assert asked.made == 3


def test_each_language_has_its_own(asked: Parts) -> None:
    assert asked.ask(1, "id") != asked.ask(1, "en")
    assert asked.made == 2


def test_ages_that_it_tells_go_on(asked: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    asked.ask(1)
    monkeypatch.setattr(parts, "LONGEST_S", 0.0)
    asked.ask(1)
    assert asked.made == 2


async def test_the_home_shows_the_next_section_at_once(
    stand: Stand, governance: Section, citizen: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    for count in (731, 732):
        overview = msgspec.structs.replace(governance.overview, filed_this_week=count)
        monkeypatch.setattr(
            stand.gateway.home,
            "sections",
            stand.gateway.home.sections | {"governance": msgspec.structs.replace(governance, overview=overview)},
        )
        assert f"<dd>{count}</dd>" in (await citizen.open("/")).source


@pytest.mark.usefixtures("governance")
async def test_the_home_is_the_same_for_everybody(officer: Browser, citizen: Browser) -> None:
    officers, citizens = [await each.open("/?lang=en") for each in (officer, citizen)]
    assert MAIN.findall(officers.source) == MAIN.findall(citizens.source) != []
