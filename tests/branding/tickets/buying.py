"""Buying tickets at the portal."""

import re
from collections.abc import AsyncIterator

import pytest

from tests.branding.tickets.ticketing import Ticketing
from tests.fixtures.edge import edge_before
from tests.gateway.portal.pages import Browser, Page


@pytest.fixture
async def browser(office: Ticketing) -> AsyncIterator[Browser]:
    """Somebody without a login at the gateway, reading English."""
    office.today()
    async with edge_before(office.served) as client:
        yield Browser(client, {"accept-language": "en"})


async def bought(browser: Browser, office: Ticketing, **fields: object) -> tuple[Page, str]:
    """The page of an order of two tickets, and its address."""
    sale, type_ = await office.on_sale(**fields)
    page = await browser.open(f"/wisata/tiket/beli/{sale}")
    done = await browser.send(page.forms["order-form"], **{f"n-{type_}": "2", "holder": "Siti Rahma"})
    return done, done.answer.url.path


def ticket_in(page: Page) -> str:
    """The way to the first ticket of a page, with its key."""
    found = re.search(r'href="(/wisata/tiket/SMGE[^"]+)"', page.source)
    assert found is not None
    return found[1]
