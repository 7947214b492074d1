"""A network that loses everything and says nothing: jobs go on over other connections, and a lost owner's locks end."""

import asyncio
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import uvloop
from structlog.testing import capture_logs

from services.kit import tasks
from services.kit.city import load_city
from services.kit.database import lease as leases
from services.kit.database import pool as module
from services.kit.database.lease import Lease, Leases
from services.kit.database.lost import LOST
from services.kit.database.pool import connect_pool, fetchval_within
from services.kit.errors import is_transient
from services.kit.runtime import Runtime
from tests.fixtures.network import Network, network
from tests.kit.conftest import World

JOBS = ("timers", "relay", "consumer:governance")


@asynccontextmanager
async def reached(world: World, name: str = "far") -> AsyncIterator[tuple[Network, Runtime]]:
    """A process whose way to PostgreSQL may go dead."""
    at = urlsplit(world.postgres)
    assert at.hostname
    assert at.port
    async with network(at.hostname, at.port) as way:
        url = world.postgres.replace(f":{at.port}/", f":{way.port}/")
        pool = await connect_pool(url, "environment", 8)
        made = Runtime("environment", SimpleNamespace(city="semarang"), pool, load_city("semarang"))
        made.owner = name
        try:
            yield way, made
        finally:
            pool.terminate()


class Job:
    """Work that counts how often it begins and ends."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.ends = 0

    async def __call__(self, _: Lease) -> None:
        self.begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.ends += 1


async def test_jobs_go_on_when_every_connection_has_gone_dead(world: World) -> None:
    """Relay, timers and consumer once said TimeoutError() half a minute later: so long each waited for its cancel."""
    async with reached(world) as (way, runtime):
        jobs = {name: Job() for name in JOBS}
        with capture_logs() as said:
            own = Leases(runtime)
            holding = [asyncio.create_task(own.hold(name, job)) for name, job in jobs.items()]
            try:
                async with asyncio.timeout(10):
                    await asyncio.gather(*(job.begun.wait() for job in jobs.values()))
                assert way.go_dead() >= 1
                await asyncio.sleep(2 * leases.LIFETIME_S)
                assert [job.ends for job in jobs.values()] == [0, 0, 0]
            finally:
                await tasks.end(*holding, patience=0.5)
        assert said == []


async def test_a_statement_that_is_not_answered_gives_its_connection_up_at_once(world: World) -> None:
    async with reached(world) as (way, runtime):
        assert await fetchval_within(runtime.pool, 5, "SELECT 1") == 1
        assert way.go_dead() == 1
        clock = asyncio.get_running_loop().time
        began = clock()
        with pytest.raises(TimeoutError):
            await fetchval_within(runtime.pool, 0.3, "SELECT 1")
        assert await fetchval_within(runtime.pool, 5, "SELECT 2") == 2
        assert clock() - began < 5


async def test_the_locks_of_an_owner_that_is_gone_without_a_word_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It held its lease's lock in the middle of a transaction; the next owner has it soon after, and logs no error."""
    monkeypatch.setitem(module._FORGOTTEN, "idle_in_transaction_session_timeout", "1s")
    job = Job()
    async with AsyncExitStack() as stack:
        way, lost = await stack.enter_async_context(reached(world, "lost"))
        _, other = await stack.enter_async_context(reached(world, "other"))
        fence = await lost.pool.fetchval(leases._TAKE, "job", "lost", 0.1)
        connection = await lost.pool.acquire()
        await connection.execute("BEGIN")
        await connection.fetchval(leases._FENCE, "job", fence)
        way.go_dead()
        with capture_logs() as said:
            holding = asyncio.create_task(Leases(other).hold("job", job))
            try:
                async with asyncio.timeout(15):
                    await job.begun.wait()
            finally:
                await tasks.end(holding, patience=0.5)
        assert said == []
        connection.terminate()


async def test_the_server_forgets_clients_that_say_nothing(world: World) -> None:
    pool = await connect_pool(world.postgres, "environment", 1)
    found = {name: await pool.fetchval("SELECT current_setting($1)", name) for name in module._FORGOTTEN}
    await pool.close()
    assert found.pop("idle_in_transaction_session_timeout") == "15s"
    assert found == {
        "tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "2",
        "tcp_user_timeout": "10000",
    }  # fmt: skip


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
async def test_a_server_that_says_nothing_is_given_up(world: World, run: object) -> None:
    """By the kernel, whatever waits for an answer; a pillar's process runs on uvloop."""

    async def patience() -> int:
        pool = await connect_pool(world.postgres, "environment", 1)
        async with pool.acquire() as held:
            connection: Any = held
            wire = connection._transport.get_extra_info("socket")
            with socket.socket(fileno=os.dup(wire.fileno())) as own:
                found = own.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
        await pool.close()
        return found

    assert callable(run)
    assert await asyncio.to_thread(lambda: run(patience())) == module.SILENCE_S * 1000


async def test_a_session_that_was_ended_for_its_silence_is_an_outage_and_no_fault() -> None:
    assert is_transient(asyncpg.IdleInTransactionSessionTimeoutError("terminating connection"))


async def test_a_connection_that_was_told_the_servers_last_words_is_an_outage_and_no_fault(world: World) -> None:
    """A crash says that it is one, and hangs up a moment later: whoever asks in between is refused by the client."""
    async with reached(world) as (way, runtime), runtime.pool.acquire() as connection:
        assert await connection.fetchval("SELECT 1") == 1
        fields = b"SFATAL\0VFATAL\0C57P02\0Mterminating connection\0\0"
        way.say(b"E" + struct.pack("!I", 4 + len(fields)) + fields)
        await asyncio.sleep(0.1)
        with pytest.raises(Exception, match="switch to state") as caught:
            await connection.fetchval("SELECT 1")
        assert is_transient(caught.value)
        assert isinstance(caught.value, LOST)
