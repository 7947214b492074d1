"""A gateway in front of the pillar."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.branding.city_events.stage import Stage
from tests.fixtures.edge import edge_before


@pytest.fixture
async def visitor(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(stage.served) as client:
        client.headers["accept-language"] = "en"
        yield client
