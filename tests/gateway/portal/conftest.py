"""People at the portal: citizens without a login, a verifier, a waste officer."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand


@pytest.fixture
async def citizen(stand: Stand) -> AsyncIterator[Browser]:
    """Somebody without a login, reading English."""
    async with stand.client() as client:
        yield Browser(client)


@pytest.fixture
async def verifier(stand: Stand) -> AsyncIterator[Browser]:
    """A verifier."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("verifikator"))


@pytest.fixture
async def officer(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the waste agency."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dlh"))
