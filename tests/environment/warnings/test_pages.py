"""Warnings on pages: on every page while in force, a drill as a drill, and the page with what was."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from lxml import html

from gateway.callers.session import SESSION_COOKIE
from services.environment.alarms.model import End
from services.environment.criteria.profile import criteria_of
from services.environment.raising import timers
from tests.environment.warnings.warning import AWAS, BPBD, DADAPSARI, NOTE, Warnings
from tests.fixtures.edge import edge_before, stand_before
from tests.fixtures.pillars import Standing

EN = {"accept-language": "en"}


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """The pillar; time is now, since pages look at the clock."""
    async with environment_stand.fresh(datetime.now(UTC)) as served:
        yield Warnings(served)


@pytest.fixture
async def edge(warnings: Warnings) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login."""
    async with edge_before(warnings.served) as client:
        yield client


async def _page(edge: httpx.AsyncClient, part: str, path: str = "/lacak", *, there: bool = True, **headers: str) -> str:
    """A page once a part stands in it, or no more: what every page says comes from memory."""
    async with asyncio.timeout(5):
        while True:
            page = (
                await edge.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            ).text
            if (part in page) == there:
                return page
            await asyncio.sleep(0.05)


async def _desk(warnings: Warnings) -> str:
    """The desk of an officer of the agency that warns."""
    async with stand_before(warnings.served) as stand:
        token, _ = await stand.gateway.sessions.create(BPBD, "Siti", "")
        cookie = f"{stand.gateway.settings.cookie(SESSION_COOKIE)}={token}"
        async with stand.client(headers={**EN, "cookie": cookie}) as client:
            return (await client.get("/petugas/peringatan")).text


async def test_zones_that_no_gauge_can_warn_are_named_to_everybody_and_at_the_desk(
    warnings: Warnings, edge: httpx.AsyncClient
) -> None:
    await warnings.rule("duga-banjir-kanal-timur", "awas")
    said = "no gauge warns here just now"
    zones = len(criteria_of(warnings.served.runtime.city).zones)
    assert (await edge.get("/lingkungan/peringatan", headers=EN)).text.count(said) == zones - 1
    desk = html.fromstring(await _desk(warnings)).get_element_by_id("asleep").text_content()
    assert ("No gauge can warn these zones" in desk, "East Flood Canal" in desk) == (True, False)
    await warnings.pause("duga-banjir-kanal-timur", "awas")
    assert "East Flood Canal" in html.fromstring(await _desk(warnings)).get_element_by_id("asleep").text_content()


async def test_the_source_of_a_zone_is_said_to_be_in_indonesian_to_readers_of_english(edge: httpx.AsyncClient) -> None:
    for language, marked in (("en", True), ("id", False)):
        page = html.fromstring((await edge.get("/lingkungan/peringatan", headers={"accept-language": language})).text)
        (zone,) = page.xpath("//details[@id='zone-pesisir']")
        assert bool(zone.xpath(".//span[@lang='id']")) is marked
        assert "kelurahan di tepi laut" in zone.text_content()


@pytest.mark.parametrize("path", ["/", "/lapor", "/lacak", "/lingkungan", "/gibt-es-nicht"])
async def test_a_warning_in_force_stands_on_every_page(warnings: Warnings, edge: httpx.AsyncClient, path: str) -> None:
    raised = await warnings.in_force(zone="pesisir", level=AWAS)
    await _page(edge, raised.id)
    page = (await edge.get(path, headers={"accept": "text/html"})).text
    assert f'data-warning="{raised.id}"' in page
    assert "AWAS: banjir rob" in page
    assert "Bandarharjo" in page
    assert "dan 8 kelurahan lain" in page


async def test_what_a_gauge_asked_for_and_an_officer_approved_says_both(
    warnings: Warnings, edge: httpx.AsyncClient
) -> None:
    await warnings.alarm("pasut-tanjung-emas", "awas")
    done = await warnings.act("Approve", await warnings.only())
    for path in ("/lingkungan/peringatan", f"/lingkungan/peringatan/{done.id}"):
        page = (await edge.get(path, headers=EN)).text
        assert "asked for by a gauge, approved by an officer" in page
        assert "aised by a gauge" not in page


async def test_a_warning_whose_gauge_nobody_looks_at_says_that_gauges_alone_do_not_end_it(
    warnings: Warnings, edge: httpx.AsyncClient
) -> None:
    alarm = await warnings.alarm("pasut-tanjung-emas", "waspada")
    raised = await warnings.only()
    path, said = f"/lingkungan/peringatan/{raised.id}", "Gauges alone do not end this warning"
    assert said not in (await edge.get(path, headers=EN)).text
    await warnings.over(alarm, End.RULE_PAUSED)
    assert said in (await edge.get(path, headers=EN)).text


