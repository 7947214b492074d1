"""The living pillar with passengers, as the tests of rides have it."""

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.pillars import Standing
from tests.living.facilities.conftest import stand_of_living
from tests.living.rides.riding import NOW, Riding

__all__ = ["riding", "stand_of_living"]


@pytest.fixture
async def riding(stand_of_living: Standing) -> AsyncIterator[Riding]:
    """The pillar with nobody who has ridden."""
    async with stand_of_living.fresh(NOW) as served:
        yield Riding(served)
