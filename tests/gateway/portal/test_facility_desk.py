"""The desk of facilities: corrections are compared with what is said now, and decided on by somebody else."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser as Chromium

from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser, Page
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

REASON = "Jam bukanya tertulis di pintu masuk."
NOTE = "Ditanyakan ke kepala puskesmas."


@pytest.fixture
async def dinkes(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for health."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dinkes"))


async def filed(browser: Browser, code: str, **entries: str) -> Page:
    """The page after a correction was sent."""
    page = await browser.open(f"/sekitar/{code}")
    return await browser.send(page.forms["correct-form"], **{"reason": REASON, **entries})


async def waiting(desk: Browser, name: str) -> Page:
    """The desk's page of the correction of a facility that waits."""
    listed = await desk.open("/petugas/fasilitas")
    row = next(each for each in listed.source.split('data-correction="')[1:] if name in each)
    return await desk.open(f"/petugas/fasilitas/{row[:36]}")


async def test_an_officer_compares_and_accepts(citizen: Browser, dinkes: Browser) -> None:
    code = "puskesmas-halmahera"
    times = {"mo_th_from": "07:00", "mo_th_to": "14:00"}
    await filed(citizen, code, **times, name="Puskesmas Halmahera Baru", lat="-6,9905", lon="110,4333")
    page = await waiting(dinkes, "Puskesmas Halmahera")
    for words in ("not known", "Puskesmas Halmahera Baru", "-6.9905, 110.4333", "Monday–Thursday 07:00–14:00", REASON):
        assert words in page.words
    again = await dinkes.send(page.forms["accept-form"], note="ya")
    assert (again.status, "Write a note of at least 10 letters." in again.words) == (200, True)
    assert again.answer.history[0].status_code == 303, "the way back leads to no form that was sent"
    page = await dinkes.send(page.forms["accept-form"], note=NOTE)
    assert "The facility says so from now on." in page.words
    public = await citizen.open(f"/sekitar/{code}")
    assert "<h1>Puskesmas Halmahera Baru</h1>" in public.source
    assert "correction accepted by the agency" in public.words
    assert (REASON in public.words, NOTE in public.words) == (False, False)
    accepted = await dinkes.open("/petugas/fasilitas?keadaan=accepted")
    assert "Puskesmas Halmahera Baru" in accepted.words
    strange = await dinkes.open("/petugas/fasilitas?keadaan=xx&lang=en")
    assert str(strange.answer.url).endswith("/petugas/fasilitas?lang=en"), "and not as if it were a filter"


async def test_hours_of_before_are_told_as_those_of_now_are(citizen: Browser, dinkes: Browser) -> None:
    """They stood there in OpenStreetMap's words once they were replaced."""
    code, name = "puskesmas-halmahera", "Puskesmas Halmahera"
    for until in ("15:00", "16:00"):
        await filed(citizen, code, mo_th_from="07:00", mo_th_to=until)
        page = await waiting(dinkes, name)
        await dinkes.send(page.forms["accept-form"], note=NOTE)
    accepted = await dinkes.open(page.answer.url.path)
    assert ("Monday–Thursday 07:00–15:00" in accepted.words, "Mo-Th" in accepted.words) == (True, False)


async def test_an_officer_declines_and_not_their_own(citizen: Browser, dinkes: Browser) -> None:
    await filed(citizen, "puskesmas-kagok", use="closed")
    page = await waiting(dinkes, "Puskesmas Kagok")
    assert "closed for good" in page.words
    page = await dinkes.send(page.forms["decline-form"], note="Sudah kami cek, masih buka.")
    assert "The facility stays as it is." in page.words
    await filed(dinkes, "puskesmas-kagok", wheelchair="yes")
    own = await waiting(dinkes, "Puskesmas Kagok")
    assert ("own" in own.ids, "accept-form" in own.forms) == (True, False)


async def test_who_comes_second_is_told_what_was_decided(citizen: Browser, dinkes: Browser) -> None:
    await filed(citizen, "puskesmas-halmahera", wheelchair="no")
    page = await waiting(dinkes, "Puskesmas Halmahera")
    await dinkes.send(page.forms["accept-form"], note=NOTE)
    written = "Sudah kami cek di tempat: jalan landainya ada, dan lebarnya cukup."
    second = await dinkes.send(page.forms["decline-form"], note=written)
    assert (second.status, "accept-form" in second.forms) == (412, False)
    assert "before you: it was accepted" in second.words
    assert ("unshown" in second.ids, written in second.words) == (True, True), "what was typed is given back"
    assert ('data-name="Before"' in second.source, 'data-name="Now"' in second.source) == (True, False)


async def test_who_comes_second_with_a_note_too_short_is_told_what_was_decided_and_not_to_mend_it(
    citizen: Browser, dinkes: Browser
) -> None:
    await filed(citizen, "puskesmas-halmahera", wheelchair="yes")
    page = await waiting(dinkes, "Puskesmas Halmahera")
    await dinkes.send(page.forms["accept-form"], note=NOTE)
    second = await dinkes.send(page.forms["decline-form"], note="Jgn dulu")
    assert (second.status, "before you: it was accepted" in second.words) == (409, True)
    assert ("unshown" in second.ids, "Jgn dulu" in second.words) == (True, True), "what was typed is given back"
    assert "Write a note" not in second.words
    again = await dinkes.open(f"{page.answer.url.path}?salah=decline&note=x")
    assert ("problem" in again.ids, "Write a note" in again.words) == (False, False), "nothing is wrong with it now"


async def test_others_of_the_city_see_none_of_it(citizen: Browser, dinkes: Browser, officer: Browser) -> None:
    await filed(citizen, "puskesmas-miroto", always="yes")
    page = await waiting(dinkes, "Puskesmas Miroto")
    assert "There are none." in (await officer.open("/petugas/fasilitas")).words
    assert (await officer.open(page.answer.url.path)).status == 403
    assert (await citizen.open("/petugas/fasilitas")).status == 401


async def test_home_counts_facilities_and_leads_there(citizen: Browser) -> None:
    home = await citizen.open("/")
    assert "nearby" in home.ids
    assert 'href="/sekitar"' in home.source


@pytest.mark.browser
@pytest.mark.skipif(*IN_A_BROWSER[1].args, **IN_A_BROWSER[1].kwargs)
async def test_axe_finds_nothing_on_the_desk_of_facilities(
    chromium: Chromium, stand: Stand, citizen: Browser, dinkes: Browser
) -> None:
    await filed(citizen, "puskesmas-bugangan", always="yes", wheelchair="no", name="Puskesmas Bugangan Lama")
    page = await waiting(dinkes, "Puskesmas Bugangan")
    tab = await _tab(chromium, stand, "petugas-dinkes")
    for path in ("/petugas/fasilitas", page.answer.url.path):
        await tab.goto(path)
        assert await faults(tab, DESK_WIDTH) == [], path
    await tab.context.close()
