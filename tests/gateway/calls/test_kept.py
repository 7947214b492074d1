"""What is read once for all who ask: by one reading at a time, which outlives whoever asked."""

import asyncio

import pytest

from gateway.calls import kept
from gateway.calls.kept import Kept


class Slow:
    """A reading that takes as long as the test wants, and counts."""

    def __init__(self) -> None:
        self.read, self.go_on, self.fails = 0, asyncio.Event(), False

    async def __call__(self) -> int:
        self.read += 1
        number = self.read
        await self.go_on.wait()
        if self.fails:
            raise OSError("away")
        return number


async def test_all_who_ask_at_once_wait_for_one_reading() -> None:
    slow = Slow()
    one = Kept(slow, 60, 60)
    asking = [asyncio.create_task(one.now()) for _ in range(5)]
    await asyncio.sleep(0)
    slow.go_on.set()
    assert await asyncio.gather(*asking) == [1] * 5
    assert (await one.now(), slow.read) == (1, 1)


async def test_a_reading_that_takes_longer_than_anybody_waits_ends_some_time() -> None:
    slow = Slow()
    one = Kept(slow, 60, 60)
    for _ in range(3):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await one.now()
    slow.go_on.set()
    assert (await one.now(), slow.read) == (1, 1)


async def test_what_is_old_is_used_while_nothing_newer_can_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "PATIENCE", 0.01)
    slow = Slow()
    slow.go_on.set()
    one = Kept(slow, -1, 60)
    assert [await one.now(), await one.now()] == [1, 2], "it is old at once"
    slow.go_on.clear()
    assert await one.now() == 2, "the reading takes too long"
    slow.fails = True
    slow.go_on.set()
    assert await one.now() == 2
    one.longest = -1
    with pytest.raises(OSError, match="away"):
        await one.now()


async def test_nothing_there_is_a_fault() -> None:
    slow = Slow()
    slow.fails = True
    slow.go_on.set()
    with pytest.raises(OSError, match="away"):
        await Kept(slow, 60, 60).now()
