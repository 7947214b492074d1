"""Pages of warnings, where the city can mail them and where it cannot."""

import asyncio
from datetime import UTC, datetime

import httpx

from tests.environment.subscriptions.subscribing import Subscribers
from tests.fixtures.edge import edge_before

FORM = "/lingkungan/peringatan/langganan"


async def _known(client: httpx.AsyncClient) -> None:
    """The gateway has read the feed, and with it whether mails go."""
    async with asyncio.timeout(10):
        while (await client.get("/v1/warnings.cap")).status_code != 200:
            await asyncio.sleep(0.05)


async def test_pages_offer_mails_only_where_the_city_can_send_them(subscribers: Subscribers) -> None:
    served = subscribers.served
    served.now = datetime.now(UTC)
    raised = await subscribers.warnings.in_force()
    mails = served.runtime.settings
    for settings, offered in ((mails, True), (mails.model_copy(update={"smtp_url": ""}), False)):
        served.runtime.settings = settings
        async with edge_before(served) as client:
            await _known(client)
            for path in ("/lingkungan/peringatan", f"/lingkungan/peringatan/{raised.id}"):
                page = await client.get(path)
                assert (page.status_code, FORM in page.text) == (200, offered), path
            form = (await client.get(FORM)).text
            assert ('id="closed"' in form, 'name="email"' in form) == (not offered, offered)
