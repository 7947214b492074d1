"""Figures of agencies and a story as people see them on a phone, and the figures counted again by the operator."""

import json
from datetime import datetime

import httpx
import pytest
from playwright.async_api import Browser

from services.kit.city import load_city
from tests.fixtures.axe import faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.house import House, new_key, until
from tests.stories.test_browser_story import person

__all__ = ["chromium"]

pytestmark = pytest.mark.timeout(240)
MONTH = f"{datetime.now(load_city('semarang').timezone):%Y-%m}"


def test_counting_the_months_again_from_their_events_changes_no_figure(house: House) -> None:
    before = httpx.get(f"{house.url}/v1/performance", params={"month": MONTH}).json()["agencies"]
    done = house.smartcity("performance", "recompute", "--from", MONTH, "--to", MONTH, "-o", "json")
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(done.stdout)
    assert (told["missing"], told["changed"]) == (0, 0)
    assert httpx.get(f"{house.url}/v1/performance", params={"month": MONTH}).json()["agencies"] == before
    said = house.smartcity("performance", "recompute", "--from", MONTH, "--to", MONTH)
    assert said.stdout.endswith("0 figures changed\n")
    refused = house.smartcity("performance", "recompute", "--from", "2026-13", "--to", MONTH)
    assert (refused.returncode, "is no month" in refused.stderr) == (1, True)


@IN_A_BROWSER[0]
@IN_A_BROWSER[1]
async def test_a_phone_shows_the_league_the_cases_behind_it_and_the_story_of_a_report(
    house: House, chromium: Browser
) -> None:
    page = await person(chromium, house)
    await page.goto("/kinerja")
    assert await faults(page) == []
    await page.locator("main table a[href^='/kinerja/']").first.click()
    await page.wait_for_url("**/kinerja/*")
    assert await faults(page) == []

    words = {"text": "Lampu jalan mati di depan balai warga sejak kemarin", "category": "pju-mati"}
    async with httpx.AsyncClient(base_url=house.url) as citizen:
        head = {"Idempotency-Key": new_key()}
        body = {**words, "location": {"area_code": "33.74.01.1007"}}
        filed = (await citizen.post("/v1/complaints", json=body, headers=head)).json()

        async def told() -> bool:
            return (await citizen.get(f"/v1/stories/{filed['correlation_id']}")).status_code == 200

        await until(told, 20, "the story is there")
    await page.goto(f"/lapor/{filed['code']}")
    await page.click(f"a[href='/cerita/{filed['correlation_id']}']")
    await page.wait_for_selector("#events li[data-type$='ComplaintFiled']")
    assert await faults(page) == []
    await page.context.close()
