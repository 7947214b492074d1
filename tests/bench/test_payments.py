"""A wallet payment the whole way: gateway, economy, database, bus. Told as CPU, since it needs all of them at once."""

import asyncio
import itertools
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]
import pytest

from tests.bench.report import Report
from tests.fixtures.house import RATES, House, new_key

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

PAYMENTS, CLIENTS, UNITS = 1_500, 32, 1_000
PARTS = ("gateway", "economy", "postgres", "nats")


@pytest.fixture(scope="module")
async def platform() -> AsyncIterator[House]:
    """The platform with full fsync and one trace in ten, as in a cluster."""
    with tempfile.TemporaryDirectory(prefix="smartcity-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, env={**RATES, "SMARTCITY_TRACE_RATIO": "0.1"})
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture
async def api(platform: House) -> AsyncIterator[httpx.AsyncClient]:
    """Many connections to the gateway."""
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=platform.url, timeout=30, limits=limits) as client:
        yield client


def cpu_seconds(platform: House) -> dict[str, float]:
    """What each part has used, its children included."""
    used = {}
    for name in PARTS:
        process = psutil.Process(platform.components()[name]["pid"])
        times = [each.cpu_times() for each in (process, *process.children(recursive=True))]
        used[name] = sum(one.user + one.system for one in times)
    return used


async def sent(client: httpx.AsyncClient, path: str, token: str, body: Any = None) -> dict[str, Any]:
    """The answer to a write."""
    head = {"Authorization": f"Bearer {token}", "Idempotency-Key": new_key()}
    answer = await client.post(path, json=body if body is not None else {}, headers=head)
    assert answer.is_success, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_wallet_payment_the_whole_way_is_told(platform: House, api: httpx.AsyncClient, report: Report) -> None:
    payer, owner = await platform.token("warga"), await platform.token("pedagang")
    treasurer = await platform.token("petugas-bpkad")
    money = {"currency": "IDR", "units": UNITS}
    await sent(api, "/v1/wallets", payer)
    filled = await sent(api, "/v1/wallets/me/top-ups", payer, {"amount": {**money, "units": UNITS * PAYMENTS}})
    await sent(api, f"/v1/payments/{filled['id']}/cash", treasurer)
    mine = (await api.get("/v1/merchants?mine=true", headers={"Authorization": f"Bearer {owner}"})).json()
    merchant = mine["merchants"][0]["id"]
    wanted = {"merchant": merchant, "amount": money, "description": "Lumpia", "seconds": 3600}

    async def each(paths: list[tuple[str, Any]], token: str) -> list[dict[str, Any]]:
        queue, answers = iter(paths), list[dict[str, Any]]()

        async def work() -> None:
            for path, body in queue:
                answers.append(await sent(api, path, token, body))

        await asyncio.gather(*(work() for _ in range(CLIENTS)))
        return answers

    payments = await each(list(itertools.repeat(("/v1/payments", wanted), PAYMENTS)), owner)
    before, began = cpu_seconds(platform), time.perf_counter()
    await each([(f"/v1/payments/{payment['id']}/wallet-payment", None) for payment in payments], payer)
    took, after = time.perf_counter() - began, cpu_seconds(platform)
    parts = {name: (after[name] - before[name]) / PAYMENTS for name in PARTS}
    shares = ", ".join(f"{name} {seconds * 1e6:,.0f}" for name, seconds in parts.items())
    what = f"wallet payment the whole way, {CLIENTS} clients"
    report.tell(what, f"{sum(parts.values()) * 1e6:,.0f} us CPU", shares, f"{PAYMENTS / took:,.0f}/s")
