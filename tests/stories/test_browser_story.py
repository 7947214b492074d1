"""The same story as people see it: a phone, an officer's desk, and a browser that may have JavaScript off."""

import shutil
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, ViewportSize, async_playwright

from tests.fixtures.house import House
from tests.stories.test_cleanup_story import photo

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(240),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on PATH: install it with `apt-get install chromium`"),
]


@pytest.fixture(scope="module")
async def chromium() -> AsyncIterator[Browser]:
    """One browser for the story."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


@pytest.fixture
def picture(house: House) -> Path:
    """A photo on the crew's phone."""
    path = house.home / "evidence.jpg"
    path.write_bytes(photo())
    return path


async def person(chromium: Browser, house: House, *, phone: bool = True, javascript: bool = True) -> Page:
    """Somebody with a browser of their own."""
    context = await chromium.new_context(
        base_url=house.url, viewport=PHONE if phone else DESK, locale="id-ID", java_script_enabled=javascript
    )
    return await context.new_page()


async def log_in(page: Page, house: House, user: str) -> None:
    """Logs in at the identity provider as people do."""
    await page.goto("/auth/login?next=/petugas")
    await page.fill("input[name=login]", user)
    await page.press("input[name=login]", "Enter")
    await page.wait_for_selector("input[name=password]")
    await page.fill("input[name=password]", house.secrets.text("demo-password", 9))
    await page.press("input[name=password]", "Enter")
    await page.wait_for_url("**/petugas**")


async def see(page: Page, path: str, selector: str, seconds: float = 20) -> None:
    """Opens a page again and again until it shows something, as somebody who waits does."""
    deadline = time.monotonic() + seconds
    while True:
        await page.goto(path)
        if await page.query_selector(selector):
            return
        assert time.monotonic() < deadline, f"{path} never showed {selector}"


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
async def test_a_citizen_reports_a_verifier_verifies_a_crew_cleans_up_and_the_citizen_rates(
    chromium: Browser, house: House, picture: Path, javascript: bool
) -> None:
    citizen = await person(chromium, house, javascript=javascript)
    await citizen.goto("/")
    await citizen.click("#report")
    await citizen.fill("#text", f"Sampah menumpuk di depan pasar dan tidak diangkut, pengamatan {time.time_ns()}")
    await citizen.click("#next")
    await citizen.fill("#landmark", "depan Lawang Sewu")
    await citizen.click("#next")
    await citizen.click("#send")
    code = await citizen.inner_text("#code")
    await citizen.click("text=Ikuti laporan ini")

    verifier = await person(chromium, house, phone=False, javascript=javascript)
    await log_in(verifier, house, "verifikator")
    await verifier.goto(f"/petugas/{code}")
    await verifier.click("#move-verify summary")
    await verifier.click("#verify-form button[type=submit]")
    await see(verifier, f"/petugas/{code}", "#cleanup")

    crew = await person(chromium, house, javascript=javascript)
    await log_in(crew, house, "petugas-dlh")
    await see(crew, f"/petugas/{code}", "#cleanup[data-state=open]")
    await crew.fill("#dispatch input[name=crew]", "Semarang Tengah 1")
    await crew.click("#dispatch button[type=submit]")
    await see(crew, f"/petugas/{code}", "#complete")
    await crew.fill("#complete textarea[name=note]", "Sampah sudah diangkut, lokasi disapu bersih.")
    await crew.set_input_files("#complete-photos", str(picture))
    await crew.click("#complete button[type=submit]")

    await see(citizen, f"/lapor/{code}", "#state[data-state=resolved]")
    assert "disapu bersih" in await citizen.inner_text("#timeline")
    assert await citizen.query_selector("#timeline img, #photos img, main img")
    await citizen.check("#rate-form input[name=rating][value='5']")
    await citizen.click("#rate-form button[type=submit]")
    assert await citizen.get_attribute("#state", "data-state") == "closed"
    for page in (citizen, verifier, crew):
        await page.context.close()
