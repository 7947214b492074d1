"""Ending tasks that do not listen the first time, and noticing those that end by themselves."""

import asyncio

import pytest

from services.kit.tasks import end, go_on


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


@pytest.mark.parametrize("how", ["fails", "returns", "is cancelled"])
async def test_a_task_that_should_go_on_and_ends_is_noticed(how: str) -> None:
    async def job() -> None:
        await asyncio.sleep(0)
        if how == "fails":
            raise KeyError("data")
        if how == "is cancelled":  # from within, as a library may that gives up a future somebody waits for
            raise asyncio.CancelledError

    other = asyncio.create_task(asyncio.Event().wait())
    task = asyncio.create_task(job())
    with pytest.raises(RuntimeError, match="job has ended") as raised:
        async with asyncio.timeout(1):
            await go_on(asyncio.Event(), other, task)
    assert isinstance(raised.value.__cause__, KeyError) is (how == "fails")
    assert not other.done()
    other.cancel()


async def test_tasks_that_go_on_are_left_alone_until_it_is_time_to_stop() -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(asyncio.Event().wait())
    waiting = asyncio.create_task(go_on(stop, task))
    await asyncio.sleep(0.01)
    assert not waiting.done()
    stop.set()
    await waiting
    assert not task.done()
    task.cancel()
