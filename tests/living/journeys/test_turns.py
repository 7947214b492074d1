"""Who is answered next by a planner's process, and that who hangs up costs the others nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from services.living.apart.running import GoneError
from services.living.apart.turns import BusyError, Turns

MOST = {"quick": 3, "long": 2}


class Asker:
    """People who ask, in the order in which their turn came."""

    def __init__(self) -> None:
        self.turns = Turns(MOST)
        self.came: list[str] = []

    async def ask(self, kind: str, name: str) -> None:
        await self.turns.take(kind)
        self.came.append(name)

    @asynccontextmanager
    async def asking(self, kind: str, name: str) -> AsyncIterator["asyncio.Task[None]"]:
        """Somebody who asks; has got as far as they can when the block begins."""
        task = asyncio.create_task(self.ask(kind, name))
        await asyncio.sleep(0)
        yield task

    async def answered(self) -> None:
        """What is under way is answered, and the next one goes on."""
        self.turns.over()
        await asyncio.sleep(0)


async def test_one_is_under_way_and_quick_ones_go_before_long_ones() -> None:
    people = Asker()
    async with (
        people.asking("long", "first"),
        people.asking("long", "second"),
        people.asking("quick", "third"),
        people.asking("long", "fourth"),
        people.asking("quick", "fifth"),
    ):
        assert people.came == ["first"]
        for _ in range(4):
            await people.answered()
        assert people.came == ["first", "third", "fifth", "second", "fourth"]
        await people.answered()
        await people.ask("long", "sixth")
        assert people.came[-1] == "sixth"


async def test_who_hangs_up_is_passed_over_and_what_is_under_way_stays_so() -> None:
    people = Asker()
    async with people.asking("long", "first"):
        for number in range(20):
            async with people.asking("long", f"gone {number}") as gone:
                gone.cancel()
                await asyncio.sleep(0)
        async with people.asking("long", "honest"):
            assert people.came == ["first"], "the process still works at it"
            await people.answered()
            assert people.came == ["first", "honest"]


async def test_who_hangs_up_as_their_turn_comes_gives_it_to_the_next() -> None:
    people = Asker()
    async with people.asking("long", "first"), people.asking("long", "gone") as gone, people.asking("long", "next"):
        people.turns.over()
        gone.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert people.came == ["first", "next"]


async def test_no_more_wait_than_may_of_each_kind() -> None:
    people = Asker()
    async with people.asking("long", "first"), people.asking("long", "second"), people.asking("long", "third"):
        with pytest.raises(BusyError):
            await people.ask("long", "fourth")
        async with people.asking("quick", "fifth"):
            await people.answered()
            assert people.came == ["first", "fifth"]


async def test_all_who_wait_hear_that_it_ended() -> None:
    people = Asker()
    async with people.asking("long", "first"), people.asking("quick", "second") as second:
        people.turns.end(GoneError("it ended"))
        with pytest.raises(GoneError):
            await second
