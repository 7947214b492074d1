"""The pages in a real browser: accessible, narrow enough for a phone, without a script."""

import uuid

from playwright.async_api import Browser

from observability import telemetry
from observability.semconv import CASE_CODE, CORRELATION_ID
from observability.telemetry import SpanKind, span
from tests.fixtures.axe import DESK_WIDTH, faults
from tests.fixtures.browser import IN_A_BROWSER, chromium
from tests.observability.running import Viewer

__all__ = ["chromium"]

pytestmark = IN_A_BROWSER


async def test_pages_have_no_axe_violations_and_fit_the_screen(traced: Viewer, chromium: Browser) -> None:
    code = f"SMG-{uuid.uuid4().hex[:4].upper()}-92"
    keys = {CASE_CODE: code, CORRELATION_ID: str(uuid.uuid4())}
    with span("POST /v1/complaints", SpanKind.SERVER, keys, root=True) as request:
        with span("smartcity.governance.v1.ComplaintService/CreateComplaint", SpanKind.CLIENT) as call:
            call.fail("UNAVAILABLE")
        with span("send smartcity.governance.v1.ComplaintFiled", SpanKind.PRODUCER, keys):
            pass
    telemetry.flush()
    # axe is put into the page as a script, which the pages' own policy forbids.
    context = await chromium.new_context(viewport={"width": 360, "height": 800}, bypass_csp=True)
    page = await context.new_page()
    for path in ("/", f"/traces/{request.trace_id}", f"/stories/{code}", "/series", "/stories/unknown"):
        await page.goto(traced.url + path)
        assert await faults(page, DESK_WIDTH) == [], path
    await context.close()
