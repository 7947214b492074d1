"""The control room in a browser: a change arrives and is announced, and axe finds nothing, on a phone and on a wall."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.environment.control_room.watching import PATH, Duty
from tests.environment.warnings.warning import BPBD, OTHER, WASPADA, Warnings
from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium

pytestmark = IN_A_BROWSER

__all__ = ["chromium"]


async def test_a_change_arrives_is_announced_and_a_lost_connection_is_said(chromium: Chromium, duty: Duty) -> None:
    await Warnings(duty.watched.sensing.served).in_force(level=WASPADA)
    headers, _ = await duty.login()
    name, _, value = headers["cookie"].partition("=")
    context = await chromium.new_context(
        base_url=duty.stand.url, viewport={"width": 360, "height": 780}, locale="id-ID"
    )
    await context.add_cookies([{"name": name, "value": value, "url": duty.stand.url}])
    tab = await context.new_page()
    wrong: list[str] = []
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    await tab.goto(PATH)
    await tab.wait_for_selector("#room[data-state=live]")
    gauge = tab.locator(f'tr[data-thing="{duty.watched.datastream.thing_code}"]')
    await gauge.locator("a").first.focus()
    await duty.watched.measure(1.91)
    await tab.wait_for_selector('[data-part=alarms] [data-key^="alarm-"]')
    assert "Baru: alarm Duga air: siaga" in await tab.inner_text("#room-said")
    assert "1,91" in await gauge.inner_text()
    assert await tab.evaluate("document.activeElement.closest('tr')?.dataset.thing"), "nobody is thrown out of a table"
    assert await faults(tab, DESK_WIDTH) == []
    assert wrong == []
    duty.stand.gateway.desks.close()
    await tab.wait_for_selector("#room[data-state=lost]", timeout=20_000)
    assert "Tidak langsung sejak" in await tab.inner_text("#room")
    await context.close()


async def test_warnings_are_announced_and_nothing_is_written_over_what_came_with_it(
    chromium: Chromium, duty: Duty
) -> None:
    warnings = Warnings(duty.watched.sensing.served)
    headers, _ = await duty.login(BPBD)
    name, _, value = headers["cookie"].partition("=")
    context = await chromium.new_context(base_url=duty.stand.url, locale="id-ID")
    await context.add_cookies([{"name": name, "value": value, "url": duty.stand.url}])
    tab = await context.new_page()
    await tab.goto(PATH)
    await tab.wait_for_selector("#room[data-state=live]")
    await duty.watched.measure(1.91)
    one = await warnings.in_force(level=WASPADA)
    said = tab.locator("#room-said")
    await expect(said).to_contain_text("Baru: alarm Duga air: siaga", timeout=20_000)
    await expect(said).to_contain_text("Baru: peringatan banjir rob WASPADA", timeout=20_000)
    await expect(said).to_contain_text("Baru: alarm Duga air: siaga")
    asked = await warnings.act("Update", one)
    if asked.HasField("proposal"):  # not by night
        await expect(said).to_contain_text("Baru: usulan banjir rob AWAS", timeout=20_000)
        await warnings.act("Approve", asked, OTHER)
    await expect(said).to_contain_text("Berubah: peringatan banjir rob AWAS", timeout=20_000)
    await context.close()
