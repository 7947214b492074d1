"""The branding pillar at work in this process, with tickets on sale."""

from collections.abc import AsyncIterator

import pytest

from services.branding.pillar import PILLAR
from tests.branding.tickets.ticketing import NOW, Ticketing
from tests.fixtures.pillars import Standing, own_database, standing


@pytest.fixture(scope="module")
async def stand_of_branding(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, for the tests of a module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def office(stand_of_branding: Standing) -> AsyncIterator[Ticketing]:
    """The pillar before anything is sold."""
    async with stand_of_branding.fresh(NOW) as served:
        yield Ticketing(served)
