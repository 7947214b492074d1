"""A process that works something out, as the pillar sees it: started for one question, told of, killed when it is too
long.

Executed, never forked: gRPC has threads in this process. It gets nothing of our environment, least of all secrets.
"""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec
from msgspec import Struct

T = TypeVar("T")

MEMORY_BYTES = 1 << 30
"""Address space: Python with its libraries has 250 MB of it, 400 stops or a year of hours need 100 to 200 MB more."""
SPARE_S = 20.0
"""Beside the work: to start, on a busy machine, and to end."""
MOST_BYTES = 4 << 20
"""Of one line."""
_ROOT = Path(__file__).parents[3]


class BrokenError(Exception):
    """The process ended without an answer, or took too long; the text says which: ``crashed`` or ``timeout``."""


class _Line(Struct, Generic[T]):
    percent: int = 0
    answer: T | None = None


async def ask(
    module: str,
    question: Struct,
    answer: type[T],
    seconds: float,
    tell: Callable[[int], Awaitable[None]],
    spare: float = SPARE_S,
) -> T:
    """What a module that calls ``worker.serve`` answers in so many seconds; ``tell`` hears per cent.

    Whoever is cancelled leaves no process. Raises BrokenError.
    """
    try:
        async with asyncio.timeout(seconds + spare), _process(module, seconds) as (reader, writer):
            writer.write(msgspec.json.encode(question) + b"\n")
            await writer.drain()
            while raw := await reader.readline():
                line = msgspec.json.decode(raw, type=_Line[answer])  # type: ignore[valid-type]
                if line.answer is not None:
                    return line.answer
                await tell(line.percent)
    except TimeoutError:
        raise BrokenError("timeout") from None
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise BrokenError("crashed") from error
    raise BrokenError("crashed")


@asynccontextmanager
async def _process(module: str, seconds: float) -> Any:
    ours, theirs = socket.socketpair()
    with theirs:
        # Not asyncio's: uvloop's forks, with gRPC's threads about. This one is done in a few milliseconds.
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-P", "-m", module, str(seconds), str(MEMORY_BYTES)],
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
    writer: asyncio.StreamWriter | None = None
    try:
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=MOST_BYTES)
        yield reader, writer
    finally:
        process.kill()
        if writer is not None:
            writer.close()
        else:
            ours.close()
        await asyncio.shield(asyncio.to_thread(process.wait))
