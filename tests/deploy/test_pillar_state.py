"""What `smartcity status` says of the pillars' streams and consumers, on a real NATS."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from nats.aio.client import Client

from deploy import streams
from deploy.operate.access import Access
from deploy.operate.pillar_state import concerns, pillars
from deploy.pillars import NAMES
from deploy.pillars import pillars as declared
from services.kit.events import bus
from tests.fixtures.servers import NatsServer


@pytest.fixture
async def admin(nats: NatsServer) -> AsyncIterator[Client]:
    """The administrator of a NATS with all streams and consumers, whose PostgreSQL is away."""
    made = await bus.connect(nats.url, nats.admin_seed, "admin")
    await _delete(made, *NAMES)
    await streams.ensure(made, declared().values())
    yield made
    await _delete(made, *NAMES)
    await made.close()


async def _delete(admin: Client, *names: str) -> None:
    for name in names:
        await admin.request(f"$JS.API.STREAM.DELETE.{name}", b"")


async def state(nats: NatsServer) -> list[dict[str, Any]]:
    return await pillars(Access("postgresql://nobody@127.0.0.1:1/none", nats.url, nats.admin_seed, {}))


def of_the_bus(found: list[dict[str, Any]]) -> list[str]:
    """What needs attention but for PostgreSQL."""
    return [line for line in concerns(found) if "PostgreSQL" not in line]


async def test_where_all_is_there_each_pillar_has_its_lag_of_each_stream_it_reads(
    admin: Client, nats: NatsServer
) -> None:
    found = await state(nats)
    assert of_the_bus(found) == []
    read = {one["name"]: one["consumers"] for one in found}
    assert read == {name: dict.fromkeys(one.subjects_in(declared().values()), 0) for name, one in declared().items()}


async def test_lost_streams_are_said_once_with_the_next_step(admin: Client, nats: NatsServer) -> None:
    await _delete(admin, *NAMES)
    assert of_the_bus(await state(nats)) == ["all pillars: its stream is not there: run `smartcity migrate`"]


async def test_one_lost_stream_is_said_of_its_pillar_and_not_of_all_who_read_it(
    admin: Client, nats: NatsServer
) -> None:
    await _delete(admin, "governance")
    assert of_the_bus(await state(nats)) == ["governance: its stream is not there: run `smartcity migrate`"]


async def test_a_lost_consumer_is_said_with_the_next_step(admin: Client, nats: NatsServer) -> None:
    answer = await admin.request("$JS.API.CONSUMER.DELETE.governance.environment", b"")
    assert json.loads(answer.data)["success"]
    found = await state(nats)
    (lost,) = of_the_bus(found)
    assert lost == "environment: its consumer of governance is not there: run `smartcity migrate`"
    assert "governance" not in next(one["consumers"] for one in found if one["name"] == "environment")
