"""One event type for every pillar to ask with: it travels, it tells who asks, and who begins to ask is found."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.message import Message

from deploy import streams
from services.kit.database import Transaction
from services.kit.database.lease import Leases
from services.kit.events import Event, consumers
from services.kit.events import envelope as events
from services.kit.ids import uuid7
from services.kit.pillar import Reaction
from services.kit.runtime import Runtime, utc_now
from services.kit.subjects import event_subject, publisher
from smartcity.environment.v1 import events_pb2 as environment
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.types.v1 import payments_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested
from tests.kit.conftest import PUBLISHER, World, pillar, within, working

TYPE = PaymentRequested.DESCRIPTOR.full_name
ASKER = pillar("society", (payments_pb2.DESCRIPTOR,))
PUBLISHER_AND_ASKER = replace(PUBLISHER, publishes=(governance.DESCRIPTOR, payments_pb2.DESCRIPTOR))


async def note(tx: Transaction, event: Event[Any]) -> None:
    """Notes who told what."""
    told = f"{event.publisher} {event.message.DESCRIPTOR.name}"
    await tx.execute("INSERT INTO effect (aggregate, version) VALUES ($1, $2)", told, event.version)


READER = pillar("environment", reactions=(Reaction(PaymentRequested, note), Reaction(governance.ComplaintRated, note)))


@pytest.fixture
async def city(world: World, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    """Streams of the test only, three schemas, and a short time between two looks for new streams."""
    monkeypatch.setattr(consumers, "DISCOVER_S", 0.1)
    for stream in await consumers.carriers(world.bus, TYPE):
        await world.bus.request(f"$JS.API.STREAM.DELETE.{stream}", b"")
    await world.schema("society")
    yield world
    for stream in ("society", "governance", "environment"):
        await world.bus.request(f"$JS.API.STREAM.DELETE.{stream}", b"")


async def tell(runtime: Runtime, *messages: Message) -> None:
    async with runtime.transaction() as tx:
        for version, message in enumerate(messages, start=1):
            tx.emit(message, aggregate=str(uuid7()), version=version, correlation="story")


def told(world: World, *wanted: str) -> Any:
    async def reached() -> bool:
        rows = await world.admin.fetch("SELECT aggregate FROM environment.effect")
        return sorted(row["aggregate"] for row in rows) == sorted(wanted)

    return reached


def test_an_event_of_a_pillar_has_its_type_for_a_subject_and_a_shared_one_a_subject_for_each_pillar() -> None:
    own = governance.ComplaintRated.DESCRIPTOR.full_name
    assert (publisher(own), event_subject(own, "governance")) == ("governance", own)
    assert (publisher(TYPE), event_subject(TYPE, "society")) == (None, f"{TYPE}.society")


def test_a_reader_of_a_shared_event_reads_each_pillar_that_publishes_it() -> None:
    own = governance.ComplaintRated.DESCRIPTOR.full_name
    assert READER.subjects_in([PUBLISHER, READER]) == {"governance": [own]}
    assert READER.subjects_in([PUBLISHER_AND_ASKER, ASKER, READER]) == {
        "governance": [own, f"{TYPE}.governance"],
        "society": [f"{TYPE}.society"],
    }


async def test_a_request_travels_and_tells_who_asks(city: World) -> None:
    await city.fresh_streams(PUBLISHER_AND_ASKER, ASKER, READER)
    async with AsyncExitStack() as stack:
        runtimes = {}
        for one in (PUBLISHER_AND_ASKER, ASKER, READER):
            runtimes[one.name] = await city.runtime(one.name)
            await stack.enter_async_context(working(one, runtimes[one.name]))
        await tell(runtimes["society"], PaymentRequested(request="1"))
        await tell(runtimes["governance"], PaymentRequested(request="1"), governance.ComplaintRated(code="x"))
        wanted = ["society PaymentRequested", "governance PaymentRequested", "governance ComplaintRated"]
        await within(told(city, *wanted))
    inbox = await city.admin.fetch("SELECT DISTINCT consumer FROM environment.inbox ORDER BY 1")
    assert [row["consumer"] for row in inbox] == ["governance", "society"], "one consumer for all of a stream"
    message = await city.bus.request("$JS.API.DIRECT.GET.society", b'{"seq": 1}')
    assert message.headers["Nats-Subject"] == f"{TYPE}.society"
    assert message.headers["ce-type"] == TYPE
    assert message.headers["ce-source"] == "/smartcity/semarang/society"


async def test_a_pillar_that_begins_to_ask_is_found_without_a_restart_of_the_reader(city: World) -> None:
    await city.fresh_streams(PUBLISHER, READER)
    society, governance_, reader = [await city.runtime(name) for name in ("society", "governance", "environment")]
    async with working(READER, reader):
        async with working(PUBLISHER, governance_):
            await tell(governance_, governance.ComplaintRated(code="x"))
            await within(told(city, "governance ComplaintRated"))
        # What `smartcity migrate` does: a pillar had no stream, another asks in the one that it had.
        await streams.ensure(city.bus, [PUBLISHER_AND_ASKER, ASKER, READER])
        async with working(ASKER, society), working(PUBLISHER_AND_ASKER, governance_):
            await tell(society, PaymentRequested(request="1"))
            await tell(governance_, PaymentRequested(request="2"))
            wanted = ["governance ComplaintRated", "society PaymentRequested", "governance PaymentRequested"]
            await within(told(city, *wanted))


async def test_nobody_speaks_for_another_pillar(city: World) -> None:
    await city.fresh_streams(PUBLISHER, ASKER, READER)
    head = events.headers(
        id=uuid7(),
        type=TYPE,
        source=events.source("semarang", "governance"),
        time=utc_now(),
        aggregate="case",
        version=1,
        correlation="story",
        causation=None,
        exercise=False,
        traceparent=None,
    )
    await city.bus.request(f"{TYPE}.society", PaymentRequested(request="1").SerializeToString(), headers=head)
    async with working(READER, await city.runtime("environment")):
        await within(lambda: city.admin.fetchval("SELECT count(*) = 1 FROM environment.dead_letter"))
    letter = await city.admin.fetchrow("SELECT consumer, state, reason FROM environment.dead_letter")
    assert letter is not None
    assert (letter["consumer"], letter["state"]) == ("society", "poison")
    assert "/smartcity/semarang/governance" in letter["reason"]
    assert await told(city)()


async def test_a_pillar_reacts_to_its_own_events_and_may_ask_itself(city: World) -> None:
    made = pillar(
        "environment",
        (environment.DESCRIPTOR, payments_pb2.DESCRIPTOR),
        (Reaction(environment.CleanupOpened, note), Reaction(PaymentRequested, note)),
    )
    await city.fresh_streams(made)
    runtime = await city.runtime("environment")
    async with working(made, runtime):
        await tell(runtime, environment.CleanupOpened(id="1"), PaymentRequested(request="1"))
        await within(told(city, "environment CleanupOpened", "environment PaymentRequested"))
    answer = await city.bus.request("$JS.API.CONSUMER.INFO.environment.environment", b"")
    filters = json.loads(answer.data)["config"]["filter_subjects"]
    assert sorted(filters) == [environment.CleanupOpened.DESCRIPTOR.full_name, f"{TYPE}.environment"]


async def test_a_pillar_that_reacts_to_nothing_looks_for_nothing(city: World) -> None:
    await city.fresh_streams(PUBLISHER)
    runtime = await city.runtime("environment")
    reading = asyncio.create_task(consumers.run(runtime, city.bus, Leases(runtime), {}))
    async with asyncio.timeout(5):
        await reading
