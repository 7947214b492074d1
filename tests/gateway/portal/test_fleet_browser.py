"""The pages of waste in a browser: nothing for axe to find, and ticks that wait until the network is back."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab
from playwright.async_api import expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.pages import Browser
from tests.gateway.portal.test_browser import _tab
from tests.gateway.portal.test_fleet_desk import Plans, crew, crew_page, day_in, plans
from tests.gateway.running import Stand

pytestmark = IN_A_BROWSER

__all__ = ["chromium", "crew", "plans"]


async def test_axe_finds_nothing_on_the_pages_of_waste(chromium: Chromium, stand: Stand, plans: Plans) -> None:
    page = await plans("tambakaji", 3)
    tab = await _tab(chromium, stand, "petugas-dlh")
    for path in ("/lingkungan/sampah", "/petugas/armada", page.answer.url.path, crew_page(page)):
        await tab.goto(path)
        assert await faults(tab) == [], path
    await tab.context.close()


async def test_a_plan_that_is_being_made_is_looked_at_again_at_its_own_address(
    chromium: Chromium, stand: Stand, plans: Plans
) -> None:
    tab, opened = await _tab(chromium, stand, "petugas-dlh"), list[str]()
    await tab.goto("/petugas/armada")
    await tab.select_option("#plan-form [name=depot]", "kaligawe")
    await tab.select_option("#plan-form [name=day]", day_in(4))
    tab.on("request", lambda request: opened.append(request.url) if request.is_navigation_request() else None)
    await tab.click("#plan-form button")
    await tab.wait_for_selector("#progress")
    at = tab.url
    async with tab.expect_navigation(timeout=10_000):
        pass
    assert (tab.url, set(opened[2:])) == (at, {at})
    await tab.context.close()


async def test_ticks_wait_on_the_phone_until_the_network_is_back(
    chromium: Chromium, stand: Stand, plans: Plans
) -> None:
    path = crew_page(await plans("tambakaji", 0))
    tab = await _tab(chromium, stand, "petugas-dlh")
    await tab.goto(path)
    stops = tab.locator("#stops > li")
    assert await stops.count() > 1
    await tab.context.set_offline(True)
    for place in (0, 1):
        await stops.nth(place).locator("form[data-tick] button").first.click()
        await expect(stops.nth(place).locator("[data-badge]")).to_have_text("disimpan di ponsel")
    await expect(tab.locator("#queue")).to_contain_text("2 centang")
    await tab.context.set_offline(False)
    for place in (0, 1):
        await expect(stops.nth(place).locator("[data-badge]")).to_have_text("Sudah diangkut", timeout=25_000)
    await expect(tab.locator("#queue")).to_contain_text("sudah terkirim")
    assert await tab.evaluate("localStorage.getItem('smartcity-ticks')") == "[]"
    await tab.goto(path)
    assert await stops.nth(0).get_attribute("data-state") == "done"
    await stops.nth(0).locator("[data-untick] button").click()
    await expect(stops.nth(0).locator("[data-badge]")).to_have_text("Belum")
    await expect(stops.nth(0).locator("[data-untick]")).to_be_hidden()
    await _sent_by_who_made_it_alone(tab, stand, path)
    await tab.context.close()


async def _sent_by_who_made_it_alone(tab: Tab, stand: Stand, path: str) -> None:
    """A tick that waits on the phone is not sent by whoever logs in there next."""
    await tab.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    third = tab.locator("#stops > li").nth(2)
    await third.locator("form[data-tick] button").first.click()
    await expect(tab.locator("#queue")).to_contain_text("1 centang")
    await tab.unroute("**/*")
    sent: list[str] = []
    tab.on("request", lambda request: sent.append(request.method))
    await tab.context.set_extra_http_headers(await stand.bearer("admin"))
    await tab.goto(path)
    await expect(tab.locator("#queue")).to_contain_text("orang lain")
    await expect(third).to_have_attribute("data-state", "open")
    await tab.evaluate("window.dispatchEvent(new Event('online'))")
    await tab.wait_for_timeout(500)
    assert "POST" not in sent
    await tab.context.set_extra_http_headers(await stand.bearer("petugas-dlh"))
    await tab.goto(path)
    await expect(third.locator("[data-badge]")).to_have_text("Sudah diangkut")
    assert "POST" in sent


async def test_a_tick_that_was_overtaken_shows_how_its_stop_stands_keeps_the_note_and_can_be_sent_again(
    chromium: Chromium, stand: Stand, crew: Browser, plans: Plans
) -> None:
    path, note = crew_page(await plans("tambakaji", 0)), "Jalan ditutup pasar malam."
    tab = await _tab(chromium, stand, "petugas-dlh")
    await tab.set_viewport_size({"width": 360, "height": 740})
    await tab.goto(path)
    await crew.send((await crew.open(path)).forms["done-1"])
    stop = tab.locator("#stops > li").first
    await stop.locator("summary").click()
    await stop.locator("[name=note]").fill(note)
    await stop.locator("details button").click()
    await expect(stop.locator("[data-why]")).to_contain_text("Sementara itu")
    await expect(stop.locator("[data-badge]")).to_have_text("Sudah diangkut")
    await expect(stop.locator("[name=note]")).to_have_value(note)
    assert await tab.evaluate("document.documentElement.scrollWidth") <= 360
    assert await faults(tab) == []
    await stop.locator("details button").click()
    await expect(stop.locator("[data-badge]")).to_have_text("Tidak terjangkau")
    await expect(stop.locator("[data-why]")).to_be_hidden()
    await expect(stop.locator("[data-note]")).to_have_text(note)
    await tab.context.close()


async def test_a_kept_tick_that_was_overtaken_gives_its_note_back_after_a_reload(
    chromium: Chromium, stand: Stand, crew: Browser, plans: Plans
) -> None:
    path, note = crew_page(await plans("tambakaji", 0)), "Jalan ditutup pasar malam."
    tab = await _tab(chromium, stand, "petugas-dlh")
    await tab.goto(path)
    stop = tab.locator("#stops > li").first
    await stop.locator("summary").click()
    await stop.locator("[name=note]").fill(note)
    await tab.route("**/*", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    await stop.locator("details button").click()
    await expect(tab.locator("#queue")).to_contain_text("1 centang")
    await crew.send((await crew.open(path)).forms["done-1"])
    await tab.unroute("**/*")
    await tab.goto(path)
    await expect(stop.locator("[data-why]")).to_contain_text("Sementara itu")
    await expect(stop.locator("[name=note]")).to_have_value(note)
    await tab.context.close()
