"""The living pillar, and its desk of timetables."""

import pytest

from tests.living.feed_imports.bringing import Desk
from tests.living.feeds.conftest import depot, depot_stand
from tests.living.feeds.depot import Depot

__all__ = ["depot", "depot_stand"]


@pytest.fixture
def desk(depot: Depot) -> Desk:
    """The desk; no feed holds."""
    return Desk(depot.served)
