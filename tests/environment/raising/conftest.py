"""The pillar, as those who warn use it."""

from collections.abc import AsyncIterator

import pytest

from tests.environment.warnings.warning import Warnings
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY


@pytest.fixture
async def warnings(environment_stand: Standing) -> AsyncIterator[Warnings]:
    """By day, when one officer alone may do nothing."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Warnings(served)
