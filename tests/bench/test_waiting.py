"""An on-sale: 20,000 people take a place within a minute, and the room decides their orders; beside bare statements."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence

import pytest

from services.branding.pillar import PILLAR
from services.branding.resources import Brought, resources
from services.branding.waiting import actions, store
from services.kit.caller import ANONYMOUS
from services.kit.database.idempotency import Claim
from smartcity.branding.v1 import orders_pb2
from smartcity.branding.v1 import waiting_pb2 as pb
from tests.bench.report import Report
from tests.branding.tickets.ticketing import NOW, Ticketing
from tests.branding.waiting.test_waiting import room
from tests.fixtures.pillars import own_database, serving
from tests.governance.conftest import request_id

pytestmark = [pytest.mark.bench, pytest.mark.timeout(600)]

PEOPLE, SEATS = 20_000, 10_000
_PLAIN = """
CREATE TABLE branding.plain_order (LIKE branding.ticket_order INCLUDING ALL);
CREATE TABLE branding.plain_line (LIKE branding.ticket_order_line INCLUDING ALL);
CREATE TABLE branding.plain_place (LIKE branding.waiting_place INCLUDING ALL);
CREATE TABLE branding.plain_outbox (LIKE branding.outbox INCLUDING ALL);
INSERT INTO branding.plain_place SELECT * FROM branding.waiting_place;
"""
_BARE = """
WITH mine AS MATERIALIZED (SELECT id, number FROM branding.plain_place WHERE number > $1 ORDER BY number LIMIT $2),
     decided AS (
         UPDATE branding.plain_place p SET state = 'served', decided_at = now() FROM mine WHERE p.id = mine.id
     ), made AS (
         INSERT INTO branding.plain_order
         SELECT id, 1, 'SMGB-' || id, 'held', $3, '', NULL, 1, 25000, '', '', now(), current_date, now(), now()
           FROM mine WHERE number <= $4
     ), lines AS (
         INSERT INTO branding.plain_line SELECT id, 0, $3, $3, 1, 25000 FROM mine WHERE number <= $4
     )
INSERT INTO branding.plain_outbox
       (id, type, aggregate, version, correlation, exercise, recorded_at, traceparent, payload)
SELECT gen_random_uuid(), 'smartcity.branding.v1.OrderPlaced', id::text, 1, id::text, false, now(), '', '\\x00'
  FROM mine, generate_series(1, 2) WHERE number <= $4
"""


@pytest.fixture
async def office(durable_postgres: str) -> AsyncIterator[Ticketing]:
    """The pillar with full fsync."""
    async with serving(PILLAR, await own_database(durable_postgres, PILLAR), NOW) as served:
        yield Ticketing(served)


async def crowd(office: Ticketing, sale: str, adult: str) -> float:
    """How many places a second are given to everybody at once."""
    group = resources(office.served.runtime).places
    assert group is not None
    requests = [
        pb.TakeWaitingPlaceRequest(
            request_id=request_id(), sale=sale, wishes=[orders_pb2.OrderWish(type=adult, quantity=1)], holder="Siti"
        )
        for _ in range(PEOPLE)
    ]
    began = time.perf_counter()
    answers: Sequence[object] = await asyncio.gather(
        *(group.submit(Brought(Claim("anonymous", one.request_id, one, b""), one, ANONYMOUS, None)) for one in requests)
    )
    took = time.perf_counter() - began
    assert all(isinstance(one, bytes) for one in answers)
    return PEOPLE / took


async def test_an_on_sale_gives_places_and_decides_orders_in_turn(office: Ticketing, report: Report) -> None:
    sale, adult = await room(office, quota=SEATS, opens=-1)
    report.rate("places of a waiting room, 20,000 at once", await crowd(office, sale, adult), least=PEOPLE / 60)
    admin = office.served.admin
    await admin.execute(_PLAIN)
    longest, began = 0.0, time.perf_counter()
    served = 1
    while served:
        started = time.perf_counter()
        async with office.served.runtime.transaction() as tx:
            served = await actions.next_turn(tx)
        longest = max(longest, time.perf_counter() - started)
    rate = PEOPLE / (time.perf_counter() - began)
    began = time.perf_counter()
    for first in range(0, PEOPLE, store.AT_ONCE):
        await admin.execute(
            _BARE, first, store.AT_ONCE, (await admin.fetchval("SELECT id FROM branding.ticket_sale")), SEATS
        )
    bare = PEOPLE / (time.perf_counter() - began)
    report.rate("orders decided in a waiting room", rate, least=5_000)
    report.faster("orders decided in a waiting room", rate, bare, "bare statements", least=0.4)
    report.tell("longest commit of a waiting room", f"{longest * 1e3:,.0f} ms")
    rows = await admin.fetch("SELECT number, state FROM branding.waiting_place ORDER BY number")
    assert [row["state"] for row in rows] == ["served"] * SEATS + ["refused"] * (PEOPLE - SEATS), "in turn, each once"
    assert await admin.fetchval("SELECT count(*) FROM branding.ticket_order") == SEATS
