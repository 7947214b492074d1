"""Servers with full fsync, as in production, and the table of findings."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import uvloop

from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.local.postgres import Postgres
from deploy.permissions import ADMIN
from tests.bench.report import Report
from tests.fixtures.servers import NatsServer
from tests.kit.conftest import World

_REPORT = pytest.StashKey[Report]()


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that pillars and gateway run on."""
    return {"uvloop": uvloop.new_event_loop}


def pytest_terminal_summary(config: pytest.Config) -> None:
    """Prints what was found."""
    report = config.stash.get(_REPORT, None)
    if report is not None:
        report.print()


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Report:
    """The findings of the run."""
    return request.config.stash.setdefault(_REPORT, Report())


@pytest.fixture(scope="session")
def durable_postgres(servers_home: Path) -> Iterator[str]:
    """A PostgreSQL that survives a power cut: fsync and synchronous_commit on."""
    server = Postgres(servers_home / "bench", secrets.token_urlsafe(32))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="session")
def durable_nats(servers_home: Path) -> Iterator[NatsServer]:
    """A NATS that syncs every write."""
    seed = new_seed()
    server = Nats(servers_home / "bench", {ADMIN: User(public_key(seed))})
    try:
        yield NatsServer(server.start(), seed, server)
    finally:
        server.stop()


@pytest.fixture
async def durable(durable_postgres: str, durable_nats: NatsServer) -> AsyncIterator[World]:
    """Fresh schemas of a publisher and a reader on these servers."""
    made = World(durable_postgres, durable_nats)
    await made.open()
    await made.schema("governance")
    await made.schema("environment")
    yield made
    await made.close()
