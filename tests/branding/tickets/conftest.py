"""The branding pillar at work in this process, with tickets on sale."""

from collections.abc import AsyncIterator

import pytest

from tests.branding.city_events.conftest import stand_of_branding
from tests.branding.tickets.ticketing import NOW, Ticketing
from tests.fixtures.pillars import Standing

__all__ = ["stand_of_branding"]


@pytest.fixture
async def office(stand_of_branding: Standing) -> AsyncIterator[Ticketing]:
    """The pillar before anything is sold."""
    async with stand_of_branding.fresh(NOW) as served:
        yield Ticketing(served)
