"""The process that finds rounds, as the pillar sees it: started for one problem, told of, killed when it is too long.

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
from typing import Any

import msgspec
from msgspec import Struct

from services.environment.routing.model import Found, Problem

MEMORY_BYTES = 1 << 30
"""Address space: Python with its libraries has 250 MB of it, 400 stops need 100 MB more."""
SPARE_S = 20.0
"""Beside the search: to start, on a busy machine, and to end."""
MOST_BYTES = 4 << 20
"""Of one line."""
_ROOT = Path(__file__).parents[3]


class BrokenError(Exception):
    """The process ended without an answer, or took too long; the text says which."""


class _Line(Struct):
    percent: int = 0
    found: list[Found] | None = None


async def solve(
    problem: Problem, seconds: float, tell: Callable[[int], Awaitable[None]], spare: float = SPARE_S
) -> list[Found]:
    """The rounds that are found in so many seconds; ``tell`` hears per cent. Raises BrokenError.

    Whoever is cancelled leaves no process.
    """
    try:
        async with asyncio.timeout(seconds + spare), _process(seconds) as (reader, writer):
            writer.write(msgspec.json.encode(problem) + b"\n")
            await writer.drain()
            while raw := await reader.readline():
                line = msgspec.json.decode(raw, type=_Line)
                if line.found is not None:
                    return line.found
                await tell(line.percent)
    except TimeoutError:
        raise BrokenError("timeout") from None
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise BrokenError("crashed") from error
    raise BrokenError("crashed")


@asynccontextmanager
async def _process(seconds: float) -> Any:
    ours, theirs = socket.socketpair()
    with theirs:
        # Not asyncio's: uvloop's forks, with gRPC's threads about. This one is done in a few milliseconds.
        process = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-P", "-m", "services.environment.routing.worker", str(seconds), str(MEMORY_BYTES)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env={
                "PYTHONPATH": os.pathsep.join([str(_ROOT), *filter(None, sys.path)]),
                "LANG": "C.UTF-8",
                "OPENBLAS_NUM_THREADS": "1",  # nothing here multiplies matrices
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
