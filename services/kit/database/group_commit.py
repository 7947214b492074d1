"""Group commit: callers await their answer while one statement and one commit serve all who came meanwhile.

For hot writes (payments, observations, vehicle positions). ``flush`` gets the items of all waiting callers and answers
each in order; what a client can cause is an answer (a verdict), never an exception: one exception would abort the
statement for all. If there is one all the same, the batch is bisected, so that a bug costs only the item that has it.
When another transaction stood in the way (a deadlock, a key used meanwhile) ``flush`` runs again in a new transaction.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from services.kit.caller import SYSTEM, Scope
from services.kit.context import Context
from services.kit.database.transaction import Transaction, transaction
from services.kit.errors import CONTENTION, is_transient, unavailable

Item = TypeVar("Item")
Answer = TypeVar("Answer")

LEAST = 16
"""Items below which a second commit costs more than it gains."""
ATTEMPTS = 5
"""Transactions that a batch gets when others stand in its way."""


class GroupCommit(Generic[Item, Answer]):
    """Collects items and commits them together; ``start`` before use, ``stop`` to drain."""

    def __init__(
        self,
        runtime: Context,
        flush: Callable[[Transaction, Sequence[Item]], Awaitable[Sequence[Answer]]],
        *,
        most: int = 512,
        flushers: int = 2,
    ) -> None:
        """``most`` items a commit; ``flushers`` commits at the same time (more only fight over the log)."""
        self._runtime = runtime
        self._flush = flush
        self._most = most
        self._flushers = flushers
        self._busy = 0
        self._waiting: deque[tuple[Item, asyncio.Future[Answer]]] = deque()
        self._due = asyncio.Event()
        self._stopping = False
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Starts the flushers on the running loop."""
        self._tasks = [asyncio.create_task(self._run()) for _ in range(self._flushers)]

    async def stop(self) -> None:
        """Commits what waits, then ends."""
        self._stopping = True
        self._due.set()
        await asyncio.gather(*self._tasks)

    async def submit(self, item: Item) -> Answer:
        """Hands an item over and waits for its answer, which comes after the commit.

        A caller that gives up only cancels its answer: the item is committed all the same. Raises UNAVAILABLE when the
        database is away (the outcome is then unknown) or too many change the same thing; the caller repeats with the
        same key.
        """
        if self._stopping:
            raise unavailable("STOPPING", "This process is stopping. Repeat with the same key.")
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        self._due.set()
        return await future

    async def _run(self) -> None:
        while True:
            if not self._waiting or self._joins_later():
                if self._stopping and not self._waiting:
                    return
                self._due.clear()
                await self._due.wait()
                continue
            batch = [self._waiting.popleft() for _ in range(self._share())]
            self._busy += 1
            try:
                await self._commit(batch)
            finally:
                self._busy -= 1
                self._due.set()

    def _joins_later(self) -> bool:
        """Whether those who wait are too few for a commit beside the one under way: they gather for the next."""
        return self._busy > 0 and len(self._waiting) < min(LEAST, self._most)

    def _share(self) -> int:
        """How many of those who wait one flusher takes: what is enough for two is left to the others that are idle, so
        that one batch is prepared here while the server writes another.
        """
        fair = -(-len(self._waiting) // (self._flushers - self._busy))
        return min(len(self._waiting), self._most, max(fair, LEAST))

    async def _commit(self, batch: list[tuple[Item, "asyncio.Future[Answer]"]]) -> None:
        try:
            answers = await self._insist([item for item, _ in batch])
        except Exception as error:
            await self._refuse(batch, error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)

    async def _insist(self, items: Sequence[Item]) -> Sequence[Answer]:
        """Commits the items, anew when another transaction stood in the way."""
        left = ATTEMPTS
        while True:
            left -= 1
            try:
                async with transaction(self._runtime, SYSTEM, Scope.ANY) as tx:
                    answers = await self._flush(tx, items)
                    if len(answers) != len(items):
                        raise RuntimeError(f"{len(answers)} answers for {len(items)} items; nothing is committed")
                return answers
            except CONTENTION:
                if not left:
                    raise

    async def _refuse(self, batch: list[tuple[Item, "asyncio.Future[Answer]"]], error: Exception) -> None:
        """Tells everybody what passes by itself; any other error is looked for in halves of the batch."""
        if isinstance(error, CONTENTION):
            failure: Exception = unavailable("BUSY", "Too many change the same thing now. Repeat with the same key.")
        elif is_transient(error):
            failure = unavailable("DATABASE_AWAY", "The database is away. Repeat with the same key.")
        elif len(batch) > 1:
            middle = len(batch) // 2
            await self._commit(batch[:middle])
            await self._commit(batch[middle:])
            return
        else:
            failure = error
        for _, future in batch:
            if not future.done():
                future.set_exception(failure)
                future.exception()  # a caller that gave up does not fetch it
