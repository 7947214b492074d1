"""What was typed into a form outlives the switch of the language and the way back; what was taken does not."""

from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER

APPLY, WORDS = "/usaha/daftar", "Lumpia Bu Siti"
KEPT = "Object.keys(sessionStorage).length"


async def _typed(tab: Tab) -> None:
    await tab.goto(APPLY)
    await tab.fill("#name", WORDS)
    await tab.fill("#number", "1234567890")
    await tab.fill("#number_again", "1234567890")


async def _refused(tab: Tab) -> None:
    await _typed(tab)
    await tab.evaluate("document.getElementById('apply-form').noValidate = true")
    await tab.click("#apply-form button")
    await tab.wait_for_selector("#problem")


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


async def test_the_switch_of_the_language_keeps_what_was_refused(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _refused(tab)
    await tab.click(".lang a")
    await tab.wait_for_selector("html[lang=en]:not([data-answers])")
    assert await _kept(tab) == (WORDS, "1234567890")
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


async def test_an_idle_tab_forgets_what_was_typed_after_a_quarter_of_an_hour(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await tab.clock.install()
    await _typed(tab)
    await tab.goto("/bayar")
    assert await tab.evaluate(KEPT) == 1
    await tab.clock.run_for(17 * 60_000)
    assert await tab.evaluate(KEPT) == 0
    await tab.context.close()


async def test_another_login_in_the_same_tab_finds_nothing(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _typed(tab)
    await tab.goto("/bayar")
    assert await tab.evaluate(KEPT) == 1
    await tab.context.set_extra_http_headers(await stand.bearer("pedagang"))
    await tab.goto("/bayar")
    assert await tab.evaluate(KEPT) == 0
    await tab.context.close()


async def test_pages_of_officers_and_keys_of_reports_are_never_kept(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "admin")
    await tab.goto("/petugas/acara/baru")
    await tab.locator("main form[method=post] input[type=text]").first.fill(WORDS)
    await tab.click(".lang a")
    await tab.wait_for_selector("html[lang=en]")
    assert await tab.locator("main form[method=post] input[type=text]").first.input_value() == ""
    await tab.goto(APPLY)
    await tab.evaluate("document.getElementById('name').name = 'key'")
    await tab.fill("#name", WORDS)
    await tab.goto("/bayar")
    assert await tab.evaluate(KEPT) == 0
    await tab.context.close()


async def test_reloading_what_was_refused_keeps_what_was_typed_however_often(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _refused(tab)
    for _ in range(2):
        await tab.reload()
        assert await tab.locator("#problem").count() == 0
        assert (await _kept(tab))[0] == WORDS
    await tab.goto(APPLY)
    assert await _kept(tab) == ("", ""), "who begins anew finds an empty form"
    await tab.context.close()


async def test_back_finds_what_was_refused_and_nothing_of_what_was_taken(chromium: Chromium, stand: Stand) -> None:
    tab = await _tab(chromium, stand, "warga")
    await _refused(tab)
    await tab.go_back()
    assert (await _kept(tab))[0] == WORDS
    for choice in ("sector", "mcc", "size", "area"):
        await tab.select_option(f"#{choice}", index=1)
    await tab.fill("#bank", "014")
    await tab.fill("#number", "1234567890")
    await tab.fill("#number_again", "1234567890")
    await tab.click("#apply-form button")
    await tab.wait_for_url(lambda to: not to.endswith(APPLY))
    await tab.go_back()
    assert await _kept(tab) == ("", "")
    await tab.context.close()
