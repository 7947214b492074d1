"""What a page costs a cheap phone on a slow network: bytes before anybody taps, and the time until it is there."""

import statistics

import httpx
import pytest
from playwright.async_api import Browser as Chromium
from playwright.async_api import Page as Tab

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.gateway.conftest import file
from tests.gateway.photos.test_small import camera_photo, upload
from tests.gateway.portal.test_browser import _tab
from tests.gateway.running import Stand

PAGE_BYTES = 100_000
LCP_SECONDS = 2.0
SLOW_PHONE = 4
"""Times that the processor is slowed down."""
SLOW_4G = {"offline": False, "latency": 150, "downloadThroughput": 1_600_000 / 8, "uploadThroughput": 750_000 / 8}
"""Lighthouse's network of a slow phone: 150 ms a round trip, 1.6 Mbit/s down, 0.75 up."""
_LCP = """
new PerformanceObserver((list) => { for (const each of list.getEntries()) window.lcp = each.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
"""

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


@pytest.fixture
async def case(client: httpx.AsyncClient) -> str:
    """The address of a case with three photos, as its reporter has it."""
    filed = await file(client)
    for seed in range(3):
        await upload(client, filed, camera_photo(seed=seed))
    return f"/lapor/{filed['code']}?k={filed['link_key']}"


async def weight(tab: Tab, path: str) -> int:
    """Bytes over the wire until a page is there, everything in it scrolled to."""
    network = await tab.context.new_cdp_session(tab)
    await network.send("Network.enable")
    taken: list[int] = []
    network.on("Network.loadingFinished", lambda each: taken.append(int(each["encodedDataLength"])))
    await tab.goto(path)
    for image in await tab.locator("img[loading=lazy]").all():
        await image.scroll_into_view_if_needed()
        await image.evaluate("(image) => image.decode()")
    await tab.wait_for_load_state("networkidle")
    return sum(taken)


async def test_a_case_with_three_photos_is_light(chromium: Chromium, stand: Stand, case: str) -> None:
    tab = await _tab(chromium, stand)
    bytes_taken = await weight(tab, case)
    assert await tab.locator(".photos img").count() == 3
    sizes = await tab.locator(".photos img").evaluate_all("(all) => all.map((each) => each.naturalWidth)")
    assert sizes == [400, 400, 400]
    assert bytes_taken <= PAGE_BYTES
    await tab.context.close()


@pytest.mark.parametrize("path", ["/", "/lapor", "/lacak", "/bayar"])
async def test_a_page_is_light(chromium: Chromium, stand: Stand, path: str) -> None:
    tab = await _tab(chromium, stand)
    assert await weight(tab, path) <= PAGE_BYTES
    await tab.context.close()


async def largest_paint(chromium: Chromium, stand: Stand, path: str) -> float:
    """Seconds until the largest piece of a page is seen, by a phone that was never here."""
    tab = await _tab(chromium, stand)
    phone = await tab.context.new_cdp_session(tab)
    await phone.send("Network.enable")
    await phone.send("Network.emulateNetworkConditions", SLOW_4G)
    await phone.send("Emulation.setCPUThrottlingRate", {"rate": SLOW_PHONE})
    await tab.add_init_script(_LCP)
    await tab.goto(path, wait_until="load")
    await tab.wait_for_timeout(1000)
    await tab.wait_for_timeout(500)
    found = float(await tab.evaluate("window.lcp"))
    await tab.context.close()
    return found / 1000


@pytest.mark.bench
@pytest.mark.parametrize("page", ["home", "report", "case"])
async def test_a_slow_phone_sees_a_page_soon(
    chromium: Chromium, stand: Stand, case: str, page: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = {"home": "/", "report": "/lapor", "case": case}[page]
    seen = [await largest_paint(chromium, stand, path) for _ in range(5)]
    with capsys.disabled():
        print(f"\nlargest contentful paint of {page}: {', '.join(f'{each:.2f}' for each in seen)} s")
    assert statistics.median(seen) <= LCP_SECONDS
