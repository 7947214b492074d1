"""On how many servers a stream is kept: what was set once stays, whoever makes streams again."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from nats.aio.client import Client

from deploy import migrate, streams
from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.local.process import free_ports
from deploy.permissions import ADMIN
from deploy.pillars import pillars
from services.kit.events import bus

NODES = 3


class Node(Nats):
    """One server of a cluster."""

    number: int
    routes: list[int]

    def _settings(self) -> dict[str, Any]:
        own = {"server_name": f"node-{self.number}"}
        listen, routes = f"127.0.0.1:{self.routes[self.number]}", [f"nats://127.0.0.1:{each}" for each in self.routes]
        return {**super()._settings(), **own, "cluster": {"name": "city", "listen": listen, "routes": routes}}


@asynccontextmanager
async def cluster(home: Path, seed: str) -> AsyncIterator[str]:
    """Three servers that share their streams; the address of the first."""
    routes, nodes = free_ports(NODES), list[Node]()
    for number in range(NODES):
        node = Node(home / str(number), {ADMIN: User(public_key(seed))}, sync_interval="2m", store_megabytes=64)
        node.number, node.routes = number, routes
        nodes.append(node)
    try:
        async with asyncio.TaskGroup() as group:  # none is ready before it sees another
            for node in nodes:
                group.create_task(asyncio.to_thread(node.start))
        yield nodes[0].url
    finally:
        for node in nodes:
            node.stop()


async def copies(admin: Client) -> dict[str, int]:
    """On how many servers each stream is kept."""
    found = {}
    for name in pillars():
        answer = json.loads((await admin.request(f"$JS.API.STREAM.INFO.{name}", b"", timeout=5)).data)
        if "config" in answer:
            found[name] = answer["config"]["num_replicas"]
    return found


async def test_who_makes_streams_again_by_hand_takes_no_copies_of_the_others_away(tmp_path: Path) -> None:
    """A `smartcity migrate` of an administrator, who names servers and nothing else."""
    seed = new_seed()
    async with cluster(tmp_path, seed) as url:
        await migrate.insist("NATS", lambda: migrate.migrate_bus(url, seed, 3))
        admin = await bus.connect(url, seed, ADMIN)
        try:
            assert set((before := await copies(admin)).values()) == {3}
            await admin.request("$JS.API.STREAM.DELETE.governance", b"", timeout=5)
            await migrate.insist("NATS", lambda: migrate.migrate_bus(url, seed))
            assert await copies(admin) == before, "each stream as it was, and the lost one like the others"
            await migrate.insist("NATS", lambda: migrate.migrate_bus(url, seed, 1))
            assert set((await copies(admin)).values()) == {1}, "what is set is done"
        finally:
            await admin.close()


@pytest.mark.parametrize(
    ("there", "given", "wanted"),
    [
        ({}, None, 1),
        ({"economy": 3}, None, 3),
        ({"economy": 1, "living": 5}, None, 5),
        ({"economy": 3}, 1, 1),
    ],
)
async def test_a_new_stream_is_kept_like_the_others(there: dict[str, int], given: int | None, wanted: int) -> None:
    asked: dict[str, int] = {}

    async def request(subject: str, body: bytes, timeout: float) -> Any:
        verb, _, name = subject.removeprefix("$JS.API.").rpartition(".")
        if verb == "STREAM.CREATE" or (name in there and verb == "STREAM.UPDATE"):
            asked[name] = json.loads(body)["num_replicas"]
        elif verb == "STREAM.INFO" and name in there:
            return SimpleNamespace(data=json.dumps({"config": {"num_replicas": there[name]}}).encode())
        elif verb.startswith("STREAM"):
            return SimpleNamespace(data=b'{"error": {"err_code": 10059, "description": "stream not found"}}')
        return SimpleNamespace(data=b"{}")

    made = await streams.ensure(cast("Client", SimpleNamespace(request=request)), pillars().values(), replicas=given)
    assert asked.pop("governance") == wanted
    assert "governance" in made
    for name, copies in there.items():
        assert asked[name] == (given or copies)


def test_the_command_leaves_the_number_to_the_streams_unless_it_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CITY", "POSTGRES_ADMIN_URL", "NATS_URL", "NATS_SEED"):
        monkeypatch.setenv(f"SMARTCITY_{name}", "x")
    monkeypatch.delenv("SMARTCITY_STREAM_REPLICAS", raising=False)
    assert migrate.MigrateSettings().stream_replicas is None
    monkeypatch.setenv("SMARTCITY_STREAM_REPLICAS", "3")
    assert migrate.MigrateSettings().stream_replicas == 3
