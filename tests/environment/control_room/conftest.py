"""The control room of a city with one gauge and its rule."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.environment.control_room.watching import Duty
from tests.environment.sensing import Sensing
from tests.environment.watching.watched import Watched
from tests.fixtures.edge import stand_before
from tests.fixtures.pillars import Standing


@pytest.fixture
async def duty(environment_stand: Standing) -> AsyncIterator[Duty]:
    """Officers before a gateway of their own; pages look at the clock, so time is now."""
    async with environment_stand.fresh(datetime.now(UTC)) as served:
        watched = await Watched.made(Sensing(served))
        await watched.rule()
        await watched.measure(1.2)
        async with stand_before(served) as stand:
            yield Duty(stand, watched)
