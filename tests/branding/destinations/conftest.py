"""The branding pillar at work in this process, with the city's destinations, and a gateway in front of it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.branding.pillar import PILLAR
from tests.branding.destinations.tour import NOW, Tour
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing, own_database, standing


@pytest.fixture(scope="module")
async def stand_of_tours(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, for the tests of a module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def tour(stand_of_tours: Standing) -> AsyncIterator[Tour]:
    """The pillar with the city's destinations in it."""
    async with stand_of_tours.fresh(NOW) as served:
        yield await Tour(served).enter()


@pytest.fixture
async def visitor(tour: Tour) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(tour.served) as client:
        client.headers["accept-language"] = "en"
        yield client
