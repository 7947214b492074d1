"""The living pillar with passengers, as the tests of rides have it."""

from tests.living.rides.conftest import riding, stand_of_living

__all__ = ["riding", "stand_of_living"]
