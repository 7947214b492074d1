"""Faults that a process must help with, switched on from outside while it runs: ``smartcity fault on``.

On one machine only: the supervisor names a folder in ``SMARTCITY_FLAGS``, and nothing of this exists in a process that
is in production mode or was given none. A file ``<pillar>.<flag>`` in it is a flag, its content a number. The folder is
looked at twice a second by a task of its own; nothing that serves knows of it.

``crash``: dies after so many seconds of life. ``block``: the event loop stands still for so many seconds at a time.
``hold``: it computes for so many seconds at a time.
``skew``: the clock is so many seconds ahead. ``hog``: takes so many megabytes. ``leak``: keeps so many connections of
the pool.
"""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.kit import tasks
from services.kit.runtime import Runtime, utc_now

FOLDER = "SMARTCITY_FLAGS"
LOOK_S = 0.5
BREATH_S = 0.05
"""Between two times of standing still: some work gets through."""
_MEGABYTE = 1 << 20
_true_time = time.time


@asynccontextmanager
async def obeyed(runtime: Runtime) -> AsyncIterator[None]:
    """Does what the flags say until the block ends; they are looked at for the first time before it begins."""
    named = os.environ.get(FOLDER, "")
    if not named or runtime.settings.mode != "local":
        yield
        return
    mischief = _Mischief(runtime, Path(named))
    await mischief.look()
    task = asyncio.create_task(mischief.run(), name="flags")
    try:
        yield
    finally:
        await tasks.end(task)
        await mischief.obey({})


@dataclass
class _Mischief:
    """What is being done at the moment."""

    runtime: Runtime
    folder: Path
    born: float = field(default_factory=time.monotonic)
    block: float = 0.0
    hold: float = 0.0
    hoard: list[bytearray] = field(default_factory=list)
    kept: list[Any] = field(default_factory=list)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(BREATH_S if self.block or self.hold else LOOK_S)
            await self.look()
            if self.block:
                time.sleep(self.block)  # noqa: ASYNC251 - it is what was asked for
            until = time.thread_time() + self.hold
            while time.thread_time() < until:
                pass

    async def look(self) -> None:
        own = f"{self.runtime.pillar}."
        try:
            names = [each.name for each in self.folder.iterdir() if each.name.startswith(own)]
        except FileNotFoundError:
            names = []
        await self.obey({name.removeprefix(own): _number(self.folder / name) for name in names})

    async def obey(self, flags: dict[str, float]) -> None:
        if "crash" in flags and time.monotonic() - self.born >= flags["crash"]:
            os.kill(os.getpid(), signal.SIGKILL)
        self.block = flags.get("block", 0.0)
        self.hold = flags.get("hold", 0.0)
        self._skew(flags.get("skew", 0.0))
        self._hog(int(flags.get("hog", 0)))
        await self._leak(int(flags.get("leak", 0)))

    def _skew(self, seconds: float) -> None:
        """What asks the ``time`` module or the runtime's clock is wrong; monotonic time goes on as ever."""
        time.time = (lambda: _true_time() + seconds) if seconds else _true_time
        ahead = timedelta(seconds=seconds)
        self.runtime.clock = (lambda: utc_now() + ahead) if seconds else utc_now

    def _hog(self, megabytes: int) -> None:
        del self.hoard[megabytes // 16 :]
        if len(self.hoard) < megabytes // 16:
            self.hoard.append(bytearray(b"x") * (16 * _MEGABYTE))

    async def _leak(self, count: int) -> None:
        while len(self.kept) > count:
            await self.runtime.pool.release(self.kept.pop())
        try:
            async with asyncio.timeout(LOOK_S):
                while len(self.kept) < count:
                    self.kept.append(await self.runtime.pool.acquire())
        except TimeoutError:
            return


def _number(file: Path) -> float:
    try:
        return float(file.read_text() or 0)
    except (ValueError, OSError):
        return 0.0
