"""A crew's phone in headless Chromium: what it shows is what is known now, whatever was touched on it last."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import Route, expect

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.house import new_key
from tests.gateway.portal.dispatching import new_incident, new_unit
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
HERE = {"geolocation": {"longitude": 110.4094, "latitude": -6.9843}, "permissions": ["geolocation"]}


async def signed_on(chromium: Chromium, stand: Stand, code: str, **more: Any) -> Tab:
    """The phone of a crew that has just signed on."""
    crew = await _tab(chromium, stand, "kru-damkar", **more)
    await crew.goto("/petugas/unit")
    await crew.select_option("#code", code)
    await crew.click("#sign-form button")
    await expect(crew.locator("h1")).to_have_text(code)
    return crew


async def asked(stand: Stand, path: str, etag: str, body: Mapping[str, object]) -> None:
    """A dispatcher asks for something of a unit or an incident."""
    headers = {"idempotency-key": new_key(), "if-match": etag} | await stand.bearer("operator112")
    async with stand.client() as client:
        done = await client.post(path, json=body, headers=headers)
    assert done.is_success, done.text


async def sent(stand: Stand, crew: Tab, code: str) -> Any:
    """An incident that its unit was sent to."""
    one = await new_incident(stand, place="Kios pojok", location={"lon": 110.4245, "lat": -6.9717})
    unit = await crew.get_attribute("#unit", "data-etag")
    await asked(stand, f"/v1/units/{code}/assignment", unit or "", {"incident": one["id"]})
    return one


async def relocated(stand: Stand, one: Any) -> None:
    """An incident whose place is put right."""
    headers = await stand.bearer("operator112")
    async with stand.client() as client:
        seen = (await client.get(f"/v1/incidents/{one['id']}", headers=headers)).json()
    body = {"place": "Kios timur", "location": {"lon": 110.4094, "lat": -6.9843}, "reason": "Penelepon meralat."}
    await asked(stand, f"/v1/incidents/{one['id']}/relocation", seen["etag"], body)


async def test_a_crew_that_has_opened_the_map_hears_of_another_place(chromium: Chromium, stand: Stand) -> None:
    code = await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    one = await sent(stand, crew, code)
    await crew.clock.install()
    await crew.reload()
    await crew.click("#job a[href^='geo:']")
    await relocated(stand, one)
    await crew.clock.run_for(40_000)
    await expect(crew.locator("#job")).to_contain_text("Kios timur", timeout=20_000)
    await crew.context.close()


async def test_a_crew_that_drives_hears_of_another_place_with_its_next_position(
    chromium: Chromium, stand: Stand
) -> None:
    code, other = await new_unit(stand), await new_unit(stand)
    crew = await signed_on(chromium, stand, code, **HERE)
    one = await sent(stand, crew, code)
    await crew.clock.install()
    await crew.reload()
    await expect(crew.locator("#job")).to_contain_text("Kios pojok", timeout=20_000)
    await crew.focus("#code")
    await crew.select_option("#code", other)  # so nothing else reads the page anew
    await relocated(stand, one)
    await crew.clock.run_for(20_000)
    await crew.context.set_geolocation({"longitude": 110.4104, "latitude": -6.9843})
    await expect(crew.locator("#job")).to_contain_text("Kios timur", timeout=20_000)
    await crew.context.close()


async def test_a_crew_that_looked_at_the_list_of_units_is_shown_its_job(chromium: Chromium, stand: Stand) -> None:
    code = await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    await crew.clock.install()
    await crew.reload()
    await crew.focus("#code")
    await sent(stand, crew, code)
    await crew.clock.run_for(40_000)
    await expect(crew.locator("#job")).to_contain_text("Kios pojok", timeout=20_000)
    await crew.context.close()


@pytest.mark.parametrize(("seconds", "kept"), [(40, True), (100, False)])
async def test_a_unit_that_was_chosen_holds_a_job_up_for_a_minute(
    chromium: Chromium, stand: Stand, seconds: int, kept: bool
) -> None:
    code, other = await new_unit(stand), await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    await crew.clock.install()
    await crew.reload()
    await crew.evaluate("document.body.dataset.before = ''")
    await crew.select_option("#code", other)
    await sent(stand, crew, code)
    await crew.clock.run_for(seconds * 1_000)
    if kept:
        await crew.wait_for_timeout(1_000)  # in which it would have been read anew
    await expect(crew.locator("body[data-before]")).to_have_count(int(kept), timeout=20_000)
    await crew.context.close()


async def test_a_page_that_tells_the_same_stays_and_one_that_tells_another_job_begins_there(
    chromium: Chromium, stand: Stand
) -> None:
    code = await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    await crew.clock.install()
    await crew.reload()
    await crew.evaluate("document.body.dataset.before = ''")
    await crew.focus("#sign-form button")
    for _ in range(3):
        async with crew.expect_response("**/petugas/unit"):
            await crew.clock.run_for(30_000)
    assert await crew.evaluate("document.activeElement.closest('form')?.id") == "sign-form"
    await expect(crew.locator("body[data-before]")).to_have_count(1)
    one = await sent(stand, crew, code)
    await crew.clock.run_for(30_000)
    await expect(crew.locator("#job")).to_be_focused(timeout=20_000)
    await crew.focus("#job a[href^='geo:']")
    await relocated(stand, one)
    await crew.clock.run_for(30_000)
    await expect(crew.locator("#job")).to_contain_text("Kios timur", timeout=20_000)
    await crew.context.close()


@pytest.mark.parametrize("away", ["network", "governance"])
async def test_a_crew_keeps_its_page_while_no_other_comes_and_hears_of_its_job_after(
    chromium: Chromium, stand: Stand, away: str
) -> None:
    code = await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    await crew.clock.install()
    await crew.reload()
    if away == "network":
        await crew.context.set_offline(True)
    else:
        await crew.route("**/petugas/unit", lambda route: route.fulfill(status=504, body="Jawaban terlalu lama"))
    await crew.clock.run_for(40_000)
    await expect(crew.locator("#unit-told")).to_contain_text("Halaman ini dari pukul", timeout=20_000)
    await expect(crew.locator("h1")).to_have_text(code)
    await sent(stand, crew, code)
    await crew.context.set_offline(False)
    await crew.unroute_all()
    await crew.clock.run_for(40_000)
    await expect(crew.locator("#job")).to_contain_text("Kios pojok", timeout=20_000)
    await crew.context.close()


async def test_what_a_crew_taps_is_not_cut_off_by_reading_the_page_anew(chromium: Chromium, stand: Stand) -> None:
    code = await new_unit(stand)
    crew = await signed_on(chromium, stand, code)
    await sent(stand, crew, code)
    await crew.clock.install()
    await crew.reload()

    async def slowly(route: Route) -> None:
        await asyncio.sleep(8)  # over the half minute after which the page is read anew
        await route.continue_()

    await crew.route("**/gerak", slowly)
    await crew.clock.run_for(25_000)
    await crew.click("#move-en_route button", no_wait_after=True)
    await expect(crew.locator("#unit")).to_contain_text("Berangkat", timeout=20_000)
    await crew.context.close()
