"""Fixtures of the whole suite."""

import os

# gRPC would wake its threads in a child between fork and exec, where they find their files closed and abort it.
# It reads this when it is first imported, so it stands before everything else.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

from tests.fixtures.house import house
from tests.fixtures.servers import nats, postgres, servers_home

__all__ = ["house", "nats", "postgres", "servers_home"]
