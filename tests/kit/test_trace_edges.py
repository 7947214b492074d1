"""One action is one trace, across pillars: every edge that the pillars' declarations promise is there.

The expected edges are derived: an event that one pillar publishes and another reacts to makes the chain action ->
transaction, action -> send -> process. A new reaction is held to it without a new test.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from google.protobuf.message_factory import GetMessageClass
from opentelemetry.trace import SpanKind

from deploy.pillars import pillars
from observability.telemetry import current_traceparent, span
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.events import Event
from services.kit.pillar import Pillar, Reaction
from services.kit.runtime import Runtime
from services.kit.subjects import publisher as only_publisher
from tests.kit.conftest import World, within, working
from tests.kit.tracing import Spans, is_child, is_linked, recording, same_trace

EDGES: list[tuple[Pillar, Pillar, list[Reaction]]] = [
    (publisher, reader, found)
    for reader in pillars().values()
    for publisher in pillars().values()
    if (
        found := [
            reaction
            for reaction in {one.event: one for one in reader.reactions}.values()
            if reaction.event.DESCRIPTOR.full_name in publisher.types_out()
        ]
    )
]
"""Who publishes, who reads, and the reactions between them."""
ACROSS = [edge for edge in EDGES if edge[0] is not edge[1]]
PUBLISHER = ACROSS[0][0]
TRANSACTION = f"transaction {PUBLISHER.name}"
NAMES = [f"{publisher.name}->{reader.name}" for publisher, reader, _ in EDGES]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[Spans]:
    with recording(monkeypatch) as made:
        yield made


async def note(tx: Transaction, event: Event[Any]) -> None:
    await tx.execute("INSERT INTO effect (aggregate, version) VALUES ($1, $2)", event.aggregate, event.version)


def only(pillar: Pillar, *reactions: Reaction) -> Pillar:
    """The pillar's declarations with an effect of ours, and nothing that needs its own tables."""
    kept = tuple(Reaction(reaction.event, note) for reaction in reactions)
    return replace(pillar, reactions=kept, timers=(), serves=(), prepare=None)


async def emit(world: World, publisher: Pillar, *messages: Any) -> str:
    """One action of the publisher; answers with its traceparent."""
    runtime = await world.runtime(publisher.name)
    async with working(only(publisher), runtime):
        with span("action", root=True):
            async with runtime.transaction() as tx:
                for number, message in enumerate(messages):
                    tx.emit(message, aggregate="case", version=number, correlation="story")
            parent = current_traceparent()
        left = f"SELECT count(*) = 0 FROM {publisher.name}.outbox WHERE published_at IS NULL"
        await within(lambda: world.admin.fetchval(left))
    assert parent is not None
    return parent


async def prepare(world: World, publisher: Pillar, reader: Pillar) -> None:
    """Empty schemas and streams of both."""
    for name in {publisher.name, reader.name}:
        await world.schema(name)
    await world.fresh_streams(*([reader] if publisher.name == reader.name else [only(publisher), reader]))


async def carried(world: World, publisher: Pillar, reader: Pillar, *reactions: Reaction, count: int = 1) -> None:
    """Emits so many of each event, and lets the reader react to them."""
    made = only(reader, *reactions)
    await prepare(world, publisher, made)
    messages = [one.event() for one in reactions for _ in range(count)]
    await emit(world, publisher, *messages)
    async with working(made, await world.runtime(reader.name)):
        done = f"SELECT count(*) = {len(messages)} FROM {reader.name}.effect"
        await within(lambda: world.admin.fetchval(done))


def test_every_reaction_has_exactly_one_publisher_unless_every_pillar_may_be_one() -> None:
    reactions = {(reader.name, name) for reader in pillars().values() for name in reader.types_in()}
    assert reactions
    publishers = Counter((reader.name, one.event.DESCRIPTOR.full_name) for _, reader, each in EDGES for one in each)
    assert [one for one in reactions if only_publisher(one[1]) is not None and publishers[one] != 1] == []


@pytest.mark.parametrize(("publisher", "reader", "reactions"), EDGES, ids=NAMES)
async def test_each_reaction_is_a_child_of_the_producer_and_linked_to_it(
    world: World, spans: Spans, publisher: Pillar, reader: Pillar, reactions: list[Reaction]
) -> None:
    await carried(world, publisher, reader, *reactions)
    action = spans.one("action")
    (written,) = (one for one in spans.named(f"transaction {publisher.name}") if is_child(one, action))
    for name in (one.event.DESCRIPTOR.full_name for one in reactions):
        send = spans.one(f"send {name}", SpanKind.PRODUCER)
        process = spans.one(f"process {name}", SpanKind.CONSUMER)
        assert is_child(send, written)
        assert is_child(process, send)
        assert is_linked(process, send)
        for one in (send, process):
            assert one.attributes is not None
            assert one.attributes["smartcity.correlation_id"] == "story"
            assert one.attributes["messaging.destination.name"] == name
            assert one.attributes["messaging.message.id"]


@pytest.fixture
async def timer(world: World) -> Runtime:
    """What a timer is given: no span is around it."""
    await world.schema(PUBLISHER.name)
    return await world.runtime(PUBLISHER.name)


async def test_a_look_that_finds_nothing_leaves_no_trace(timer: Runtime, spans: Spans) -> None:
    async with timer.transaction() as tx:
        assert await tx.fetchval("SELECT 1")
    assert spans.named(TRANSACTION) == []


async def test_a_look_that_is_slow_leaves_one(timer: Runtime, spans: Spans) -> None:
    async with timer.transaction() as tx:
        await tx.execute("SELECT pg_sleep(0.15)")
    assert spans.one(TRANSACTION).parent is None


