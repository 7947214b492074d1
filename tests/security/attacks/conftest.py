"""What the attacks go against: a gateway with pillars behind it, and people at it."""

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
