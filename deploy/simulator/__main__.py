"""Runs the simulator beside a local platform, as one of its components."""

import asyncio
import signal
import sys

from deploy.operate import access
from deploy.simulator.running import DAYS, simulate


async def _main() -> None:
    task = asyncio.ensure_future(simulate(access.find(), DAYS, tell=_tell))
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
