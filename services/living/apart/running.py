"""A planner's process: started for one feed, fed with it, asked, and killed when it hangs.

Executed, never forked: gRPC has threads in this process. It gets nothing of our environment, least of all secrets.
Searches are arrays under Python's lock: in a thread of this process they would hold its event loop all the same.
"""

import asyncio
import os
import resource
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from services.kit.tasks import end
from services.living.apart.frames import HEAD, MOST_BYTES, Answered, Asked, Frame, Opening, Ready, Rows, framed
from services.living.apart.turns import BusyError, Turns

T = TypeVar("T")

MEMORY_BYTES = 3 << 30
"""Address space: Python with NumPy has 300 MB of it, a feed of 1.4 million stop times some 700 MB more."""
PATIENCE_S = 5.0
"""Longest wait for an answer. If nothing at all was answered meanwhile, the process is taken to hang."""
MOST_WAITING = {"departures": 32, "vehicles": 4, "journeys": 16}
"""Questions that may wait, by the planner's functions; those that are quick go before those that take long."""
_MODULE = "services.living.planner.worker"
_ROOT = Path(__file__).parents[3]


class GoneError(Exception):
    """The process ended, hangs, or broke over the question."""


class Process:
    """One process with one feed."""

    def __init__(self, feed: int) -> None:
        """Starts it; raises OSError. ``feed`` is what it is to hold."""
        self.feed = feed
        self.ready: Ready | None = None
        self._turns = Turns(MOST_WAITING)
        self._waiting: dict[int, asyncio.Future[bytes]] = {}
        self.asked = 0
        """Questions that it was sent."""
        self._answered = 0.0
        """When the last answer came, by the loop's clock."""
        self._loading: asyncio.Future[Ready] = asyncio.get_running_loop().create_future()
        self._ours, theirs = socket.socketpair()
        with theirs:
            # Not asyncio's: uvloop's forks, with gRPC's threads about. This one is done in a few milliseconds.
            self._process = subprocess.Popen(
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
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it runs and listens."""
        return self._reading is not None and not self._reading.done() and self._process.poll() is None

    async def open(self, opening: Opening) -> None:
        """Connects and begins to send the feed."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._ours, limit=1 << 20)
        self._reading = asyncio.create_task(self._read(reader))
        await self.send(Frame.FEED, msgspec.msgpack.encode(opening))

    async def send(self, kind: Frame, content: bytes) -> None:
        """Sends a part of the feed. Raises GoneError."""
        assert self._writer is not None
        try:
            self._writer.write(framed(kind, content))
            await self._writer.drain()
        except OSError as error:
            raise GoneError("it ended") from error

    async def rows(self, table: str, rows: list[tuple[object, ...]]) -> None:
        """Sends rows of a table."""
        await self.send(Frame.ROWS, msgspec.msgpack.encode(Rows(table, rows)))

    async def load(self, seconds: float) -> Ready:
        """Lets it make the timetable of what was sent. Raises GoneError."""
        await self.send(Frame.READY, b"")
        try:
            async with asyncio.timeout(seconds):
                self.ready = await asyncio.shield(self._loading)
        except TimeoutError:
            raise GoneError("it did not get ready") from None
        return self.ready

    async def ask(self, about: str, question: Struct, answer: type[T]) -> T:
        """The answer of one of the planner's functions. Raises GoneError, BusyError."""
        if not self.alive:
            raise GoneError("it ended")
        asked_at, number = asyncio.get_running_loop().time(), 0
        waiting: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._turns.take(about)
                self.asked = number = self.asked + 1
                self._waiting[number] = waiting
                asked = Asked(number, about, msgspec.Raw(msgspec.msgpack.encode(question)))
                await self.send(Frame.QUESTION, msgspec.msgpack.encode(asked))
                return msgspec.msgpack.decode(await waiting, type=answer)
        except TimeoutError:
            if self._answered > asked_at:
                raise BusyError from None
            self.kill()
            raise GoneError("it hangs") from None
        finally:
            self._waiting.pop(number, None)

    async def tell(self, now: bytes) -> None:
        """Tells it what is different from the timetable from now on. Raises GoneError."""
        await self.send(Frame.NOW, now)

    async def ended(self) -> None:
        """Waits until it is gone."""
        if self._reading is not None:
            await asyncio.wait({self._reading})

    async def drained(self, seconds: float) -> None:
        """Waits until nothing is asked any more, so long at most."""
        if self._waiting:
            await asyncio.wait(set(self._waiting.values()), timeout=seconds)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while True:
                size, kind = HEAD.unpack(await reader.readexactly(HEAD.size))
                if size > MOST_BYTES:
                    raise ValueError("too long")
                self._take(Frame(kind), await reader.readexactly(size))
        except (OSError, EOFError, ValueError, msgspec.DecodeError):
            pass
        finally:
            self._fail_all()

    def _take(self, kind: Frame, content: bytes) -> None:
        if kind is Frame.READY:
            if not self._loading.done():
                self._loading.set_result(msgspec.msgpack.decode(content, type=Ready))
            return
        self._answered = asyncio.get_running_loop().time()
        self._turns.over()
        answered = msgspec.msgpack.decode(content, type=Answered)
        waiting = self._waiting.get(answered.number)
        if waiting is None or waiting.done():
            return
        if kind is Frame.ANSWER:
            waiting.set_result(bytes(answered.answer))
        else:
            waiting.set_exception(GoneError("it broke over the question"))

    def _fail_all(self) -> None:
        self._turns.end(GoneError("it ended"))
        waiting: list[asyncio.Future[Any]] = [self._loading, *self._waiting.values()]
        for one in waiting:
            if not one.done():
                one.set_exception(GoneError("it ended"))
                one.exception()  # looked at, so that nobody complains where nobody waits

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()

    async def close(self) -> None:
        """Ends it for certain."""
        self.kill()
        if self._writer is not None:
            self._writer.close()
        else:
            self._ours.close()
        if self._reading is not None:
            await end(self._reading)
        self._fail_all()
        await asyncio.shield(asyncio.to_thread(self._process.wait))


def resident_bytes(pid: int) -> int:
    """Memory of a process that is in use; 0 when it is gone."""
    with suppress(OSError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    return 0
