"""Visits: counted once, by place, day and origin, of many callers in one commit."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import grpc.aio
import pytest

from services.branding.pillar import PILLAR
from services.branding.visits import model, reactions, timers
from services.kit.caller import ANONYMOUS, Caller
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from smartcity.branding.v1 import gates_pb2, ticket_events_pb2, ticket_sales_pb2
from smartcity.branding.v1 import visits_pb2 as pb
from smartcity.branding.v1.visits_pb2_grpc import VisitServiceStub
from tests.branding.destinations.tour import NOW, Tour
from tests.branding.gates.test_gates import Entrance, entrance
from tests.branding.tickets.ticketing import SELLER, Ticketing
from tests.branding.visits.rows import GATE
from tests.fixtures.arriving import arrived
from tests.fixtures.pillars import Served, own_database, serving

COUNTED, REPEATED = pb.VISIT_OUTCOME_COUNTED, pb.VISIT_OUTCOME_REPEATED


@pytest.fixture
async def served(postgres: str) -> AsyncIterator[Served]:
    """The pillar with the city's destinations in it."""
    async with serving(PILLAR, await own_database(postgres, PILLAR), NOW) as made:
        await Tour(made).enter()
        yield made


def counted(**more: Any) -> pb.VisitCount:
    return pb.VisitCount(**{"id": str(uuid7()), "destination": "lawang-sewu", "visits": 2, **more})


async def count(served: Served, *counts: pb.VisitCount, caller: Caller = GATE) -> list[int]:
    answer = await served.call(VisitServiceStub, "CountVisits", pb.CountVisitsRequest(counts=counts), caller)
    return list(answer.outcomes)


async def total(served: Served, **asked: Any) -> int:
    answer = await served.call(VisitServiceStub, "GetVisits", pb.GetVisitsRequest(**asked), ANONYMOUS)
    found: int = answer.total
    return found


async def test_counts_are_summed_by_place_day_and_origin_and_each_counts_once(served: Served) -> None:
    one, abroad = counted(), counted(origin=pb.VISIT_ORIGIN_ABROAD, visits=5)
    unknown, old = counted(destination="nowhere"), counted()
    old.time.FromDatetime(NOW - timedelta(days=8))
    yesterday = counted(destination="tugu-muda", visits=7)
    yesterday.time.FromDatetime(NOW - timedelta(days=1))
    outcomes = await count(served, one, abroad, one, unknown, old, yesterday)
    assert outcomes == [
        COUNTED, COUNTED, REPEATED, pb.VISIT_OUTCOME_DESTINATION_UNKNOWN, pb.VISIT_OUTCOME_TIME_INVALID, COUNTED,
    ]  # fmt: skip
    assert await count(served, one, yesterday) == [REPEATED, REPEATED]
    assert (await total(served, destination="lawang-sewu"), await total(served)) == (7, 14)
    answer = await served.call(VisitServiceStub, "GetVisits", pb.GetVisitsRequest(), ANONYMOUS)
    assert [(row.day, row.origin, row.visits) for row in answer.days] == [
        ("2026-11-23", pb.VISIT_ORIGIN_UNKNOWN, 7),
        ("2026-11-24", pb.VISIT_ORIGIN_ABROAD, 5),
        ("2026-11-24", pb.VISIT_ORIGIN_UNKNOWN, 2),
    ]


async def test_many_gates_that_count_at_once_lose_nothing_and_double_nothing(served: Served) -> None:
    counts = [counted(visits=1) for _ in range(40)]
    answers = await asyncio.gather(*(count(served, one, counts[(place + 1) % 40]) for place, one in enumerate(counts)))
    flat = [outcome for answer in answers for outcome in answer]
    assert (flat.count(COUNTED), flat.count(REPEATED)) == (40, 40)
    await timers.fold_counters(served.runtime)
    served.pass_time(days=31)
    await timers.forget(served.runtime)
    assert await total(served, since="2026-11-24", until="2026-11-24") == 40


def test_a_period_is_bounded_and_in_order() -> None:
    today = date(2026, 11, 24)
    assert model.period("", "", today) == (date(2026, 11, 18), today)
    for since, until in (("2026-11-25", ""), ("2026-01-01", "2026-11-24"), ("2026-02-30", "")):
        with pytest.raises(DomainError):
            model.period(since, until, today)


async def test_a_ticket_that_lets_in_counts_once_a_day_at_its_destination_or_event(office: Ticketing) -> None:
    sale = (await office.sale(destination="lawang-sewu")).id
    entry = await office.sort(sale, price=0, reentry=ticket_sales_pb2.TICKET_REENTRY_FREE)
    order = (await office.order(sale, entry, day="2026-11-24")).order
    gate = (await office.call(gates_pb2.CreateGateRequest(sale=sale, name="Utara"), SELLER)).gate.id
    door = Entrance(office, gate, sale, order.tickets[0])
    assert [await door.says(), await door.says()] == ["admitted", "readmitted"]
    for _ in range(2):
        await admissions(office)
    assert (await total(office.served, destination="lawang-sewu"), await total(office.served)) == (1, 1)


async def test_visits_of_an_event_are_told_by_its_name_and_count_in_the_city_s_sum(office: Ticketing) -> None:
    door = await entrance(office)
    assert await door.says() == "admitted"
    await admissions(office)
    code = (await office.told(ticket_events_pb2.TicketAdmitted))[0].event
    assert (await total(office.served, event=code), await total(office.served)) == (1, 1)
    with pytest.raises(grpc.aio.AioRpcError, match="or about an event"):
        await total(office.served, event=code, destination="lawang-sewu")
    with pytest.raises(grpc.aio.AioRpcError, match="no such event"):
        await total(office.served, event="nowhere")


async def admissions(office: Ticketing) -> None:
    """What gates told arrives, as often as this is asked for."""
    sql = "SELECT aggregate, payload FROM branding.outbox WHERE type LIKE '%.TicketAdmitted' ORDER BY position"
    for row in await office.served.admin.fetch(sql):
        told = ticket_events_pb2.TicketAdmitted.FromString(row["payload"])
        event = arrived(office.served, told, "branding", aggregate=row["aggregate"])
        async with office.served.runtime.transaction() as tx:
            await reactions.on_ticket_admitted(tx, event)