async def test_a_look_that_fails_leaves_one(timer: Runtime, spans: Spans) -> None:
    with pytest.raises(ZeroDivisionError):
        async with timer.transaction():
            raise ZeroDivisionError
    assert not spans.one(TRANSACTION).status.is_ok


async def test_a_timer_that_emits_leaves_one(timer: Runtime, spans: Spans) -> None:
    async with timer.transaction() as tx:
        tx.emit(ACROSS[0][2][0].event(), aggregate="case", version=1, correlation="story")
    assert spans.one(TRANSACTION).parent is None


async def test_a_transaction_with_a_span_below_it_stays_in_its_trace(timer: Runtime, spans: Spans) -> None:
    async with timer.transaction():
        with span("below"):
            pass
    assert is_child(spans.one("below"), spans.one(TRANSACTION))


async def test_a_transaction_that_somebody_asked_for_stays_whatever_comes_of_it(timer: Runtime, spans: Spans) -> None:
    with span("asked", root=True):
        async with timer.transaction():
            pass
    assert is_child(spans.one(TRANSACTION), spans.one("asked"))


async def test_a_batch_is_a_trace_of_its_own_that_links_to_each_cause(world: World, spans: Spans) -> None:
    publisher, reader, (reaction, *_) = ACROSS[0]
    await carried(world, publisher, reader, reaction, count=5)
    name = reaction.event.DESCRIPTOR.full_name
    sends, processes = spans.named(f"send {name}"), spans.named(f"process {name}")
    batches = [each for each in spans.named(f"receive {publisher.name}") if each.links]  # one, or two on a busy machine
    assert len(sends) == len(processes) == sum(len(batch.links) for batch in batches) == 5
    assert all(any(is_linked(batch, send) for batch in batches) for send in sends)
    transactions = spans.named(f"transaction {reader.name}")
    for batch in batches:
        assert batch.parent is None
        assert not same_trace(batch, spans.one("action"))
        assert any(is_child(transaction, batch) for transaction in transactions)


async def test_what_a_reaction_emits_goes_on_in_the_same_trace(world: World, spans: Spans) -> None:
    publisher, reader, (reaction, *_) = next(edge for edge in ACROSS if edge[1].publishes)
    answer = GetMessageClass(next(iter(reader.publishes[0].message_types_by_name.values())))

    async def answer_it(tx: Transaction, event: Event[Any]) -> None:
        await note(tx, event)
        tx.emit(answer(), aggregate="other", version=1, correlation=event.correlation)

    made = replace(only(reader), reactions=(Reaction(reaction.event, answer_it),))
    await prepare(world, publisher, made)
    await emit(world, publisher, reaction.event())
    async with working(made, await world.runtime(reader.name)):
        sent = f"SELECT count(*) = 1 FROM {reader.name}.outbox WHERE published_at IS NOT NULL"
        await within(lambda: world.admin.fetchval(sent))
    process = spans.one(f"process {reaction.event.DESCRIPTOR.full_name}")
    again = spans.one(f"send {answer.DESCRIPTOR.full_name}")
    assert is_child(again, process)
    assert same_trace(again, spans.one("action"))
    cause, of = await asyncio.gather(
        world.runtimes[-1].pool.fetchval("SELECT causation FROM outbox"),
        world.runtimes[-1].pool.fetchval("SELECT id FROM inbox"),
    )
    assert cause == of


async def test_callers_of_one_commit_keep_their_own_traces(world: World, spans: Spans) -> None:
    publisher, _, (reaction, *_) = ACROSS[0]
    await world.schema(publisher.name)
    await world.fresh_streams(only(publisher))
    runtime = await world.runtime(publisher.name)

    async def flush(tx: Transaction, items: Sequence[str | None]) -> Sequence[str | None]:
        for number, parent in enumerate(items):
            message = reaction.event()
            tx.emit(message, aggregate="case", version=number, correlation="story", traceparent=parent)
        return items

    group: GroupCommit[str | None, str | None] = GroupCommit(runtime, flush, flushers=1)

    async def call(name: str) -> None:
        with span(name, root=True):
            await group.submit(current_traceparent())

    calls = [asyncio.create_task(call(f"call {number}")) for number in range(3)]
    await asyncio.sleep(0)
    group.start()
    await asyncio.gather(*calls)
    await group.stop()
    async with working(only(publisher), runtime):
        left = f"SELECT count(*) = 0 FROM {publisher.name}.outbox WHERE published_at IS NULL"
        await within(lambda: world.admin.fetchval(left))
    assert len(spans.named(f"transaction {publisher.name}")) == 1
    sends = spans.named(f"send {reaction.event.DESCRIPTOR.full_name}")
    assert [is_child(send, spans.one(f"call {number}")) for number, send in enumerate(sends)] == [True] * 3


async def test_the_trace_travels_with_the_event_where_nothing_is_recorded(world: World) -> None:
    publisher, _, (reaction, *_) = ACROSS[0]
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    await world.schema(publisher.name)
    await world.fresh_streams(only(publisher))
    runtime = await world.runtime(publisher.name)
    async with working(only(publisher), runtime):
        async with runtime.transaction() as tx:
            tx.emit(reaction.event(), aggregate="case", version=1, correlation="story", traceparent=parent)
        left = f"SELECT count(*) = 0 FROM {publisher.name}.outbox WHERE published_at IS NULL"
        await within(lambda: world.admin.fetchval(left))
    message = await world.bus.request(f"$JS.API.DIRECT.GET.{publisher.name}", b'{"seq": 1}')
    assert message.headers["traceparent"] == parent
