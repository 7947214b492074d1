"""Runs imports, one after the other, each in a process of its own: reading a feed holds a process for seconds and takes
hundreds of megabytes.

The process gets the database's address over its standard input, never by its environment. It writes its result itself,
a feed's in the transaction of the swap; here it is started, told of, and said to have broken off where it did.
"""

import asyncio
import os
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from services.kit.runtime import Runtime
from services.living.feed_imports import actions, store
from services.living.feed_imports.model import Import
from services.living.feed_imports.orders import Order, Progress

LOOK_S = 1.0
"""How often it is asked whether an import waits."""
LONGEST_S = 1_200.0
"""A run that takes longer is ended: a feed of 1.4 million stop times takes a minute."""
MEMORY_BYTES = 1 << 30
"""Address space of the process, of which Python with NumPy has 300 MB. What needs more is imported by command."""
_TELL_S = 0.5
_LINE_BYTES = 4096
BROKE_OFF = "The process ended before the import did. Nothing has changed."
TOO_LONG = "It took longer than 20 minutes and was ended. Nothing has changed."
PROBLEMS = {"broke_off": BROKE_OFF, "too_long": TOO_LONG}
_MODULE = "services.living.imports.worker"
_ROOT = Path(__file__).parents[3]
_log = structlog.get_logger(__name__)


async def work(runtime: Runtime) -> None:
    """Runs what waits, for as long as this process owns the job. What ran before had another owner, which is gone."""
    while await _ended(runtime, None, "broke_off"):
        pass
    while True:
        if not await run_next(runtime):
            await asyncio.sleep(LOOK_S)


async def run_next(runtime: Runtime) -> bool:
    """Runs the import that has waited for longest, to its end; whether there was one."""
    async with runtime.transaction() as tx:
        one = await actions.begin(tx)
    if one is None:
        return False
    problem = "broke_off"
    try:
        async with asyncio.timeout(LONGEST_S):
            await _run(runtime, one)
    except TimeoutError:
        problem = "too_long"
    if await _ended(runtime, one.run, problem):
        _log.warning("an import broke off", feed_import=str(one.id))
    return True


async def _ended(runtime: Runtime, run: UUID | None, problem: str) -> bool:
    async with runtime.transaction() as tx:
        return await actions.ended(tx, run, PROBLEMS[problem], problem)


async def _run(runtime: Runtime, one: Import) -> None:
    process, ours = _started()
    try:
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_LINE_BYTES)
        try:
            writer.write(msgspec.json.encode(_order(runtime, one)) + b"\n")
            await writer.drain()
            await _follow(runtime, one, reader)
        except (OSError, ValueError):
            pass  # it ended; the row says how
        finally:
            writer.close()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()


async def _follow(runtime: Runtime, one: Import, reader: asyncio.StreamReader) -> None:
    """Writes down how far it is, until it says nothing more."""
    told = 0.0
    while line := await reader.readline():
        progress = msgspec.json.decode(line, type=Progress)
        if time.monotonic() - told < _TELL_S:
            continue
        told = time.monotonic()
        assert one.run is not None
        async with runtime.transaction() as tx:
            await store.tell(tx, one.id, one.run, progress.step, progress.about, progress.percent)


def _order(runtime: Runtime, one: Import) -> Order:
    today = runtime.clock().astimezone(runtime.city.timezone).date()
    url = runtime.settings.postgres_url.get_secret_value()
    return Order(
        database=url,
        id=str(one.id),
        run=str(one.run),
        source=one.source,
        address=one.url,
        digest=one.digest,
        load=bool(one.accepted_by),
        agency=one.accepted_agency,
        by=one.accepted_by,
        today=today,
    )


def _started() -> "tuple[subprocess.Popen[bytes], socket.socket]":
    """The process, and what is heard of it and said to it."""
    ours, theirs = socket.socketpair()
    with theirs:
        # Not asyncio's: uvloop's forks, with gRPC's threads about. This one is done in a few milliseconds.
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", _MODULE, str(MEMORY_BYTES)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
                "LANG": "C.UTF-8",
                "OPENBLAS_NUM_THREADS": "1",  # each thread would take address space
            },
            cwd="/",
            start_new_session=True,  # Ctrl-C in a terminal is the pillar's to hear
        )
    return process, ours
