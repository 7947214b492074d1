"""A gateway in front of the pillar."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.branding.destinations.tour import Tour
from tests.fixtures.edge import edge_before


@pytest.fixture
async def visitor(tour: Tour) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(tour.served) as client:
        client.headers["accept-language"] = "en"
        yield client
