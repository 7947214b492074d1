"""The living pillar at work in this process, with two ways from here to there."""

from collections.abc import AsyncIterator

import pytest

from services.living.pillar import PILLAR
from tests.fixtures.pillars import Served, own_database, standing
from tests.living.alerts.passengers import NOW, Passengers
from tests.living.held import Held


@pytest.fixture(scope="session")
async def stand_of_passengers(postgres: str) -> AsyncIterator[Held]:
    """The pillar's server."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield Held(stand)


async def _feed(served: Served) -> None:
    await Passengers(served).enter()


@pytest.fixture
async def passengers(stand_of_passengers: Held) -> AsyncIterator[Passengers]:
    """The pillar with the feed in it."""
    async with stand_of_passengers.fresh(NOW, _feed) as served:
        yield Passengers(served)
