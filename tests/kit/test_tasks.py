"""Ending tasks that do not listen the first time."""

import asyncio

from services.kit.tasks import end


async def test_a_task_that_forgets_a_cancellation_is_cancelled_again() -> None:
    forgotten = 0

    async def forgetful() -> None:
        nonlocal forgotten
        while forgotten < 2:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:  # what asyncio.wait_for does on Python 3.11 when the answer is there
                forgotten += 1
        await asyncio.Event().wait()

    task = asyncio.create_task(forgetful())
    await asyncio.sleep(0)
    await end(task, patience=0.01)
    assert task.cancelled()
    assert forgotten == 2


async def test_a_task_may_take_its_time_to_clean_up_and_may_fail() -> None:
    cleaned = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.05)
            cleaned.set()

    async def broken() -> None:
        raise ValueError

    async def done() -> None:
        return

    tasks = [asyncio.create_task(each()) for each in (slow, broken, done)]
    await asyncio.sleep(0)
    await end(*tasks, patience=1.0)
    assert cleaned.is_set()
    assert all(task.done() for task in tasks)
