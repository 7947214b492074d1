"""Fixtures of the whole suite."""

from tests.fixtures.servers import nats, postgres, servers_home

__all__ = ["nats", "postgres", "servers_home"]
