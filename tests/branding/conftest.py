"""The branding pillar at work in this process: one for all its tests, empty before each."""

from collections.abc import AsyncIterator

import pytest

from services.branding.pillar import PILLAR
from tests.branding.city_events.stage import NOW, Stage
from tests.branding.destinations import tour as touring
from tests.branding.destinations.tour import Tour
from tests.branding.tickets import ticketing
from tests.branding.tickets.ticketing import Ticketing
from tests.fixtures.pillars import Standing, own_database, standing


@pytest.fixture(scope="session")
async def stand_of_branding(postgres: str) -> AsyncIterator[Standing]:
    """The pillar's server, for all tests of a worker: its database is what takes longest to make."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def stage(stand_of_branding: Standing) -> AsyncIterator[Stage]:
    """The pillar with no event in it."""
    async with stand_of_branding.fresh(NOW) as served:
        yield Stage(served)


@pytest.fixture
async def tour(stand_of_branding: Standing) -> AsyncIterator[Tour]:
    """The pillar with the city's destinations in it."""
    async with stand_of_branding.fresh(touring.NOW) as served:
        yield await Tour(served).enter()


@pytest.fixture
async def office(stand_of_branding: Standing) -> AsyncIterator[Ticketing]:
    """The pillar before anything is sold."""
    async with stand_of_branding.fresh(ticketing.NOW) as served:
        yield Ticketing(served)
