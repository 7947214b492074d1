"""NATS as the platform starts it."""

import asyncio
from pathlib import Path

import nats.errors as nats_errors
import pytest
from nats.aio.client import Client

from deploy.local.nats import Nats, User, new_seed, public_key
from deploy.permissions import ADMIN, Permissions
from services.kit.events.bus import Connection
from tests.fixtures.servers import NatsServer


async def connect(url: str, seed: str, errors: asyncio.Queue[str] | None = None) -> Client:
    async def note(error: Exception) -> None:
        if errors is not None:
            errors.put_nowait(str(error))

    made = Connection()
    await made.connect(url, nkeys_seed_str=seed, error_cb=note, allow_reconnect=False)
    return made


async def test_a_user_publishes_what_it_may_and_nothing_else(nats: NatsServer) -> None:
    errors: asyncio.Queue[str] = asyncio.Queue()
    admin = await connect(nats.url, nats.admin_seed)
    pillar = await connect(nats.url, nats.user(Permissions(["allowed.>"], [])), errors)
    heard = await admin.subscribe(">")
    await admin.flush()
    await pillar.publish("forbidden.thing", b"no")
    await pillar.publish("allowed.thing", b"yes")
    await pillar.flush()
    assert (await heard.next_msg(timeout=5)).data == b"yes"
    assert "forbidden.thing" in await asyncio.wait_for(errors.get(), 5)
    await pillar.close()
    await admin.close()


async def test_a_stranger_is_refused(nats: NatsServer) -> None:
    stranger = Client()
    with pytest.raises(nats_errors.Error, match="Authorization Violation"):
        await stranger.connect(nats.url, nkeys_seed_str=new_seed(), allow_reconnect=False, max_reconnect_attempts=0)
    await stranger.close()


async def test_what_was_acknowledged_survives_a_kill(tmp_path: Path) -> None:
    seed = new_seed()
    server = Nats(tmp_path, {ADMIN: User(public_key(seed))})
    connection = await connect(server.start(), seed)
    await connection.jetstream().add_stream(name="kept", subjects=["kept"])
    await connection.jetstream().publish("kept", b"answer")
    await connection.close()
    server.kill()
    server.start()
    try:
        connection = await connect(server.url, seed)
        assert (await connection.jetstream().get_msg("kept", 1)).data == b"answer"
        await connection.close()
    finally:
        server.stop()
