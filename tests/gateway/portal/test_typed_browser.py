"""What was typed into a form outlives the switch of the language and the way back; what was taken does not."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER

APPLY, WORDS = "/usaha/daftar", "Lumpia Bu Siti"


async def _typed(tab: Tab) -> None:
    await tab.goto(APPLY)
    await tab.fill("#name", WORDS)
    await tab.fill("#number", "1234567890")


async def _kept(tab: Tab) -> tuple[str, str]:
    return await tab.input_value("#name"), await tab.input_value("#number")


async def test_the_switch_of_the_language_keeps_what_was_typed(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _typed(tab)
    await tab.click(".lang a")
    await tab.wait_for_selector("html[lang=en]")
    assert await _kept(tab) == (WORDS, "1234567890")
    assert await tab.evaluate("Object.keys(sessionStorage)") == []
    await tab.context.close()


async def test_back_finds_what_was_typed_where_no_cache_keeps_it_but_no_account(
    chromium: Chromium, stand: Stand
) -> None:  # fmt: skip
    tab = await _tab(chromium, stand, "warga")
    await _typed(tab)
    await tab.goto("/bayar")
    await tab.go_back()
    assert await _kept(tab) == (WORDS, "")
    await tab.goto(APPLY)
    assert await _kept(tab) == ("", ""), "who begins anew finds an empty form"
    await tab.context.close()


async def test_back_finds_what_was_refused_and_nothing_of_what_was_taken(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _typed(tab)
    await tab.evaluate("document.getElementById('apply-form').noValidate = true")
    await tab.click("#apply-form button")
    await tab.wait_for_selector("#problem")
    await tab.go_back()
    assert (await _kept(tab))[0] == WORDS
    for choice in ("sector", "mcc", "size", "area"):
        await tab.select_option(f"#{choice}", index=1)
    await tab.fill("#bank", "014")
    await tab.fill("#number", "1234567890")
    await tab.click("#apply-form button")
    await tab.wait_for_url(lambda to: not to.endswith(APPLY))
    await tab.go_back()
    assert await _kept(tab) == ("", "")
    await tab.context.close()
