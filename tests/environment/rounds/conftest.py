"""The pillar before the trucks start."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.environment.rounds.collecting import Collecting
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY

DAWN = MONDAY.replace(hour=20, minute=0) - timedelta(days=1)
"""Three in the morning of that Monday, in the city."""


@pytest.fixture
async def collecting(environment_stand: Standing) -> AsyncIterator[Collecting]:
    """The pillar, serving, before the trucks start."""
    async with environment_stand.fresh(DAWN) as served:
        yield Collecting(served)
