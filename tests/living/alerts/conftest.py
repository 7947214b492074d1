"""The living pillar at work in this process, with two ways from here to there."""

from collections.abc import AsyncIterator

import pytest

from services.living.pillar import PILLAR
from tests.fixtures.pillars import Standing, own_database, standing
from tests.living.alerts.passengers import NOW, Passengers


@pytest.fixture(scope="session")
async def stand_of_passengers(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def passengers(stand_of_passengers: Standing) -> AsyncIterator[Passengers]:
    """The pillar with the feed in it."""
    async with stand_of_passengers.fresh(NOW) as served:
        yield await Passengers(served).enter()
