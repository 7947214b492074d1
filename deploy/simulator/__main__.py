"""Runs the simulator beside a local platform, as one of its components."""

import asyncio
import signal
import sys

from deploy.operate import access
from deploy.simulator.buses import drive
from deploy.simulator.running import DAYS, simulate


async def _main() -> None:
    task = asyncio.ensure_future(_all())
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    await asyncio.wait({task})
    if not task.cancelled():
        task.result()


async def _all() -> None:
    """Devices measure, and buses drive; what breaks one ends both, and is told."""
    found = access.find()
    async with asyncio.TaskGroup() as group:
        group.create_task(simulate(found, DAYS, tell=_tell))
        group.create_task(drive(found, tell=_tell))


def _tell(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(_main())
