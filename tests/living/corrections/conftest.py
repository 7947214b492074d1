"""The living pillar with the city's facilities, as the tests of facilities have it."""

from tests.living.facilities.conftest import stand_of_living, town, visitor

__all__ = ["stand_of_living", "town", "visitor"]
