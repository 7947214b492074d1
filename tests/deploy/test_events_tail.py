"""`smartcity events tail` on a real NATS: each pillar's own events, and the shared ones that it publishes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from google.protobuf.message import Message
from nats.aio.client import Client

from deploy import streams
from deploy.operate import events as module
from deploy.operate.access import AccessError
from services.kit.events import bus
from services.kit.events import envelope as events
from services.kit.ids import uuid7
from services.kit.pillar import Pillar
from services.kit.runtime import utc_now
from services.kit.subjects import event_subject
from smartcity.governance.v1 import events_pb2 as governance
from smartcity.types.v1 import payments_pb2
from tests.fixtures.servers import NatsServer
from tests.kit.conftest import pillar

ACCESS: Any = None  # the connection is the fixture's
CITY = (
    pillar("governance", (governance.DESCRIPTOR,)),
    pillar("living"),
    pillar("society", (payments_pb2.DESCRIPTOR,)),
)


@pytest.fixture
async def client(nats: NatsServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    """The administrator of a city of three pillars, one of which asks for money."""
    made = await bus.connect(nats.url, nats.admin_seed, "admin")

    @asynccontextmanager
    async def connected(_: Any) -> AsyncIterator[Client]:
        yield made

    monkeypatch.setattr(module, "bus", connected)
    monkeypatch.setattr(module, "NAMES", tuple(one.name for one in CITY))
    monkeypatch.setattr(module, "pillar", {one.name: one for one in CITY}.__getitem__)
    for one in CITY:
        await made.request(f"$JS.API.STREAM.DELETE.{one.name}", b"")
    await streams.ensure(made, CITY)
    await tell(made, CITY[0], governance.ComplaintRated(code="SMG-7K4P-92"))
    await tell(made, CITY[0], governance.ComplaintFiled(code="SMG-7K4P-92"))
    await tell(made, CITY[2], payments_pb2.PaymentRequested(request="one", purpose="waste-pickup"))
    yield made
    for one in CITY:
        await made.request(f"$JS.API.STREAM.DELETE.{one.name}", b"")
    await made.close()


async def tell(client: Client, publisher: Pillar, message: Message) -> None:
    name = message.DESCRIPTOR.full_name
    headers = events.headers(
        id=uuid7(),
        type=name,
        source=events.source("semarang", publisher.name),
        time=utc_now(),
        aggregate="case",
        version=1,
        correlation="story",
        causation=None,
        exercise=False,
        traceparent=None,
    )
    subject = event_subject(name, publisher.name)
    await client.request(subject, message.SerializeToString(), timeout=5, headers=headers)


async def first(count: int, pillar_name: str | None, wanted: str | None, last: int = 100) -> list[dict[str, Any]]:
    """The first events of a tail that begins with everything, or with the last so many."""
    found: list[dict[str, Any]] = []
    tail: Any = module.tail(ACCESS, pillar_name, wanted, last)
    async with asyncio.timeout(20), aclosing(tail) as told:
        async for event in told:
            found.append(event)
            if len(found) == count:
                break
    return found


async def test_everything_is_shown_the_shared_events_too(client: Client) -> None:
    found = await first(3, None, None)
    assert {event["type"].split(".")[-1] for event in found} == {"ComplaintRated", "ComplaintFiled", "PaymentRequested"}


async def test_a_shared_type_is_followed_where_it_is_published(client: Client) -> None:
    (asked,) = await first(1, None, "paymentrequested")
    assert asked["type"] == payments_pb2.PaymentRequested.DESCRIPTOR.full_name
    assert asked["data"]["purpose"] == "waste-pickup"


async def test_of_one_pillar_only_its_own_are_shown(client: Client) -> None:
    assert [event["type"].split(".")[-1] for event in await first(1, "society", None)] == ["PaymentRequested"]
    with pytest.raises(module.UnknownEventError):
        await first(1, "governance", "PaymentRequested")


@pytest.mark.parametrize(("wanted", "shown", "most"), [(None, ["38", "39"], 2), ("ComplaintRated", ["38", "39"], 4)])
async def test_the_last_are_shown_and_what_was_before_them_is_not_read(
    client: Client, monkeypatch: pytest.MonkeyPatch, wanted: str | None, shown: list[str], most: int
) -> None:
    for number in range(40):
        await tell(client, CITY[0], governance.ComplaintRated(code=str(number)))
        if wanted:
            await tell(client, CITY[0], governance.ComplaintFiled(code=str(number)))
    before = client.stats["in_msgs"]
    found = await first(2, "governance", wanted, last=2)
    assert [event["data"]["code"] for event in found] == shown
    answers = 2 * 4 + 2  # of what was asked, of which two for each look
    assert client.stats["in_msgs"] - before <= most + answers
    info = await client.jetstream().stream_info("governance")
    assert info.state.consumer_count <= 1, "what looked leaves nothing behind"


async def test_of_what_there_is_less_of_all_is_shown(client: Client) -> None:
    assert [event["type"].split(".")[-1] for event in await first(1, "governance", "ComplaintRated", last=5)] == [
        "ComplaintRated"
    ]
    await client.jetstream().purge_stream("governance")
    tail: Any = module.tail(ACCESS, "governance", None, 5)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.5), aclosing(tail) as told:
            await anext(told)


@pytest.mark.parametrize("last", [0, 1])
async def test_of_a_stream_that_is_lost_the_next_step_is_said(client: Client, last: int) -> None:
    await client.request("$JS.API.STREAM.DELETE.society", b"")
    with pytest.raises(AccessError, match="the stream of society is not there: run `smartcity migrate`"):
        await first(1, None, None, last)
