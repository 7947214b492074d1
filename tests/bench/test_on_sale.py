"""An on-sale on the whole platform while the city goes on: people take places for a minute, others read pages."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import httpx
import pytest

from deploy.local.demo import event_agencies
from deploy.operate.ticket_story import PRICE, published, venue
from deploy.operate.visitor import Visitor as Officer
from tests.bench.report import Report
from tests.faults.visitors import Visitor
from tests.fixtures.house import RATES, House, new_key, until

pytestmark = [pytest.mark.bench, pytest.mark.timeout(900)]

PEOPLE, SECONDS, SEATS = 20_000, 60, 2_000
READERS, EVERY_S = 600, 30.0
"""People who have a page open, and how often each looks: 20 looks a second."""
_NETWORK = 50
"""People of one network: there is a bound of tickets for each."""


@pytest.fixture(scope="module")
async def platform() -> AsyncIterator[House]:
    """The platform with full fsync, one trace in ten and two gateways, as in a cluster."""
    with tempfile.TemporaryDirectory(prefix="smartcity-bench-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, gateways=2, env={**RATES, "SMARTCITY_TRACE_RATIO": "0.1"})
        try:
            made.start()
            yield made
        finally:
            made.stop()


async def on_sale(house: House) -> tuple[str, str]:
    """A sale with a waiting room, and its type."""
    async with httpx.AsyncClient(base_url=house.url, timeout=30) as client:
        officer, visitor = (
            f"petugas-{event_agencies('semarang')[0]}",
            Officer(house.about["urls"], client, house.secrets),
        )
        event = await published(visitor, officer, datetime.now(ZoneInfo("Asia/Jakarta")), venue("semarang"))
        body = {"occasion": event["occasions"][0]["id"], "waiting_room": True}
        sale = await visitor.post("/v1/ticket-sales", body, officer)
        kind = {"name_id": "Dewasa", "name_en": "Adults", "price": PRICE, "quota": SEATS, "refund_percent": 100}
        sale = await visitor.post(f"/v1/ticket-sales/{sale['id']}/types", kind, officer)
        return sale["id"], sale["types"][0]["id"]


async def take(port: int, number: int, body: bytes, again: list[int]) -> int:
    """The status that somebody gets in the end who asks for a place, and again with its key where it took too long."""
    key = new_key()
    while (status := await _asked(port, number, body, key)) >= 500:
        again.append(status)
        await asyncio.sleep(2)
    return status


async def _asked(port: int, number: int, body: bytes, key: str) -> int:
    """On a connection of their own."""
    network, one = divmod(number, _NETWORK)
    address = f"127.{100 + network // 250}.{network % 250}.{one + 1}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(address, 0))
    try:
        head = (
            f"POST /v1/waiting-places HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        writer.write(head.encode() + body)
        return int((await reader.readuntil(b"\r\n")).split(b" ")[1])
    finally:
        writer.transport.abort()


async def test_pages_are_read_while_a_city_wants_tickets(platform: House, report: Report) -> None:
    sale, type_ = await on_sale(platform)
    body = json.dumps({"sale": sale, "wishes": [{"type": type_, "quantity": 1}], "holder": "Siti Rahma"}).encode()
    ports = [urlsplit(each).port or 0 for each in platform.gateway_urls()]
    took, failures = list[tuple[float, str]](), list[str]()
    readers = [Visitor(ports[one % len(ports)], one, took, failures, EVERY_S) for one in range(READERS)]
    looking = [asyncio.create_task(each.stay()) for each in readers]
    places, again, began = list[asyncio.Task[int]](), list[int](), time.perf_counter()
    for number in range(PEOPLE):
        await asyncio.sleep(began + number * SECONDS / PEOPLE - time.perf_counter())
        places.append(asyncio.create_task(take(ports[number % len(ports)], number, body, again)))
    given = await asyncio.gather(*places)
    lasted = time.perf_counter() - began
    for each in looking:
        each.cancel()
    await asyncio.gather(*looking, return_exceptions=True)

    admin = await platform.database()
    waiting = "SELECT count(*) FROM branding.waiting_place WHERE state = 'waiting'"

    async def decided() -> bool:
        return not await admin.fetchval(waiting)

    await until(decided, 120, "every order decided")
    rows = await admin.fetch("SELECT number, state FROM branding.waiting_place ORDER BY number")
    orders = await admin.fetchval("SELECT count(*) FROM branding.ticket_order WHERE sale = $1::uuid", sale)
    await admin.close()
    done = given.count(201)
    assert [row["state"] for row in rows] == ["served"] * SEATS + ["refused"] * (done - SEATS), "in turn, each once"
    assert orders == SEATS
    report.rate(f"places of a waiting room, {PEOPLE:,} people in a minute over HTTP", done / lasted, least=PEOPLE / 90)
    report.tell("places that were asked for again, since it took too long", f"{len(again):,}", f"{Counter(again)}")
    looks = sorted(one for one, _ in took)
    report.tell("looks meanwhile", f"{len(looks):,}", f"{len(failures)} without an answer {failures[:2]}")
    assert len(failures) <= len(looks) // 100
    report.within("pages while a waiting room fills, p99", looks[int(len(looks) * 0.99)], most=1.0)
