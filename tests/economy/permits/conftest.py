"""The economy pillar at work in this process, where people apply for permits."""

from collections.abc import AsyncIterator

import pytest

from services.economy.pillar import PILLAR
from tests.economy.conftest import NOW
from tests.economy.permits.applying import Applying
from tests.fixtures.pillars import Standing, own_database, standing


@pytest.fixture(scope="module")
async def stand_of_permits(postgres: str) -> AsyncIterator[Standing]:
    """The pillar with its settings, for a module."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield stand


@pytest.fixture
async def applying(stand_of_permits: Standing) -> AsyncIterator[Applying]:
    """The same with empty tables."""
    async with stand_of_permits.fresh(NOW) as served:
        yield Applying(served)
