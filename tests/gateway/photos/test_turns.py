"""Turns of photos: a place is never lost, whoever gives up and whenever."""

import asyncio

from gateway.photos.turns import Turns


async def test_who_gives_up_just_as_a_place_is_free_loses_no_place() -> None:
    turns, leaving = Turns(2), {name: asyncio.Event() for name in "abcd"}

    async def work(name: str) -> None:
        async with turns.turn(name):
            await leaving[name].wait()

    tasks = {name: asyncio.create_task(work(name)) for name in "abc"}
    await asyncio.sleep(0)
    assert turns.waiting == 1
    leaving["a"].set()
    tasks["c"].cancel()  # its future ends at once; that it gave up is found out after a has ended
    results = await asyncio.gather(tasks["a"], tasks["c"], return_exceptions=True)
    assert results[0] is None
    assert isinstance(results[1], asyncio.CancelledError)
    leaving["b"].set()
    await tasks["b"]
    for name in "cd":
        leaving[name].set()
    async with asyncio.timeout(1):
        await asyncio.gather(work("c"), work("d"))
    assert (turns._free, turns.waiting, +turns._working) == (2, 0, {})
