"""The living pillar with a feed in it, and feeds that are written file by file."""

from collections.abc import AsyncIterator

import pytest

from services.living.pillar import PILLAR
from tests.fixtures.pillars import Standing, own_database, standing
from tests.living.feeds.depot import NOW, Depot


@pytest.fixture(scope="session")
async def depot_stand(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, in a database whose tables come and go with feeds."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def depot(depot_stand: Standing) -> AsyncIterator[Depot]:
    """The pillar without a feed; afterwards its tables are gone again."""
    async with depot_stand.fresh(NOW) as served:
        made = Depot(served)
        yield made
        await made.empty()
