"""The desk of service alerts: a draft with what it touches, published, changed and ended by those who run transport."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

DESK = "/petugas/gangguan"


@pytest.fixture
async def dishub(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for transport."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dishub"))


async def test_an_alert_is_drafted_looked_at_published_and_ended(dishub: Browser, citizen: Browser) -> None:
    page = await dishub.open(f"{DESK}/baru")
    assert dict(page.forms["alert-form"].fields)["effect"] == "other_effect", "who forgets it closes nothing in words"
    entries = {
        "header": "Jalur K1 terlambat", "header_en": "Line K1 is late", "cause": "accident",
        "effect": "significant_delays", "severity": "warning", "routes": "K1", "end": "2099-01-01T08:00",
    }  # fmt: skip
    wrong = await dishub.send(page.forms["alert-form"], **{**entries, "header": "K1", "routes": "", "start": "besok"})
    assert wrong.status == 422
    assert 'id="header-error"' in wrong.source
    assert "This is no day and time." in wrong.source
    assert "Name at least one line, stop or stretch." in wrong.source
    half = {"stops": "TS001, TS999", "stretch_from": "TS001", "start": "2098-01-01T08:00", "end": "2097-01-01T08:00"}
    wrong = await dishub.send(page.forms["alert-form"], **{**entries, **half})
    assert "Name both ends of the stretch." in wrong.source
    wrong = await dishub.send(page.forms["alert-form"], **{**entries, **half, "stretch_from": ""})
    assert ("It does not end after it begins." in wrong.source, 'id="end-error"' in wrong.source) == (True, True)
    astray = await dishub.send(page.forms["alert-form"], **entries, detour_note="Lewat Jalan Pemuda.")
    assert (astray.status, 'id="detour_route-error"' in astray.source) == (422, True), "whose detour it is"
    assert astray.forms["alert-form"].filled()["detour_note"] == "Lewat Jalan Pemuda."
    draft = await dishub.send(page.forms["alert-form"], **entries)
    assert "The draft is saved" in draft.source
    name = draft.source.split(f'action="{DESK}/')[1].split("/")[0]
    assert (await citizen.open(f"/transit/gangguan/{name}")).status == 404
    told = await dishub.send(draft.forms["publish-form"])
    assert "The alert is published." in told.source
    assert "Line K1 is late" in (await citizen.open("/transit/gangguan")).source
    changed = await dishub.send(told.forms["update-form"], header_en="Line K1 is very late", reason="Lebih parah.")
    assert "Line K1 is very late" in changed.source
    assert "Lebih parah." in changed.source
    short = await dishub.send(changed.forms["end-form"], reason="")
    assert short.status == 422
    over = await dishub.send(changed.forms["end-form"], reason="Sudah lancar.")
    assert "The alert is over." in over.source
    assert "Sudah lancar." not in (await citizen.open(f"/transit/gangguan/{name}")).source
    assert name in (await dishub.open(f"{DESK}?keadaan=ended")).source


async def test_what_a_colleague_changed_of_an_alert_stays_where_a_form_came_too_late(dishub: Browser) -> None:
    page = await dishub.open(f"{DESK}/baru")
    entries = {"header": "Jalur K1 terlambat", "cause": "accident", "severity": "warning", "routes": "K1"}
    draft = await dishub.send(page.forms["alert-form"], **entries)
    late = await dishub.open(str(draft.answer.url.path))
    await dishub.send(draft.forms["update-form"], severity="severe", routes="K1")
    page = await dishub.send(late.forms["update-form"], header="Jalur K1 dialihkan", routes="K1")
    again = page.forms["update-form"]
    assert (page.status, again.filled()["severity"], "both-changed" in page.ids) == (412, "severe", False)
    page = await dishub.send(again, routes="K1")
    assert (page.status, "Jalur K1 dialihkan" in page.words) == (200, True)


async def test_a_draft_that_is_ended_was_never_told(dishub: Browser) -> None:
    page = await dishub.open(f"{DESK}/baru")
    entries = {"header": "Halte ditutup", "cause": "construction", "effect": "no_service", "severity": "severe"}
    draft = await dishub.send(page.forms["alert-form"], **entries, stops="TS001")
    gone = await dishub.send(draft.forms["end-form"], reason="Salah halte.")
    assert ("The draft is dropped" in gone.source, "The alert is over." in gone.source) == (True, False)


async def test_what_is_closed_is_said_in_words_in_the_draft_and_to_everybody(dishub: Browser, citizen: Browser) -> None:
    page = await dishub.open(f"{DESK}/baru")
    entries = {"header": "Halte dipindah", "cause": "construction", "severity": "severe", "stops": "TS001"}
    draft = await dishub.send(page.forms["alert-form"], **entries, closes="yes")
    assert ("data-closed>Closed<" in draft.source, "May be disrupted</span>" in draft.source) == (True, False)
    moved = await dishub.send(draft.forms["update-form"], effect="stop_moved")
    assert ("data-closed>Closed<" in moved.source, ">Stop moved</span>" in moved.source) == (True, True)
    told = await dishub.send(moved.forms["publish-form"])
    name = told.source.split(f'action="{DESK}/')[1].split("/")[0]
    for path in ("/transit/gangguan", f"/transit/gangguan/{name}"):
        assert "data-closed>Closed<" in (await citizen.open(path)).source, path
    open_ = await dishub.send(told.forms["update-form"], closes="", detour_route="K1", detour_skipped="TS001")
    assert ("data-closed>Stops left out<" in open_.source, "data-closed>Closed<" in open_.source) == (True, False)
    await dishub.send(open_.forms["end-form"], reason="Sudah dibuka.")


async def test_other_officers_are_kept_out(stand: Stand, officer: Browser) -> None:
    for path in (DESK, f"{DESK}/baru"):
        assert (await officer.open(path)).status == 403
    async with stand.client() as client:
        admin = Browser(client, await stand.bearer("admin"))
        assert f"{DESK}/baru" not in (await admin.open(DESK)).source
        assert (await admin.open(f"{DESK}/baru")).status == 403
    assert f'href="{DESK}"' not in (await officer.open("/petugas")).source


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_axe_finds_nothing_at_the_desk(chromium: Chromium, stand: Stand, dishub: Browser) -> None:
    page = await dishub.open(f"{DESK}/baru")
    entries = {"header": "Halte ditutup", "cause": "construction", "effect": "no_service", "severity": "severe"}
    draft = await dishub.send(page.forms["alert-form"], **entries, stops="TS001", closes="yes", detour_route="K2")
    name = draft.source.split(f'action="{DESK}/')[1].split("/")[0]
    tab = await _tab(chromium, stand, "petugas-dishub")
    for path in (DESK, f"{DESK}/baru", f"{DESK}/{name}", "/transit/gangguan"):
        await tab.goto(path)
        assert await faults(tab, DESK_WIDTH) == [], path
    await tab.context.close()
