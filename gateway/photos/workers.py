"""The processes that decode photos, as the gateway sees them: started when needed, ended when idle, killed when stuck.

Executed, never forked: gRPC has threads in this process. They get nothing of our environment, least of all secrets.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import structlog

from gateway.photos.turns import busy
from gateway.photos.wire import DONE, READY, WORK

_log = structlog.get_logger(__name__)

SECONDS = 20.0
"""The longest that a photo may be at work; its worker's own time ends sooner, unless the machine is busy."""
CPU_SECONDS = 4.0
"""The most of the processor that a photo gets: the largest one that is taken needs 1.5 s on a slow core."""
MEMORY_BYTES = 320 << 20
"""A worker's address space: Python and its libraries have 30 MB, the largest photo that is taken needs 230 MB."""
START_SECONDS = 10.0
IDLE_SECONDS = 60.0
"""How long one is kept that has nothing to do: starting it takes a quarter of a second, keeping it 10 MB."""
_ROOT = Path(__file__).parents[2]


class CostlyError(Exception):
    """The photo took more time than photos take; its worker ended."""


class RefusedError(Exception):
    """The decoder found no picture, or crashed over it."""


class Worker:
    """One process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        """Started by ``start``."""
        self._process = process
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    @classmethod
    async def start(cls, cpu_seconds: float, memory_bytes: int) -> Worker:
        """Starts one and waits until it has imported what it needs. Raises OSError, EOFError, TimeoutError."""
        ours, theirs = socket.socketpair()
        with theirs:
            # Not asyncio's: uvloop's forks, with gRPC's threads about. This one is done in a few milliseconds.
            process = subprocess.Popen(  # noqa: ASYNC220
                [sys.executable, "-P", "-m", "gateway.photos.worker", str(cpu_seconds), str(memory_bytes)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env=_environment(),
                cwd="/",
                start_new_session=True,  # Ctrl-C in a terminal is the gateway's to hear
            )
        made = cls(process)
        try:
            async with asyncio.timeout(START_SECONDS):
                made._reader, made._writer = await asyncio.open_unix_connection(sock=ours)
                await made._reader.readexactly(len(READY))
        except BaseException:
            await made.end()
            raise
        finally:
            if made._writer is None:
                ours.close()
        return made

    @property
    def pid(self) -> int:
        """Its process."""
        return self._process.pid

    @property
    def lives(self) -> bool:
        """Whether it has not ended by itself."""
        return self._process.poll() is None

    async def ask(self, kind: str, data: bytes | bytearray) -> tuple[int, int, bytes, bytes]:
        """Width, height and bytes of the clean picture, and its small one.

        Raises RefusedError; OSError and EOFError when the worker ended over it.
        """
        assert self._reader is not None
        assert self._writer is not None
        self._writer.write(WORK.pack(kind.encode().ljust(4), len(data)))
        self._writer.write(data)
        await self._writer.drain()
        taken, width, height, size, small = DONE.unpack(await self._reader.readexactly(DONE.size))
        answer = await self._reader.readexactly(size)
        if not taken:
            raise RefusedError(answer.decode("ascii", "replace"))
        return width, height, answer, await self._reader.readexactly(small)

    async def end(self) -> int:
        """Ends it, whatever it does; how it ended, as subprocess tells it."""
        self._process.kill()
        if self._writer is not None:
            self._writer.close()
        return await asyncio.shield(asyncio.to_thread(self._process.wait))

    async def ended(self) -> int:
        """How it ended that closed its end by itself."""
        try:
            return await asyncio.to_thread(self._process.wait, 1)
        except subprocess.TimeoutExpired:
            return await self.end()
        finally:
            if self._writer is not None:
                self._writer.close()


class Workers:
    """Workers that have nothing to do, and how they come and go. How many there are is up to whoever asks."""

    def __init__(self, cpu_seconds: float = CPU_SECONDS, memory_bytes: int = MEMORY_BYTES) -> None:
        """Starts none yet. What each may use for a photo."""
        self._limits = cpu_seconds, memory_bytes
        self._idle: list[Worker] = []
        self._ends: asyncio.TimerHandle | None = None
        self._ending: set[asyncio.Task[int]] = set()

    async def clean(self, kind: str, data: bytes | bytearray) -> tuple[int, int, bytes, bytes]:
        """Width, height and bytes of the clean picture, and its small one.

        Raises RefusedError, CostlyError, and PHOTOS_BUSY when the machine is too busy. Whoever is cancelled leaves no
        worker at work.
        """
        worker = await self._one()
        try:
            async with asyncio.timeout(SECONDS):
                done = await worker.ask(kind, data)
        except RefusedError:
            self._keep(worker)
            raise
        except TimeoutError as error:
            await worker.end()
            raise busy() from error
        except (OSError, EOFError) as error:
            code = await worker.ended()
            if code == -signal.SIGPROF:
                raise CostlyError from error
            _log.warning("a photo ended its worker", code=code)
            if code == -signal.SIGKILL:  # somebody else did, perhaps for want of memory
                raise busy() from error
            raise RefusedError(f"exit status {code}") from error
        except BaseException:
            await worker.end()
            raise
        self._keep(worker)
        return done

    async def _one(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if worker.lives:
                return worker
            await worker.end()
        try:
            return await Worker.start(*self._limits)
        except (OSError, EOFError, TimeoutError) as error:
            _log.error("no worker for photos", error=repr(error))
            raise busy() from error

    def _keep(self, worker: Worker) -> None:
        self._idle.append(worker)
        if self._ends is not None:
            self._ends.cancel()
        self._ends = asyncio.get_running_loop().call_later(IDLE_SECONDS, self._end_idle)

    def _end_idle(self) -> None:
        self._ends = None
        for worker in self._idle:
            task = asyncio.ensure_future(worker.end())
            self._ending.add(task)
            task.add_done_callback(self._ending.discard)
        self._idle.clear()

    @property
    def idle(self) -> list[int]:
        """Processes that wait for work."""
        return [each.pid for each in self._idle]

    async def close(self) -> None:
        """Ends those that are idle; those at work end with what they do."""
        if self._ends is not None:
            self._ends.cancel()
        self._end_idle()
        await asyncio.gather(*self._ending)


def _environment() -> dict[str, str]:
    """Where Python finds its modules, and an allocator that gives memory back between photos; nothing else of ours."""
    return {
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "1",
        "MALLOC_MMAP_THRESHOLD_": str(1 << 20),
        "MALLOC_TRIM_THRESHOLD_": str(1 << 20),
    }
