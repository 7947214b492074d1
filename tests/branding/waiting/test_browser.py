"""The page of a place in a waiting room, in a browser: it goes on without taking anything from who reads it."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import Route, expect

from services.branding.waiting import actions, store, timers
from tests.branding.tickets.ticketing import Ticketing
from tests.branding.waiting.test_waiting import room
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.fixtures.waiting import until
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER
_READING = "() => [performance.timeOrigin, Math.round(scrollY), document.activeElement.id, String(getSelection())]"
TURN_MS = 15_000


@pytest.fixture
async def stand(office: Ticketing) -> AsyncIterator[Stand]:
    """A gateway in front of the pillar, on the day of the machine."""
    office.today()
    async with stand_before(office.served) as made:
        yield made


async def test_who_waits_for_a_sale_to_open_reads_on_undisturbed(
    chromium: Chromium, stand: Stand, office: Ticketing
) -> None:
    sale, adult = await room(office, opens=30)
    tab = await opened(chromium, stand, await office.place(sale, adult))
    asked: list[str] = []
    tab.on("request", lambda one: asked.append(one.url))
    before = await reading(tab)
    await tab.wait_for_timeout(6_000)
    assert await tab.evaluate(_READING) == before
    assert asked == [], "no turn comes before it opens"


async def test_how_many_are_before_is_written_where_it_stands_and_at_its_turn_the_order_opens(
    chromium: Chromium, stand: Stand, office: Ticketing, monkeypatch: pytest.MonkeyPatch
) -> None:
    sale, adult = await room(office, opens=-1, price=0)
    await office.place(sale, adult)
    tab = await opened(chromium, stand, await office.place(sale, adult))
    await expect(tab.locator("#before")).to_have_text("1 person is before you.")
    before = await reading(tab)
    monkeypatch.setattr(store, "AT_ONCE", 1)
    async with office.served.runtime.transaction() as tx:
        await actions.next_turn(tx)
    await expect(tab.locator("#before")).to_have_text("You are next.", timeout=TURN_MS)
    assert await tab.evaluate(_READING) == before
    await timers.serve(office.served.runtime)
    await tab.wait_for_url("**/wisata/pesanan/SMGB-*", timeout=TURN_MS)
    await expect(tab.locator("#tickets")).to_be_visible()
    await expect(tab.locator("#progress")).to_be_focused()


async def test_who_gets_nothing_at_their_turn_is_told_so(chromium: Chromium, stand: Stand, office: Ticketing) -> None:
    sale, adult = await room(office, opens=-1, price=0, quota=1)
    first, second = [await office.place(sale, adult) for _ in range(2)]
    tab = await opened(chromium, stand, second)
    await timers.serve(office.served.runtime)
    await expect(tab.locator("#refused")).to_contain_text("no seats were left", timeout=TURN_MS)
    assert first.place.number == 1


async def test_a_page_that_hears_nothing_says_how_old_it_is_until_it_hears_again_and_asks_no_sooner_than_it_was_told(
    chromium: Chromium, stand: Stand, office: Ticketing
) -> None:
    sale, adult = await room(office, opens=-1)
    tab = await opened(chromium, stand, await office.place(sale, adult))
    await tab.clock.install()
    await tab.reload()
    asked = 0

    async def full(route: Route) -> None:
        nonlocal asked
        asked += 1
        await route.fulfill(status=503, headers={"retry-after": "30"}, body="full")

    async def pass_time(seconds: int) -> None:
        for _ in range(seconds):  # answers come in between
            await tab.clock.run_for(1000)

    await tab.route("**/wisata/antre/*", full)
    await pass_time(8)
    await until(lambda: asked == 1)
    await pass_time(20)
    assert asked == 1, "not while it was told to wait"
    await pass_time(17)
    await until(lambda: asked == 2)
    await expect(tab.locator("#old")).to_be_hidden()
    await pass_time(60)
    await expect(tab.locator("#old")).to_contain_text("it is not known how many are before you")
    await expect(tab.locator("#old")).to_be_visible()
    await tab.unroute("**/wisata/antre/*")
    await pass_time(40)
    await expect(tab.locator("#old")).to_be_hidden()


async def test_the_order_opens_also_in_a_browser_that_is_some_years_old(
    chromium: Chromium, stand: Stand, office: Ticketing
) -> None:
    sale, adult = await room(office, opens=-1, price=0)
    tab = await opened(chromium, stand, await office.place(sale, adult))
    await tab.add_init_script("delete AbortSignal.timeout")
    await tab.reload()
    await timers.serve(office.served.runtime)
    await tab.wait_for_url("**/wisata/pesanan/SMGB-*", timeout=TURN_MS)


async def opened(chromium: Chromium, stand: Stand, taken: Any) -> Tab:
    """The page of a place on a small phone, in English."""
    context = await chromium.new_context(base_url=stand.url, viewport={"width": 360, "height": 400}, locale="en-GB")
    tab = await context.new_page()
    await tab.goto(f"/wisata/antre/{taken.place.id}?k={taken.link_key}")
    return tab


async def reading(tab: Tab) -> list[Any]:
    """What somebody has before them who scrolled down, marked a line, and stands on a button: to be compared."""
    await tab.evaluate(
        "() => { scrollTo(0, 150); getSelection().selectAllChildren(document.querySelector('h1'));"
        " document.querySelector('[data-copy]').id = 'stood-on';"
        " document.querySelector('[data-copy]').focus({ preventScroll: true }); }"
    )
    found: list[Any] = await tab.evaluate(_READING)
    assert found[1] > 0
    return found