async def test_the_desk_tells_of_what_waits_no_more_and_of_what_nobody_measures(warnings: Warnings) -> None:
    await warnings.act("Clear", await warnings.in_force(zone="banjir-kanal-timur", level=AWAS))
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    await warnings.over(await warnings.alarm("pasut-tanjung-emas", "waspada"), End.RULE_PAUSED)
    page = await _desk(warnings)
    assert "Waits no more" in page
    assert "Gauges alone do not end this warning" in page


async def test_the_desk_tells_that_what_a_gauge_asks_for_ends_no_warning_sooner(warnings: Warnings) -> None:
    await warnings.in_force(zone="pesisir", hours=72)
    assert "no sooner" not in await _desk(warnings)
    await warnings.alarm("pasut-tanjung-emas", "awas")
    assert "Holds for 6 hours. It ends no sooner than it would now: " in await _desk(warnings)


@pytest.mark.parametrize(("left", "offered"), [(72, 72), (48, 48), (2, 6)])
async def test_who_changes_a_warning_at_the_desk_shortens_it_by_no_default(
    warnings: Warnings, left: int, offered: int
) -> None:
    raised = await warnings.in_force(zone="pesisir", hours=left)
    assert re.search(rf'id="hours-update-{raised.id}"[^>]* value="{offered}"', await _desk(warnings))


async def test_it_is_gone_when_it_is_over(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    raised = await warnings.in_force()
    await _page(edge, raised.id)
    await warnings.ended("Clear", raised)
    page = await _page(edge, raised.id, there=False)
    assert 'id="warned"' not in page


async def test_what_is_only_proposed_stands_nowhere(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    proposed = await warnings.propose(level=AWAS)
    other = await warnings.in_force(areas=[DADAPSARI])
    assert proposed.id not in await _page(edge, other.id, "/lingkungan/peringatan")


async def test_a_drill_looks_like_a_drill(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    drill = await warnings.in_force(exercise=True, level=AWAS)
    page = await _page(edge, drill.id)
    assert 'class="warned-one drill"' in page
    assert "LATIHAN</b>" in page
    real = await warnings.in_force()
    page = await _page(edge, real.id)
    assert page.index(real.id) < page.index(drill.id), "what is real stands first, however grave the drill"
    assert "There is no danger" in await _page(
        edge, "exercise", f"/lingkungan/peringatan/{drill.id}", accept_language="en"
    )


async def test_the_page_shows_what_is_in_force_what_was_and_why(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    over = await warnings.ended("Clear", await warnings.in_force())
    held = await warnings.in_force(note=NOTE)
    page = (await edge.get("/lingkungan/peringatan")).text
    now, past = page.split('id="past"', 1)
    assert f'data-warning="{held.id}"' in now
    assert NOTE in now
    assert f'data-warning="{over.id}"' in past
    assert "aman kembali" in past
    assert "rekaan" in past
    assert "duga-simongan" in past
    english = (await edge.get("/lingkungan/peringatan", headers=EN)).text
    assert "Northern coast" in english
    assert "Pack a bag" in english


async def test_a_warnings_own_page_shows_its_messages_and_what_to_do(
    warnings: Warnings, edge: httpx.AsyncClient
) -> None:
    made = await warnings.ended("Cancel", await warnings.in_force())
    page = (await edge.get(f"/lingkungan/peringatan/{made.id}", headers=EN)).text
    assert f"/v1/warnings/{made.id}/messages/2.cap" in page
    assert "There is nothing to do." in page
    assert f'href="/cerita/{made.story}"' in page
    assert "not signed" in page
    assert (await edge.get("/lingkungan/peringatan/nonsense")).status_code == 404


async def test_a_dead_pillar_does_not_take_a_warning_from_the_pages(
    warnings: Warnings, edge: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised = await warnings.in_force()
    await _page(edge, raised.id)
    monkeypatch.setattr("gateway.city.home.STALE_AFTER", 0.1)

    async def dead(*_: object) -> None:
        raise ConnectionError

    monkeypatch.setattr("services.environment.overview.store.totals", dead)
    page = await _page(edge, "tidak menjawab")
    assert raised.id in page


async def test_from_the_event_to_every_page_takes_about_a_second(warnings: Warnings, edge: httpx.AsyncClient) -> None:
    await edge.get("/lacak")
    begun = datetime.now(UTC)
    raised = await warnings.in_force()
    await _page(edge, raised.id)
    assert datetime.now(UTC) - begun < timedelta(seconds=3), "a second, and what a busy machine adds"
