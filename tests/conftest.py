"""Fixtures of the whole suite, and how it is shared out among workers."""

import gc
import os
import signal
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx._transports.default as transports
import hypothesis.core
import pytest
import structlog
from hypothesis import HealthCheck, settings

# gRPC would wake its threads in a child between fork and exec, where they find their files closed and abort it.
# It reads this when it is first imported, so it stands before everything else.
os.environ.setdefault("GRPC_ENABLE_FORK_SUPPORT", "0")

from services.kit import holding
from tests.fixtures.browser import one_chromium
from tests.fixtures.house import house, regency, second_house, shared
from tests.fixtures.servers import nats, postgres, servers_home
from tests.fixtures.workers import Shares, astray, ends_platforms, needs_servers, own_ports, rank

__all__ = ["house", "nats", "one_chromium", "postgres", "regency", "second_house", "servers_home"]

# Of what is imported and collected nothing is garbage, and nothing ever will be: the collector need not look.
gc.disable()
# httpcore looks for it at each lock of each request: what is not installed is looked for in every folder, every time.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]
# A client reads all authorities that the machine trusts, for 40 ms of the processor, and each test has clients.
transports.create_ssl_context = cache(transports.create_ssl_context)  # type: ignore[attr-defined]
# Made-up values begin with a digest of the test's source, which each of its parameters would read anew.
hypothesis.core.function_digest = cache(hypothesis.core.function_digest)  # type: ignore[attr-defined]
# How long made-up values take says how busy the machine is, and nothing of what is tested.
settings.register_profile("patient", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_held: set[str] = set()
"""What has held a loop in this process."""


@pytest.fixture(autouse=True)
def nobody_holds_the_loop(request: pytest.FixtureRequest) -> Iterator[None]:
    """No handler of a server in this process holds the loop for more than 50 ms of its thread's CPU time.

    ``@pytest.mark.holds`` is for tests that do it on purpose. A machine that stands still is sometimes counted as
    the thread's time, wherever it stood: up to half over the limit is blamed where it happens once more, and up to
    twice the limit also where it was seen at work.
    """
    found: list[holding.Hold] = []
    holding.listeners.append(found.append)
    yield
    holding.listeners.remove(found.append)
    blamed = [one for one in found if one.serving and not one.task.startswith("test_") and _sure(one)]
    if request.node.get_closest_marker("holds") is None:
        assert blamed == []


def _sure(hold: holding.Hold) -> bool:
    once_more = hold.serving in _held
    _held.add(hold.serving)
    return once_more or hold.seconds > (1.5 if hold.stack else 2) * holding.LIMIT_S


def pytest_configure(config: pytest.Config) -> None:
    """Workers never reach for the same port; a logged error holds no event loop, as rich does for 300 ms."""
    own_ports()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # started behind a shell's `&`: all that we start inherits it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    structlog.configure(
        [
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )


def pytest_itemcollected(item: pytest.Item) -> None:
    """Says which tests need servers."""
    if needs_servers(item):
        item.add_marker(pytest.mark.servers)


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Stops the platforms when their last test is over."""
    if ends_platforms(item, nextitem):
        for one in shared:
            one.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with what takes longest."""
    items.sort(key=rank)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Refuses tests on a platform in files that are not shared out as such. From here on something may be garbage."""
    gc.freeze()
    gc.set_threshold(20_000)  # at 700, a twentieth of the suite's processor time went into looking
    gc.enable()
    if files := astray(session.items):
        refusal = f"name in ON_PLATFORMS of tests/fixtures/workers.py: {', '.join(files)}"
        print(refusal, file=sys.__stderr__, flush=True)  # xdist tells no error of a worker's collection
        raise pytest.UsageError(refusal)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Shares:
    """Shares tests out as ``tests.fixtures.workers`` says, whatever ``--dist`` says."""
    return Shares(config, log)
