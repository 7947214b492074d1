"""The living pillar at work in this process with Semarang's feed, and vehicles to be registered."""

import pytest

from tests.living.journeys.conftest import bare, semarang, stand_of_transit
from tests.living.journeys.transit import Transit
from tests.living.vehicles.fleet import Fleet

__all__ = ["bare", "semarang", "stand_of_transit"]


@pytest.fixture
async def fleet(semarang: Transit) -> Fleet:
    """The pillar with a timetable."""
    return Fleet(semarang.served)
