"""The society pillar at work in this process."""

from collections.abc import AsyncIterator

import pytest

from services.society.pillar import PILLAR
from tests.fixtures.pillars import Standing, own_database, standing
from tests.society.residents.people import NOW, People


@pytest.fixture(scope="session")
async def stand_of_society(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's process, for all tests of a worker."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def people(stand_of_society: Standing) -> AsyncIterator[People]:
    """The pillar, where nobody has declared anything."""
    async with stand_of_society.fresh(NOW) as served:
        yield People(served)
