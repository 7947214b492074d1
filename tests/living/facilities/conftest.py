"""The living pillar at work in this process, with the city's facilities, and a gateway in front of it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.living.pillar import PILLAR
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing, own_database, standing
from tests.living.facilities.town import NOW, Town


@pytest.fixture(scope="module")
async def stand_of_living(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, for the tests of a module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def town(stand_of_living: Standing) -> AsyncIterator[Town]:
    """The pillar with the city's facilities in it."""
    async with stand_of_living.fresh(NOW) as served:
        yield await Town(served).enter()


@pytest.fixture
async def visitor(town: Town) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(town.served) as client:
        client.headers["accept-language"] = "en"
        yield client
