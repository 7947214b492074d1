"""Fixtures of the tests of growth: the pillars of the other tests, with all that they say to the database recorded."""

from collections.abc import Iterator

import pytest

from tests.economy.conftest import Economy, economy, economy_database
from tests.economy.providers.conftest import town
from tests.environment.conftest import Environment, environment, environment_database
from tests.governance.calls import records
from tests.governance.conftest import Governance, governance, governance_database
from tests.governance.notifications.test_notifications import catcher
from tests.growth.recording import Recorder, recording
from tests.kit.conftest import world

__all__ = [
    "catcher",
    "economy",
    "economy_database",
    "environment",
    "environment_database",
    "governance",
    "governance_database",
    "records",
    "town",
    "world",
]


@pytest.fixture(autouse=True)
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Records before any pillar opens its pool."""
    with recording(monkeypatch, Governance, Economy, Environment) as made:
        yield made
