"""Ending tasks for certain."""

import asyncio

PATIENCE_S = 3.0


async def end(*tasks: "asyncio.Task[None]", patience: float = PATIENCE_S) -> None:
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
