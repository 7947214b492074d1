"""The living pillar with two ways from here to there, as the tests of alerts have it."""

from tests.living.alerts.conftest import passengers, stand_of_passengers

__all__ = ["passengers", "stand_of_passengers"]
