"""The governance pillar at work in this process, as the control room of 112 sees it."""

import pytest

from tests.governance.conftest import Governance
from tests.governance.emergency.room import Room


@pytest.fixture
def room(governance: Governance) -> Room:
    """The pillar, serving, with empty tables."""
    return Room(governance.served)
