"""What the attacks go against: a gateway with pillars behind it, and people at it."""

import pytest

from gateway.calls import pillars
from tests.gateway.conftest import (
    assertion_key,
    client,
    economy_target,
    edge_database,
    environment_target,
    governance_target,
    living_target,
    serve_governance,
    stand,
)
from tests.gateway.portal.conftest import citizen, till
from tests.security.rest.conftest import api, seeds

__all__ = [
    "api",
    "assertion_key",
    "citizen",
    "client",
    "economy_target",
    "edge_database",
    "environment_target",
    "governance_target",
    "living_target",
    "seeds",
    "serve_governance",
    "stand",
    "till",
]


@pytest.fixture
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pillar that is not here is asked once, for those who ask hundreds of times: its page says so at once."""
    monkeypatch.setattr(pillars, "AWAY", ())
