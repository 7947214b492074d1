"""What many ask alike: one reading for all of them, which nobody else's question, time or failure gets into."""

import asyncio

import grpc
import grpc.aio
import pytest

from gateway.calls.alike import Alike


def too_late() -> grpc.aio.AioRpcError:
    """What a call ends with that took too long."""
    return grpc.aio.AioRpcError(grpc.StatusCode.DEADLINE_EXCEEDED, grpc.aio.Metadata(), grpc.aio.Metadata())


class Counted:
    """A reading that counts, and takes its time."""

    def __init__(self, takes: float = 0.0) -> None:
        self.read, self.takes, self.fails = 0, takes, False

    async def __call__(self, within: float) -> int:
        self.read += 1
        number = self.read
        await asyncio.sleep(min(self.takes, within))
        if self.fails or self.takes > within:
            raise too_late()
        return number


async def test_what_many_ask_alike_is_read_once_and_what_differs_apart() -> None:
    one, alike = Counted(), Alike[int](60, 9)
    assert await asyncio.gather(*(alike.now(each, one, 1) for each in "aabab")) == [1, 1, 2, 1, 2]


async def test_a_moment_later_it_is_read_anew() -> None:
    one, alike = Counted(), Alike[int](0.02, 9)
    assert await alike.now("a", one, 1) == 1
    await asyncio.sleep(0.05)
    assert await alike.now("a", one, 1) == 2


async def test_a_question_of_the_moment_puts_the_oldest_out_when_all_places_are_taken() -> None:
    one, alike = Counted(), Alike[int](60, 2)
    assert [await alike.now(each, one, 1) for each in "abca"] == [1, 2, 3, 4]
    assert [await alike.now(each, one, 1) for each in "ca"] == [3, 4]


async def test_a_failure_is_for_those_who_waited_and_for_nobody_after() -> None:
    one, alike = Counted(), Alike[int](60, 9)
    one.fails = True
    with pytest.raises(grpc.aio.AioRpcError):
        await alike.now("a", one, 1)
    one.fails = False
    assert await alike.now("a", one, 1) == 2


async def test_who_joins_one_with_less_time_has_their_own_all_the_same() -> None:
    short, alike = Counted(takes=0.2), Alike[int](60, 9)
    first = asyncio.ensure_future(alike.now("a", short, 0.05))
    await asyncio.sleep(0)
    assert await alike.now("a", short, 5) == 2
    with pytest.raises(grpc.aio.AioRpcError):
        await first


async def test_a_reading_goes_on_for_the_others_when_whoever_asked_first_has_gone() -> None:
    one, alike = Counted(takes=0.05), Alike[int](60, 9)
    first = asyncio.ensure_future(alike.now("a", one, 1))
    await asyncio.sleep(0)
    second = asyncio.ensure_future(alike.now("a", one, 1))
    await asyncio.sleep(0)
    first.cancel()
    assert await second == 1
