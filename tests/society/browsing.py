"""Somebody at the portal in a browser: on a phone or at a desk, with or without a login, with or without scripts."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from playwright.async_api import Browser as Chromium
from playwright.async_api import BrowserContext
from playwright.async_api import Page as Tab

from services.kit.caller import Caller
from tests.fixtures.axe import faults
from tests.gateway.running import Stand

PHONE, DESK = {"width": 360, "height": 780}, {"width": 1280, "height": 900}


@asynccontextmanager
async def a_tab(
    chromium: Chromium, stand: Stand, caller: Caller | None = None, *, scripts: bool = True,
    viewport: dict[str, int] = PHONE, language: str = "id",
) -> AsyncIterator[Tab]:  # fmt: skip
    """A tab of a browser of its own; without a caller nobody has logged in."""
    context = await chromium.new_context(
        base_url=stand.url, java_script_enabled=scripts, viewport=viewport, locale=language  # type: ignore[arg-type]
    )  # fmt: skip
    if caller is not None:
        await _log_in(context, stand, caller)
    try:
        yield await context.new_page()
    finally:
        await context.close()


async def look(
    chromium: Chromium, stand: Stand, caller: Caller | None, paths: Sequence[str],
    viewports: Sequence[dict[str, int]] = (PHONE, DESK), language: str = "id",
) -> None:  # fmt: skip
    """Axe finds nothing on these pages, and none is wider than its screen."""
    first, *others = viewports
    async with a_tab(chromium, stand, caller, viewport=first, language=language) as tab:
        for path in paths:
            answer = await tab.goto(path)
            assert answer is not None
            assert answer.status == 200, path
            found = await faults(tab, *(each["width"] for each in others))
            assert found == [], f"{path}: {found}"


async def _log_in(context: BrowserContext, stand: Stand, caller: Caller) -> None:
    token, _ = await stand.gateway.sessions.create(caller, "Siti", "")
    cookie = {"name": stand.settings.cookie("session"), "value": token, "url": stand.url}
    await context.add_cookies([cookie])  # type: ignore[list-item]
