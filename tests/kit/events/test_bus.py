"""The connection's own way with headers, against a real server and plain nats-py."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nats
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.errors import BadHeaderError
from structlog.testing import capture_logs

from services.kit import tasks
from services.kit.events import bus
from tests.fixtures.network import network
from tests.kit.conftest import World

names = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)
values = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]))


@dataclass
class Ways:
    """A connection of the kit's and one of plain nats-py, and how to send from one to the other."""

    pairs: list[tuple[Any, Any, str]]

    async def carry(self, payload: bytes, headers: dict[str, str]) -> list[tuple[bytes, dict[str, str]]]:
        """What arrives at the other side, both ways."""
        found = []
        for sender, inbox, subject in self.pairs:
            await sender.publish(subject, payload, headers=headers)
            got = await inbox.next_msg(timeout=5)
            found.append((got.data, got.headers or {}))
        return found


@pytest.fixture
async def ways(world: World) -> AsyncIterator[Ways]:
    plain = await nats.connect(world.nats.url, nkeys_seed_str=world.nats.admin_seed)
    pairs = []
    for sender, receiver, subject in ((world.bus, plain, "to.plain"), (plain, world.bus, "to.ours")):
        pairs.append((sender, await receiver.subscribe(subject), subject))
        for _ in range(2):  # the PING of nats-py overtakes what it has not written yet
            await receiver.flush()
    yield Ways(pairs)
    await plain.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(headers=st.dictionaries(names, values, max_size=8), payload=st.binary())
async def test_plain_nats_py_reads_what_we_write_and_we_read_what_it_writes(
    ways: Ways, headers: dict[str, str], payload: bytes
) -> None:
    assert await ways.carry(payload, headers) == [(payload, headers)] * 2


@pytest.mark.parametrize("value", ["a\r\nNats-Msg-Id: forged", "a\nb", "a\rb"])
async def test_a_line_break_in_a_header_is_refused(world: World, value: str) -> None:
    with pytest.raises(BadHeaderError):
        await world.bus.publish("test", b"", headers={"ce-subject": value})


async def test_a_server_that_is_not_there_yet_is_waited_for(world: World) -> None:
    nobody = "nats://127.0.0.1:1"
    waiting = asyncio.create_task(bus.connect(nobody, world.nats.admin_seed, "admin"))
    await asyncio.sleep(0.3)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)


async def test_a_flush_ends_when_the_server_has_what_was_written_before_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = bytearray()
    transport = world.bus._transport
    one, many = transport.write, transport.writelines

    def write(piece: bytes) -> None:
        sent.extend(piece)
        one(piece)

    def writelines(pieces: list[bytes]) -> None:
        sent.extend(b"".join(pieces))
        many(pieces)

    monkeypatch.setattr(transport, "write", write)
    monkeypatch.setattr(transport, "writelines", writelines)
    heard = await world.bus.subscribe("flushed")
    await world.bus.flush()
    assert sent.startswith(b"SUB flushed")
    assert sent.endswith(b"PING\r\n")
    await heard.unsubscribe()


async def waits(client: Client, subject: str) -> dict[str, Any]:
    """What is logged of a call that is not answered as it wants."""
    with capture_logs() as said:
        asking = asyncio.create_task(bus.insist(client, subject))
        async with asyncio.timeout(10):
            while not said:
                await asyncio.sleep(0.05)
        await asyncio.sleep(3 * bus.ANSWER_S)
        await tasks.end(asking)
    (line,) = said
    return dict(line)


async def test_who_waits_for_a_stream_that_is_missing_says_what_makes_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "ANSWER_S", 0.2)
    line = await waits(world.bus, "$JS.API.STREAM.INFO.nowhere")
    assert line["event"] == "waits for JetStream; `smartcity migrate` makes what is missing"
    assert line["why"] == "stream not found"


async def test_who_waits_for_a_server_that_hangs_does_not_say_that_something_is_missing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bus, "ANSWER_S", 0.2)
    server = urlsplit(world.nats.url)
    async with network(server.hostname or "", server.port or 4222) as way:
        client = await bus.connect(f"nats://127.0.0.1:{way.port}", world.nats.admin_seed, "admin")
        assert way.go_dead() == 1
        line = await waits(client, "$JS.API.STREAM.INFO.nowhere")
        assert (line["event"], line["why"]) == ("JetStream does not answer", "TimeoutError()")
        await client.close()
