"""The branding pillar at work in this process, with the city's destinations."""

from tests.branding.destinations.conftest import stand_of_tours, tour

__all__ = ["stand_of_tours", "tour"]
