"""Ending tasks for certain."""

import asyncio
from typing import Any

PATIENCE_S = 3.0


async def end(*tasks: "asyncio.Task[Any]", patience: float = PATIENCE_S) -> None:
    """Cancels tasks and waits until all have ended, however they end.

    Once is not enough: on Python 3.11 ``asyncio.wait_for``, by which nats-py waits for an answer, returns an answer
    that comes at the same moment and forgets the cancellation. Who goes on after ``patience`` seconds is cancelled
    again.
    """
    going = set(tasks)
    while going:
        for task in going:
            task.cancel()
        _, going = await asyncio.wait(going, timeout=patience)
    for task in tasks:
        if not task.cancelled():
            task.exception()  # looked at, so that nobody complains of it


async def go_on(stop: asyncio.Event, *tasks: "asyncio.Task[Any]") -> None:
    """Waits until ``stop`` is set. Raises RuntimeError as soon as one of the tasks has ended, however it did.

    Whoever does without one of them should end, so that it is seen and started again.
    """
    waiting = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({waiting, *tasks}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    for task in tasks:
        if task.done() and not stop.is_set():
            why = None if task.cancelled() else task.exception()
            raise RuntimeError(f"{getattr(task.get_coro(), '__qualname__', 'a task')} has ended") from why
