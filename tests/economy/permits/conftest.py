"""The economy pillar at work in this process, where people apply for permits."""

from collections.abc import AsyncIterator

import pytest

from tests.economy.conftest import NOW
from tests.economy.permits.applying import Applying
from tests.fixtures.pillars import Standing


@pytest.fixture
async def applying(economy_stand: Standing) -> AsyncIterator[Applying]:
    """The pillar with empty tables."""
    async with economy_stand.fresh(NOW) as served:
        yield Applying(served)
