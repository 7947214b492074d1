"""A long day at the gateway: 2,000 connections, 300 of them hostile, and honest people notice nothing of it.

Five minutes; ``SMARTCITY_SOAK_SECONDS=1800`` for half an hour.
"""

import asyncio
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.drills.city import Balancer, City, RefusedError
from tests.faults.hostile import KINDS, Hostile
from tests.faults.visitors import Visitor
from tests.fixtures.house import House

SECONDS = float(os.environ.get("SMARTCITY_SOAK_SECONDS", "300"))
pytestmark = [pytest.mark.faults, pytest.mark.alone, pytest.mark.timeout(SECONDS + 300)]

VISITORS, HOSTILE = 1_700, 300
FILERS = 12
SLOWEST_S = 1.0
"""What 99 of a hundred honest requests stay under."""
GROWTH = 1.15
"""Memory of the gateway and its photo workers: last third against the middle one."""


@dataclass
class Timed(Balancer):
    """Notes how long each honest request took, in seconds, and what it was."""

    took: list[tuple[float, str]] = field(default_factory=list)

    async def send(self, what: str, method: str, path: str, **more: Any) -> Any:
        """As before, with its time."""
        began = time.monotonic()
        try:
            return await super().send(what, method, path, **more)
        finally:
            self.took.append((time.monotonic() - began, what))


@pytest.fixture(scope="module")
async def house() -> AsyncIterator[House]:
    """A platform with the rates and bounds that a city would run it with."""
    with tempfile.TemporaryDirectory(prefix="smartcity-soak-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, env={"SMARTCITY_TRACE_RATIO": "0.01"})
        try:
            made.start(240)
            yield made
        finally:
            made.stop()


@asynccontextmanager
async def person(house: House, number: int, tokens: dict[str, str]) -> AsyncIterator[City]:
    """Somebody at an address of their own."""
    transport = httpx.AsyncHTTPTransport(local_address=f"127.80.0.{number + 1}")
    async with httpx.AsyncClient(timeout=15, transport=transport) as client:
        yield City(Timed(house, client, ready=house.gateway_urls()), tokens)


async def test_2_000_connections_of_which_300_are_hostile_cost_honest_people_nothing(house: House) -> None:
    users = ("warga", "pedagang", "verifikator", "petugas-bpkad")
    tokens = {name: await house.token(name) for name in users}
    port = urlsplit(house.gateway_urls()[0]).port or 0
    took, failures = list[tuple[float, str]](), list[str]()
    visitors = [Visitor(port, number, took, failures) for number in range(VISITORS)]
    async with _people(house, tokens) as people:
        payer, *filers = people
        await payer.open()
        hostile = Hostile("127.0.0.1", port, await payer.file())
        crowd = [*hostile.crowd(HOSTILE), *(each.stay() for each in visitors)]
        crowd += [_again(each.file, FILERS * 1.5) for each in filers] + [_again(payer.pay, 1.5)]
        memory, probes = await _lived(house, crowd)
        for each in people:
            assert isinstance(each.balancer, Timed)
            took += each.balancer.took
            failures += each.balancer.failures
        print(_report(took, failures, memory, probes, hostile.answers))
        assert {kind for kind, _ in hostile.answers} == set(KINDS), "each kind had its say"
        assert not failures, failures[:20]
        assert _cuts(took)[-1] <= SLOWEST_S
        assert max(probes) <= SLOWEST_S, "probes are answered meanwhile"
        assert sum(len(each.filed) for each in filers) > SECONDS / 4
        assert len(payer.paid) > SECONDS / 4
        assert (await payer.check_ledger())["problems"] == []
        third = len(memory) // 3
        assert statistics.median(memory[-third:]) <= GROWTH * statistics.median(memory[third:-third])


@asynccontextmanager
async def _people(house: House, tokens: dict[str, str]) -> AsyncIterator[list[City]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(person(house, number, tokens)) for number in range(FILERS + 1)]


async def _again(act: Callable[[], Awaitable[object]], pause: float) -> None:
    await asyncio.sleep(random.random() * pause)
    while True:
        with suppress(RefusedError):  # kept among the failures
            await act()
        await asyncio.sleep(pause * random.uniform(0.7, 1.3))


async def _lived(house: House, crowd: Iterable[Awaitable[None]]) -> tuple[list[int], list[float]]:
    """Lets everybody go on for as long as the test takes; the gateway's memory and how long each probe took."""
    tasks = [asyncio.ensure_future(each) for each in crowd]
    memory, probes = list[int](), list[float]()
    end = time.monotonic() + SECONDS
    try:
        async with httpx.AsyncClient(base_url=house.gateway_urls()[0], timeout=15) as client:
            while time.monotonic() < end:
                began = time.monotonic()
                assert (await client.get("/livez")).status_code == 200
                probes.append(time.monotonic() - began)
                memory.append(_memory(house))
                await asyncio.sleep(1)
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [each for each in ended if not isinstance(each, asyncio.CancelledError)]
    assert not broken, broken[:3]
    return memory, probes


def _memory(house: House) -> int:
    """Bytes that the gateway and its photo workers have for themselves."""
    gateway = psutil.Process(house.components()["gateway"]["pid"])
    total = 0
    for each in (gateway, *gateway.children(recursive=True)):
        with suppress(psutil.Error):
            total += each.memory_full_info().uss
    return total


def _report(
    took: list[tuple[float, str]],
    failures: list[str],
    memory: list[int],
    probes: list[float],
    answers: Counter[tuple[str, str]],
) -> str:
    cuts = _cuts(took)
    lines = [
        f"{len(took)} honest requests, {len(failures)} failed; p50 {cuts[49]:.3f} s, p99 {cuts[-1]:.3f} s, "
        f"slowest {max(took)[0]:.2f} s; slowest probe {max(probes):.2f} s",
        "memory of the gateway, MB: " + " ".join(f"{each >> 20}" for each in memory[:: max(1, len(memory) // 20)]),
    ]
    for what in sorted({each for _, each in took}):
        own = [each for each in took if each[1] == what]
        lines.append(f"{what}: {len(own)}, p50 {_cuts(own)[49]:.3f} s, p99 {_cuts(own)[-1]:.3f} s")
    for kind in KINDS:
        told = Counter({status: count for (each, status), count in answers.items() if each == kind})
        lines.append(f"{kind}: " + ", ".join(f"{status} {count}" for status, count in told.most_common()))
    return "\n".join(lines)


def _cuts(took: list[tuple[float, str]]) -> list[float]:
    """Percentiles of the seconds."""
    return statistics.quantiles([seconds for seconds, _ in took] * 2, n=100)
