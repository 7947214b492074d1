"""Fixtures of the whole suite."""

from tests.fixtures.house import house
from tests.fixtures.servers import nats, postgres, servers_home

__all__ = ["house", "nats", "postgres", "servers_home"]
