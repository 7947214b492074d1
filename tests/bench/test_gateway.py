"""The gateway in front of the whole platform, as processes, with full fsync."""

import asyncio
import contextlib
import json
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from deploy.local.process import Command, Process, free_ports
from gateway.city.home import PERIOD
from tests.bench import load, pgbench
from tests.bench.report import Report, medians
from tests.fixtures.house import House, new_key

pytestmark = [pytest.mark.bench, pytest.mark.timeout(300)]

READS, FILINGS, CLIENTS = 1_500, 480, 16
EVENTS_PER_SECOND = 200
CROWDED = {"/v1/city": 1.5, "/v1/indicators": 6.0, "/": 10.0}
"""What a crowd reads, and how many times a FastAPI constant it may cost: ready bytes, what is read once a second for
all who ask it alike, and the home as a page, packed."""

CONSTANT = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI()
@app.get("/constant")
async def constant() -> dict[str, str]:
    return {"status": "ok"}
uvicorn.run(app, port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False, log_level="error")
"""

CHANGE = """
WITH changed AS (
    UPDATE governance.complaint SET exercise = NOT exercise
     WHERE id = (SELECT id FROM governance.complaint WHERE open ORDER BY id LIMIT 1) RETURNING id
)
INSERT INTO governance.outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload)
SELECT gen_random_uuid(), 'smartcity.governance.v1.ComplaintRated', id::text, 1, id::text, true, now(), '' FROM changed
"""
"""One event that changes the count of open complaints, and to which no other pillar reacts."""

COMPLAINT = {
    "text": "Sampah menumpuk di depan pasar sejak tiga hari.",
    "category": "sampah-menumpuk",
    "location": {"lon": 110.4105, "lat": -6.9837},
}
BARE = r"""
BEGIN;
SELECT pg_try_advisory_xact_lock((random() * 1e15)::bigint);
INSERT INTO idempotency_key (caller, rpc, request_id, request_hash) VALUES ('bench', 'x', gen_random_uuid(), '\x00');
WITH made AS (
    INSERT INTO complaint (id, code, version, state, class, category, area, lon, lat, landmark, text, agency, rule,
        why_id, why_en, channel, created_at, updated_at, link_hash, exercise, verification, wake_at)
    VALUES (gen_random_uuid(), 'B-' || gen_random_uuid(), 1, 'filed', 'ordinary', 'sampah-menumpuk', '33.74.01.1007',
        110.41, -6.98, '', 'Sampah menumpuk di depan pasar', 'dlh', 1, 'x', 'x', 'api', now(), now(), '\x00', true,
        now() + interval '3 days', now() + interval '3 days') RETURNING id)
INSERT INTO entry (complaint_id, number, at, type, by, state, note, salt, note_digest, previous_hash, hash, trace_id,
    public)
SELECT id, 1, now(), 'x', 'reporter', 'filed', '', '\x00', '\x00', '\x00', '\x00', '', true FROM made;
INSERT INTO outbox (id, type, aggregate, version, correlation, exercise, recorded_at, payload, published_at)
VALUES (gen_random_uuid(), 'x', 'x', 1, 'x', true, now(), '\x00', now());
UPDATE idempotency_key SET answer = '\x00' WHERE caller = 'bench' AND rpc = 'x' AND request_id = 'none';
COMMIT;
"""
"""What a filing writes, without everything that decides what to write."""


@pytest.fixture(scope="module")
def platform() -> Iterator[House]:
    """A platform of its own, with room for the load; one trace in ten is recorded."""
    env = {"SMARTCITY_TRACE_RATIO": "0.1"}
    env |= {f"SMARTCITY_{name}": "1000000" for name in ("READ_RATE", "WRITE_RATE", "ANONYMOUS_WRITE_RATE")}
    with tempfile.TemporaryDirectory(prefix="smartcity-bench-") as folder:
        Path(folder).chmod(0o755)
        made = House(Path(folder), env=env)
        try:
            made.start()
            yield made
        finally:
            made.stop()


@dataclass(frozen=True)
class Server:
    """A process under load."""

    url: str
    pid: int

    async def cpu_of(self, path: str) -> float:
        """CPU seconds of a GET request."""
        before = load.cpu_seconds(self.pid)
        await load.send(self.url, [load.get(path)] * READS)
        return (load.cpu_seconds(self.pid) - before) / READS


@pytest.fixture
def edge(platform: House) -> Server:
    """The platform's gateway."""
    return Server(f"http://127.0.0.1:{platform.port}", platform.components()["gateway"]["pid"])


