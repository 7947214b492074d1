"""The map by keyboard alone: into it, to a place, and out again; and one map where there were two."""

import asyncio
import re

import httpx
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.conftest import file
from tests.gateway.portal.test_browser import _tab
from tests.gateway.portal.test_filing import TEXT
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


async def tab_to(tab: Tab, wanted: str, most: int = 40) -> None:
    """Presses Tab until an element has the focus."""
    for _ in range(most):
        if await tab.evaluate("(wanted) => document.activeElement.matches(wanted)", wanted):
            return
        await tab.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached with {most} presses of Tab")


async def until(tab: Tab, holds: str) -> None:
    """Waits until an expression holds (the page's policy lets nothing wait inside it)."""
    async with asyncio.timeout(30):
        while not await tab.evaluate(holds):
            await asyncio.sleep(0.05)


async def stops_inside(tab: Tab, most: int = 12) -> int:
    """How many presses of Tab it takes from the map to what comes after it."""
    for presses in range(1, most + 1):
        await tab.keyboard.press("Tab")
        if not await tab.evaluate("document.getElementById('live-map').contains(document.activeElement)"):
            return presses
    raise AssertionError(f"{most} presses of Tab do not lead out of the map")


async def open_map(tab: Tab) -> None:
    await tab_to(tab, "#open-map")
    await tab.keyboard.press("Enter")
    await until(tab, "document.activeElement.id === 'live-map'")


async def test_a_place_is_picked_by_keyboard_alone_and_the_map_left_again(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lapor")
    await tab_to(tab, "#text")
    await tab.keyboard.type(TEXT)
    await tab_to(tab, "#next")
    await tab.keyboard.press("Enter")
    await tab.wait_for_selector("#open-map")
    await open_map(tab)
    shown = await tab.evaluate(
        "(() => { const box = document.getElementById('live-map');"
        " return [getComputedStyle(box).outlineStyle, getComputedStyle(box, '::after').content]; })()"
    )
    assert shown == ["solid", '""'], "the focus is seen, and the point that Enter picks"
    before = await tab.inner_text("#map-said")
    await tab.keyboard.press("+")
    for _ in range(10):  # the map glides, and takes no other arrow meanwhile
        await tab.keyboard.press("ArrowUp")
        await tab.wait_for_timeout(600)
        if await tab.inner_text("#map-said") != before:
            break
    await tab.keyboard.press("Enter")
    picked = await tab.inner_text("#place-said")
    assert picked == f"Titik dipilih: di dalam {await tab.inner_text('#map-said')}"
    assert float(await tab.input_value("#lat")) > -7.03, "north of the middle of the city"
    assert await faults(tab) == []
    await tab.focus("#live-map")
    assert await stops_inside(tab) <= 4
    await tab_to(tab, "#next")
    await tab.keyboard.press("Enter")
    await tab.wait_for_selector("#send")
    assert "Titik di peta" in await tab.inner_text("#main")
    await tab.context.close()


async def test_the_area_that_a_point_lies_in_is_said_where_a_neighbours_line_was_hit(
    chromium: Chromium, stand: Stand
) -> None:
    tab = await _tab(chromium, stand)
    await tab.goto("/lapor")
    await tab.fill("#text", TEXT)
    await tab.click("#next")
    await tab.wait_for_selector("#open-map")
    await open_map(tab)
    lies_in = await tab.inner_text("#map-said")
    await tab.evaluate(
        "(() => { const box = document.getElementById('live-map').getBoundingClientRect();"
        " const [clientX, clientY] = [box.left + box.width / 2, box.top + box.height / 2];"
        " const here = document.elementFromPoint(clientX, clientY);"
        " const other = [...document.querySelectorAll('#live-map path.area')].find((each) => each !== here);"
        " other.dispatchEvent(new MouseEvent('click', { bubbles: true, clientX, clientY })); })()"
    )
    assert await tab.inner_text("#place-said") == f"Titik dipilih: di dalam {lies_in}"
    await tab.context.close()


async def test_the_citys_map_is_one_map_which_is_read_by_keyboard(
    chromium: Chromium, stand: Stand, client: httpx.AsyncClient
) -> None:
    await file(client)
    tab = await _tab(chromium, stand)
    async with asyncio.timeout(10):
        while not await tab.query_selector("#areas li"):  # the home is a second behind
            await tab.goto("/")
    await open_map(tab)
    assert not await tab.is_visible("#map > svg"), "the live map takes the place of the drawing"
    assert await tab.is_visible("#map .legend")
    assert await tab.evaluate("document.getElementById('map').contains(document.getElementById('live-map'))")
    said = await tab.inner_text("#map-said")
    assert re.fullmatch(r"[\w ]+, [\w ]+(: \d+ .*)?", said), said
    colours = await tab.evaluate(
        "[...new Set([...document.querySelectorAll('#live-map path.area')].map((each) => each.classList[1]))].sort()"
    )
    legend = await tab.evaluate("[...document.querySelectorAll('#map .legend rect')].map((each) => each.classList[0])")
    assert set(colours) == set(legend), "each colour of the map is in its legend, and the other way round"
    assert await stops_inside(tab) <= 4
    assert await faults(tab) == []
    await tab.context.close()


async def test_a_map_that_does_not_load_can_be_opened_again(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand)
    await tab.route("**/areas.geojson", lambda route: route.abort())
    await tab.goto("/")
    await tab.click("#open-map")
    await until(tab, "!document.getElementById('open-map').disabled")
    await tab.unroute("**/areas.geojson")
    await tab.click("#open-map")
    await tab.wait_for_selector("#live-map path.area")
    await tab.context.close()


async def test_who_wants_nothing_to_move_sees_the_map_jump(chromium: Chromium, stand: Stand) -> None:
    moved = {}
    for motion in ("reduce", "no-preference"):
        tab = await _tab(chromium, stand, reduced_motion=motion)
        await tab.goto("/lingkungan/alat")
        await open_map(tab)
        pane = "document.querySelector('.leaflet-map-pane').style.transform"
        before = await tab.evaluate(pane)
        await tab.keyboard.press("ArrowRight")
        moved[motion] = await tab.evaluate(f"[{pane}, document.querySelector('.leaflet-pan-anim') !== null]")
        assert (moved[motion][0] != before) or moved[motion][1]
        await tab.context.close()
    assert (moved["reduce"][1], moved["no-preference"][1]) == (False, True)
