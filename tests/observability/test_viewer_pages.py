"""The pages in a real browser: accessible, narrow enough for a phone, without a script."""

import uuid

import pytest
from axe_playwright_python.async_playwright import Axe  # type: ignore[import-untyped] # has no stubs
from playwright.async_api import Browser

from observability import telemetry
from observability.semconv import CASE_CODE, CORRELATION_ID
from observability.telemetry import SpanKind, span
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.observability.running import Viewer

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


@pytest.mark.parametrize("width", [360, 1280])
async def test_pages_have_no_axe_violations_and_fit_the_screen(traced: Viewer, chromium: Browser, width: int) -> None:
    code = f"SMG-{uuid.uuid4().hex[:4].upper()}-92"
    keys = {CASE_CODE: code, CORRELATION_ID: str(uuid.uuid4())}
    with span("POST /v1/complaints", SpanKind.SERVER, keys, root=True) as request:
        with span("smartcity.governance.v1.ComplaintService/CreateComplaint", SpanKind.CLIENT) as call:
            call.fail("UNAVAILABLE")
        with span("send smartcity.governance.v1.ComplaintFiled", SpanKind.PRODUCER, keys):
            pass
    telemetry.flush()
    # axe is put into the page as a script, which the pages' own policy forbids.
    context = await chromium.new_context(viewport={"width": width, "height": 800}, bypass_csp=True)
    page = await context.new_page()
    for path in ("/", f"/traces/{request.trace_id}", f"/stories/{code}", "/series", "/stories/unknown"):
        await page.goto(traced.url + path)
        for summary in await page.locator("summary").all():
            await summary.click()
        found = await Axe().run(page)
        assert found.response["violations"] == [], path
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path
    await context.close()
