"""What the pages say of warnings: all that is known, and no all clear that nobody gave."""

import re
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.city.bulletins import Bulletins
from gateway.city.home import Section
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand

ALL_CLEAR = "The city has no flood or tidal flood warning in force."
PATH = "/lingkungan/peringatan"


def _section(status: str, *, until: float | None) -> Section:
    """What memory holds: a warning that ends in so many minutes, none, or nothing at all."""
    asked = datetime.now(UTC) - timedelta(minutes=9)
    if status == "unavailable":
        return Section(status)
    area = SimpleNamespace(code="33.74.03.1001", name="Kemijen")
    one = SimpleNamespace(
        id="01a21e12-673f-71f1-8b41-a011e85a0185", hazard="rob", level="siaga", exercise=False, areas=[area],
        expire_time=datetime.now(UTC) + timedelta(minutes=until or 0),
    )  # fmt: skip
    return Section(status, asked, SimpleNamespace(warnings=[] if until is None else [one]))


@pytest.mark.parametrize(
    ("status", "until", "clear", "note", "shown"),
    [
        ("ok", None, True, "", False),
        ("ok", 30, False, "", True),
        ("stale", None, False, "warnings-stale", False),
        ("stale", -1, False, "warnings-stale", False),
        ("stale", 30, False, "warnings-stale", True),
        ("unavailable", None, False, "warnings-unknown", False),
    ],
)
async def test_the_start_page_gives_no_all_clear_that_nobody_gave(
    stand: Stand, citizen: Browser, monkeypatch: pytest.MonkeyPatch, status: str, until: float | None, clear: bool,
    note: str, shown: bool,
) -> None:  # fmt: skip
    sections = dict(stand.gateway.home.sections)
    monkeypatch.setattr(stand.gateway.home, "section", {**sections, "environment": _section(status, until=until)}.get)
    page = await citizen.open("/lingkungan")
    assert (page.status, ALL_CLEAR in page.words) == (200, clear)
    part = page.source.split('id="warnings"')[1].split("</section>")[0]
    assert ("Kemijen" in part) is shown
    assert [one for one in ("warnings-stale", "warnings-unknown") if one in page.ids] == [note][: bool(note)]


def _warning(number: int, state: pb.WarningState.ValueType) -> pb.Warning:
    made = pb.Warning(
        id=f"01a21e12-673f-71f1-8b41-{number:012d}", state=state, level=pb.WARNING_LEVEL_AWAS,
        hazard=pb.WARNING_HAZARD_FLOOD,
    )  # fmt: skip
    for each in (made.raise_time, made.update_time, made.expire_time):
        each.FromDatetime(datetime.now(UTC))
    return made


@pytest.fixture
def asked(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the pages ask the pillars, by the requests' names."""
    names, call = list[str](), stand.gateway.pillars.call

    async def noted(request: Any, *args: Any, **more: Any) -> Any:
        names.append(type(request).__name__)
        return await call(request, *args, **more)

    monkeypatch.setattr(stand.gateway.pillars, "call", noted)
    return names


@pytest.fixture
def published(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> list[pb.Warning]:
    """Three that are in force and one that is over: the pillar tells two to a page."""
    found = [_warning(number, pb.WARNING_STATE_IN_FORCE) for number in range(3)]
    found.append(_warning(3, pb.WARNING_STATE_CLEARED))
    call = stand.gateway.pillars.call

    async def two(asked: Any, *args: Any, **more: Any) -> Any:
        if not isinstance(asked, pb.ListWarningsRequest):
            return await call(asked, *args, **more)
        start = int(asked.page_token or 0)
        left = f"{start + 2}" if start + 2 < len(found) else ""
        return pb.ListWarningsResponse(warnings=found[start : start + 2], next_page_token=left)

    monkeypatch.setattr(stand.gateway.pillars, "call", two)
    return found


async def test_what_is_in_force_goes_on_over_pages_and_none_of_them_says_there_is_none(
    citizen: Browser, published: list[pb.Warning]
) -> None:
    shown, address = [], PATH
    while address:
        page = await citizen.open(address)
        assert ALL_CLEAR not in page.words, address
        assert "No warning has ended yet." not in page.words, address
        shown += [one.id for one in published if f'data-warning="{one.id}"' in page.source]
        address = next(iter(re.findall(rf'second" href="({PATH}\?page=[^"]+)"', page.source)), "")
    assert shown == [one.id for one in published]
    published[:3] = [_warning(number, pb.WARNING_STATE_CANCELLED) for number in range(3)]
    assert ALL_CLEAR in (await citizen.open(PATH)).words
    assert ALL_CLEAR not in (await citizen.open(f"{PATH}?page=2")).words


async def test_only_the_first_page_looks_at_the_weather(
    citizen: Browser, asked: list[str], published: list[pb.Warning]
) -> None:
    for page, times in (("", 1), ("?page=2", 0)):
        asked.clear()
        await citizen.open(PATH + page)
        assert asked.count("ListNowcastsRequest") == times


async def test_the_desk_shows_all_that_is_in_force(stand: Stand, published: list[pb.Warning]) -> None:
    async with stand.client() as client:
        page = await Browser(client, await stand.bearer("petugas-bpbd")).open("/petugas/peringatan")
    assert page.source.count('data-level="awas"') == 3
    assert all(f"clear-{one.id}" in page.forms for one in published[:3])


async def test_a_city_that_gives_no_warnings_says_so_and_whom_to_call(
    citizen: Browser, bulletins: Bulletins, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "never" not in (await citizen.open(PATH)).ids
    monkeypatch.setattr(bulletins, "warns", False)
    page = await citizen.open(PATH)
    part = page.source.split('id="never"')[1].split("</div>")[0]
    assert ("This city gives no warnings here" in part, 'href="tel:112"' in part) == (True, True)
    assert ALL_CLEAR not in page.words, "nobody could give one"


@pytest.mark.parametrize(
    ("user", "path"),
    [("", "/lingkungan"), ("petugas-bpbd", "/petugas/peringatan"), ("petugas-bpbd", "/petugas/ruang-kendali")],
)
async def test_no_page_gives_an_all_clear_where_nobody_can_ever_give_a_warning(
    stand: Stand, bulletins: Bulletins, monkeypatch: pytest.MonkeyPatch, user: str, path: str
) -> None:
    sections = dict(stand.gateway.home.sections)
    monkeypatch.setattr(stand.gateway.home, "section", {**sections, "environment": _section("ok", until=None)}.get)
    async with stand.client() as client:
        browser = Browser(client, await stand.bearer(user) if user else {})
        assert ALL_CLEAR in (await browser.open(path)).words
        monkeypatch.setattr(bulletins, "warns", False)
        page = await browser.open(path)
    assert (ALL_CLEAR in page.words, "This city gives no warnings here" in page.words) == (False, True)