@pytest.fixture
def constant(tmp_path: Path) -> Iterator[Server]:
    """A FastAPI process that answers with a constant."""
    port = free_ports(1)[0]
    process = Process(Command((sys.executable, "-c", CONSTANT, str(port)), {}), tmp_path / "log")

    def ready() -> bool:
        with contextlib.suppress(httpx.TransportError):
            return httpx.get(f"http://127.0.0.1:{port}/constant").status_code == 200
        return False

    try:
        process.wait_ready(ready, 30)
        yield Server(f"http://127.0.0.1:{port}", process.pid)
    finally:
        process.stop()


@dataclass
class Governance:
    """Makes things happen in governance behind the gateway's back."""

    database: "asyncpg.Connection[Any]"
    bus: Any

    async def change(self) -> None:
        """One event, and the nudge that goes with it."""
        await self.database.execute(CHANGE)
        await self.bus.publish("nudge.governance", b"")

    async def keep_changing(self) -> None:
        """So many events a second, until cancelled."""
        due = time.monotonic()
        while True:
            await self.change()
            due += 1 / EVENTS_PER_SECOND
            await asyncio.sleep(max(0.0, due - time.monotonic()))


@pytest.fixture
async def governance(platform: House) -> AsyncIterator[Governance]:
    made = Governance(await platform.database(), await platform.nats())
    yield made
    await made.database.close()
    await made.bus.close()


async def test_what_a_crowd_reads_costs_little_more_than_a_constant_while_events_change_it(
    edge: Server, constant: Server, governance: Governance, report: Report
) -> None:
    changing = asyncio.create_task(governance.keep_changing())
    ways = {path: partial(edge.cpu_of, path) for path in CROWDED}
    cost = await medians({**ways, "": partial(constant.cpu_of, "/constant")}, rounds=5)
    assert not changing.done(), "the events stopped"
    changing.cancel()
    await asyncio.gather(changing, return_exceptions=True)
    for path, most in CROWDED.items():
        report.dearer(f"GET {path}, {EVENTS_PER_SECOND} events/s", cost[path], cost[""], "FastAPI constant", most=most)


async def test_a_change_is_seen_within_a_second(edge: Server, governance: Governance, report: Report) -> None:
    async with httpx.AsyncClient(base_url=edge.url) as client:

        async def count() -> int:
            return int((await client.get("/v1/city")).json()["sections"]["governance"]["overview"]["open"])

        async def waited() -> float:
            await asyncio.sleep(2 * PERIOD)  # what changed before this is seen by then
            before = await count()
            await governance.change()
            changed = time.perf_counter()
            async with asyncio.timeout(10):
                while await count() == before:
                    await asyncio.sleep(0.01)
            return time.perf_counter() - changed

        found = await medians({"seen": waited}, rounds=5)
    report.within("a change is seen in /v1/city", found["seen"], most=1.0)


async def test_filing_through_the_gateway_is_told_beside_its_bare_statements(
    platform: House, edge: Server, report: Report
) -> None:
    body = json.dumps(COMPLAINT).encode()

    async def by_gateway() -> float:
        filings = [load.post("/v1/complaints", body, new_key()) for _ in range(FILINGS)]
        return FILINGS / await load.send(edge.url, filings, connections=CLIENTS, status=201)

    async def by_pgbench() -> float:
        return await pgbench.transactions_per_second(platform.admin_url(), "governance", BARE, clients=CLIENTS)

    rates = await medians({"gateway": by_gateway, "bare": by_pgbench})
    ratio = f"{rates['gateway'] / rates['bare']:.2f}x"
    what = f"filing through the gateway, {CLIENTS} clients"
    report.tell(what, f"{rates['gateway']:,.0f}/s", f"its statements in pgbench {rates['bare']:,.0f}/s", ratio)
