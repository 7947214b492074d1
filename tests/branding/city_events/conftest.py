"""The branding pillar at work in this process, and a gateway in front of it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.branding.pillar import PILLAR
from tests.branding.city_events.stage import NOW, Stage
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing, own_database, standing


@pytest.fixture(scope="module")
async def stand_of_branding(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, for the tests of a module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def stage(stand_of_branding: Standing) -> AsyncIterator[Stage]:
    """The pillar with no event in it."""
    async with stand_of_branding.fresh(NOW) as served:
        yield Stage(served)


@pytest.fixture
async def visitor(stage: Stage) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(stage.served) as client:
        client.headers["accept-language"] = "en"
        yield client
