"""Wallet payments: the ledger in Python, 64 callers in one commit, against the same payment as one function of SQL."""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from deploy.local.postgres import Postgres
from deploy.local.process import Command
from services.economy.payments.hot import paying
from services.economy.pillar import PILLAR
from services.economy.resources import WalletPayments
from services.kit.process.garbage import settle
from tests.bench import market, pgbench
from tests.bench.market import Market
from tests.bench.report import Report, Stopwatch, medians
from tests.economy.ledger.processes import open_runtime, role_url
from tests.fixtures.pillars import own_database

pytestmark = [pytest.mark.bench, pytest.mark.timeout(3600)]

CALLERS, SECONDS, ROUNDS = 64, 2, 9
PAYMENTS, BURST = 500_000, 16_000
"""How many there are; and how many requests are made before the clock starts, as those who ask make them elsewhere."""
SIZES = (100_000, 1_000_000, 10_000_000)
MOST_ROWS = int(os.environ.get("SMARTCITY_BENCH_ROWS", "1000000"))
"""The longest journal to measure; 10,000,000 rows take some minutes and 8 GB."""
PRODUCTION = {"shared_buffers": "4GB", "max_wal_size": "32GB", "checkpoint_timeout": "1h"}
"""A quarter of the 16 GB that `docs/operate.md` gives to a city's server; the local platform makes do with less. No
checkpoint while it is measured: the pages that are written whole after one are few among the payments of five minutes,
and most among those of three seconds."""


class Production(Postgres):
    """A server with the memory of a production one."""

    def command(self) -> Command:
        made = super().command()
        more = [part for name, value in PRODUCTION.items() for part in ("-c", f"{name}={value}")]
        return replace(made, argv=(*made.argv, *more))


@pytest.fixture(scope="module")
def production_postgres(servers_home: Path) -> Iterator[str]:
    server = Production(servers_home / "ledger", secrets.token_urlsafe(32))
    try:
        yield server.start()
    finally:
        server.stop()


@asynccontextmanager
async def open_market(postgres: str, rows: int, *, hot: bool = False) -> AsyncIterator[tuple[Market, WalletPayments]]:
    """A market in a database of its own, and the group commit of its wallet payments."""
    made = await market.filled(await own_database(postgres, PILLAR), rows, PAYMENTS, hot=hot)
    runtime = await open_runtime(role_url(made.url))
    settle()  # as a pillar does when it has started
    async with paying(runtime) as group:
        yield made, group
    await runtime.pool.close()
    found = await market.counted(made.url)
    assert found["captured"] == found["events"] == found["keys"] > 0
    assert found["total"] == 0


async def by_ledger(made: Market, group: WalletPayments) -> float:
    """Payments a second of 64 callers, each of which waits for its answer."""
    items = [made.item() for _ in range(BURST)]
    watch, done = Stopwatch(), 0

    async def call() -> None:
        nonlocal done
        while watch.time < SECONDS:
            answer = await group.submit(items.pop() if items else made.item())
            assert isinstance(answer, bytes), answer
            done += 1

    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return done / watch.time


async def by_function(made: Market) -> float:
    """Payments a second of pgbench, 16 clients."""
    script = "SELECT bench_pay(2 * nextval('bench_next'));"
    return await pgbench.transactions_per_second(role_url(made.url), "economy", script, seconds=SECONDS)


@pytest.mark.parametrize(("hot", "least"), [(False, 1.3), (True, 5)], ids=["spread", "hot"])
async def test_wallet_payments_against_one_function(
    production_postgres: str, report: Report, hot: bool, least: float
) -> None:
    async with open_market(production_postgres, 100_000, hot=hot) as (made, group):
        ways = {"ledger": partial(by_ledger, made, group), "function": partial(by_function, made)}
        await medians(ways, rounds=1)
        found = await medians(ways, rounds=ROUNDS)
    what = f"wallet payments, {'all to one account' if hot else 'spread'}"
    report.faster(what, found["ledger"], found["function"], "SQL function, 16 clients,", least=least)


async def test_a_long_journal_costs_no_more_than_a_short_one(production_postgres: str, report: Report) -> None:
    async with AsyncExitStack() as stack:
        ways = {}
        for rows in [size for size in SIZES if size <= MOST_ROWS]:
            made, group = await stack.enter_async_context(open_market(production_postgres, rows))
            ways[rows] = partial(by_ledger, made, group)
        await medians({str(rows): way for rows, way in ways.items()}, rounds=2)
        found = await medians({str(rows): way for rows, way in ways.items()}, rounds=ROUNDS)
    short, *longer = ways
    for rows in longer:
        what = f"a wallet payment, {rows:,} in the journal"
        report.dearer(what, 1 / found[str(rows)], 1 / found[str(short)], f"{short:,}", most=1.1)
