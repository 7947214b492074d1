"""A hand-off in headless Chromium: withdrawn by keyboard alone, told live to another desk; accessible."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import expect

from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.dispatching import new_incident
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


async def test_a_hand_off_is_withdrawn_by_keyboard_alone_and_another_desk_sees_it(
    chromium: Chromium, stand: Stand
) -> None:
    mine, other = await _tab(chromium, stand, "operator112"), await _tab(chromium, stand, "operator112-pengganti")
    one = await new_incident(stand)
    await mine.goto(f"/petugas/112/insiden/{one['id']}")
    await mine.locator("summary", has_text="Serahkan").first.focus()
    await mine.keyboard.press("Enter")
    await mine.focus("#party")
    await mine.keyboard.type("PLN")
    for _ in ("note", "button"):
        await mine.keyboard.press("Tab")
    await mine.keyboard.press("Enter")
    await expect(mine.locator("#done")).to_contain_text("Kejadian diserahkan.")
    await other.goto("/petugas/112")
    row = other.locator(f'tr[data-key="incident-{one["id"]}"]')
    await expect(row).to_contain_text("belum dijawab")
    await expect(other.locator("#room-state")).to_have_class("badge good", timeout=20_000)
    await mine.focus("#offs summary")
    await mine.keyboard.press("Enter")
    await mine.keyboard.press("Tab")
    await mine.keyboard.type("Salah pihak: pipa air.")
    assert await faults(mine) == []
    await mine.keyboard.press("Tab")
    await mine.keyboard.press("Enter")
    await expect(mine.locator("#done")).to_contain_text("Penyerahan ditarik kembali.")
    assert await mine.evaluate("document.activeElement.id") == "done"
    await expect(mine.locator("#offs .badge.still")).to_have_text("ditarik kembali")
    log = other.locator("#room-log li").first
    await expect(log).to_contain_text("Penyerahan ditarik kembali", timeout=20_000)
    await expect(log).to_contain_text("Salah pihak: pipa air.")
    await expect(row).not_to_contain_text("belum dijawab", timeout=20_000)
    for tab in (mine, other):
        await tab.context.close()


async def test_a_hand_off_is_withdrawn_without_scripts(chromium: Chromium, stand: Stand) -> None:
    desk = await _tab(chromium, stand, "operator112", java_script_enabled=False)
    one = await new_incident(stand)
    await desk.goto(f"/petugas/112/insiden/{one['id']}")
    await desk.locator("summary", has_text="Serahkan").first.click()
    await desk.select_option("#party", "police")
    await desk.click("#serah-form button")
    await desk.click("#offs summary")
    await desk.fill("#offs textarea", "Tidak diperlukan lagi.")
    await desk.click("#offs details button")
    await expect(desk.locator("#offs")).to_contain_text("ditarik kembali")
    await desk.context.close()
