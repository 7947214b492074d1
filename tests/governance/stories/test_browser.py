"""A story's page goes on while the story does, also after it was refused for a while."""

import asyncio

from playwright.async_api import Browser, Route, expect

from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.fixtures.edge import stand_before
from tests.governance.cases import file
from tests.governance.conftest import Governance

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


async def test_a_page_that_was_refused_follows_the_story_again(chromium: Browser, governance: Governance) -> None:
    case = await file(governance)
    refused = 0

    async def full(route: Route) -> None:
        nonlocal refused
        refused += 1
        await route.fulfill(status=503, body="full")

    async with stand_before(governance.served) as stand:
        page = await (await chromium.new_context(base_url=stand.url, locale="en")).new_page()
        await page.clock.install()
        await page.route("**/events", full)
        await page.goto(f"/cerita/{case.last.correlation_id}")
        steps = await page.locator("#events > li").count()
        async with asyncio.timeout(15):
            while refused < 2:  # it asks again some time after it was told of the refusal, which takes its time
                await page.clock.run_for(1000)
        await page.unroute("**/events")
        async with page.expect_response("**/events"):
            await page.clock.run_for(5000)
        await case.transition("verify")
        await page.clock.resume()
        await expect(page.locator("#events > li")).not_to_have_count(steps, timeout=15_000)
        await page.context.close()


async def test_a_step_that_comes_leaves_those_before_where_they_are(chromium: Browser, governance: Governance) -> None:
    case = await file(governance)
    async with stand_before(governance.served) as stand:
        page = await (await chromium.new_context(base_url=stand.url, locale="en")).new_page()
        await page.goto(f"/cerita/{case.last.correlation_id}")
        mark = "[...document.querySelectorAll('#events > li')].map((one) => { one.stood = true; }).length"
        steps = await page.evaluate(mark)
        await case.transition("verify")
        await expect(page.locator("#events > li")).not_to_have_count(steps, timeout=15_000)
        kept = "[...document.querySelectorAll('#events > li')].filter((one) => one.stood).length"
        assert await page.evaluate(kept) == steps
        await page.context.close()
