"""The society pillar at work in this process, and a gateway in front of it."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.society.pillar import PILLAR
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Standing, own_database, standing
from tests.society.ballots.voting import Voting
from tests.society.courses.teaching import Teaching
from tests.society.residents.people import NOW, People
from tests.society.taking_part import Society


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


@pytest.fixture
async def society(stand_of_society: Standing) -> AsyncIterator[Society]:
    """The pillar, where there is no process."""
    async with stand_of_society.fresh(NOW) as served:
        yield Society(served)


@pytest.fixture
async def visitor(society: Society) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(society.served) as client:
        client.headers["accept-language"] = "en"
        yield client


@pytest.fixture
async def voting(people: People) -> Voting:
    """The pillar, where no ballot is held."""
    return Voting(people.served)


@pytest.fixture
async def teaching(society: Society) -> Teaching:
    """The pillar, where there is no course."""
    return Teaching(society.served)
