"""Fixtures of the tests of stories."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.fixtures.edge import edge_before
from tests.governance.conftest import Governance


@pytest.fixture
async def visitor(governance: Governance) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(governance.served) as client:
        client.headers["accept-language"] = "en"
        yield client
