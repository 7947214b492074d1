"""Keeps a planner's process with the current feed: starts it, swaps it when another feed holds, and starts it anew.

While a new feed loads, the process with the old one answers.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

import msgspec
import structlog
from msgspec import Struct

from services.kit.errors import DomainError, not_found, unavailable
from services.kit.runtime import Runtime
from services.kit.tasks import end
from services.living.apart.frames import Frame, Opening
from services.living.apart.running import GoneError, Process
from services.living.apart.turns import BusyError
from services.living.feeds import store as feeds
from services.living.feeds.model import Feed
from services.living.feeds.wordbook import MOST, Wordbook
from services.living.timetable import store
from services.living.timetable.clock import day_of

T = TypeVar("T")

LOOK_S = 1.0
"""How often it is asked which feed holds."""
LOAD_S = 120.0
"""Longest time to make a timetable."""
_REST_S = 5.0
"""After a process that did not start."""
_LINGER_S = 10.0
"""For which a process that was replaced may still answer."""
_log = structlog.get_logger(__name__)


class Keeper:
    """Whoever asks is answered by the process with the current feed."""

    def __init__(self, runtime: Runtime) -> None:
        """Starts nothing."""
        self._runtime = runtime
        self._process: Process | None = None
        self._feed: Feed | None = None
        self._words = Wordbook()
        self._looked = asyncio.Event()
        """Set once it is known which feed holds."""
        self._known: int | None = None
        self._looking = asyncio.Lock()
        self._behind_since: float | None = None
        """By the loop's clock, since when the feed that holds is not in memory."""
        self._leaving: set[asyncio.Task[None]] = set()
        self._said: Struct | None = None
        self._now = b""

    @property
    def feed(self) -> Feed | None:
        """The feed whose timetable is in memory."""
        return self._feed

    @property
    def words(self) -> Wordbook:
        """What that feed says in other languages."""
        return self._words

    @property
    def process(self) -> Process | None:
        """The process that answers."""
        return self._process

    @property
    def behind_s(self) -> float:
        """For how many seconds the feed that holds has not been in memory; 0 when it is, or when there is none."""
        since = self._behind_since
        return asyncio.get_running_loop().time() - since if since is not None else 0.0

    async def ask(self, about: str, question: Struct, answer: type[T]) -> tuple[Feed, T]:
        """An answer and the feed that it rests on.

        Errors: FEED_NOT_FOUND, TIMETABLE_LOADING, PLANNER_BUSY, PLANNER_GONE.
        """
        for again in (True, False):
            process, feed = await self._ready()
            try:
                return feed, await process.ask(about, question, answer)
            except BusyError:
                message = "Many people are asking for journeys right now. Try again in a few seconds."
                raise unavailable("PLANNER_BUSY", message) from None
            except GoneError as error:
                # A feed may have taken another's place in between; a question is read only, so asking twice is safe.
                if again and process is not self._process:
                    continue
                _log.warning("the planner did not answer", why=str(error))
                break
        raise unavailable("PLANNER_GONE", "The journey planner stopped and is started again. Try again in a minute.")

    async def tell(self, now: Struct) -> None:
        """Tells what is different from the timetable from now on: the process that answers, and those that come."""
        if now == self._said:  # of what is long most is the same object as before, which is quick to see
            return
        self._said, self._now = now, msgspec.msgpack.encode(now)
        content = self._now
        if self._process is not None and self._process.alive:
            with suppress(GoneError):  # the one that takes its place is told
                await self._process.tell(content)

    async def _ready(self) -> tuple[Process, Feed]:
        with suppress(TimeoutError):
            async with asyncio.timeout(2):
                await self._looked.wait()
        if self._process is not None and self._feed is not None and self._process.alive:
            return self._process, self._feed
        raise self._why()

    def _why(self) -> DomainError:
        if self._looked.is_set() and self._known is None:
            message = "No timetable was imported in this city yet, so there are no departures and no journeys."
            return not_found("FEED_NOT_FOUND", message)
        return unavailable("TIMETABLE_LOADING", "The timetable is being loaded. Try again in a few seconds.")

    async def keep(self) -> None:
        """Looks which feed holds, for as long as the pillar runs."""
        while True:
            try:
                await self.look()
                rest = LOOK_S
            except (GoneError, OSError, DomainError) as error:
                _log.warning("the planner did not start", why=str(error))
                rest = _REST_S
            except Exception:
                # The database may be away; what is loaded answers meanwhile.
                _log.warning("which timetable holds is not known", exc_info=True)
                rest = _REST_S
            await asyncio.sleep(rest)

    async def look(self) -> None:
        """Loads the current feed unless it is loaded and alive."""
        async with self._looking:
            async with self._runtime.snapshot() as tx:
                current = await feeds.current(tx)
            self._known = current.feed.number if current else None
            if current is not None and not self._holds(current.feed):
                self._behind_since = self._behind_since or asyncio.get_running_loop().time()
                words = await self._read_words(current.feed)  # first: it may fail, and a process would be left behind
                process = await self._load(current.feed)
                before, self._process, self._feed, self._words = self._process, process, current.feed, words
                self._let_go(before)
                if self._now:
                    await process.tell(self._now)  # before any question
            self._behind_since = None
            self._looked.set()

    def _holds(self, feed: Feed) -> bool:
        process = self._process
        return process is not None and process.feed == feed.number and process.alive

    async def _load(self, feed: Feed) -> Process:
        process = Process(feed.number)
        try:
            today = day_of(self._runtime.clock(), feed.timezone).isoformat()
            await process.open(Opening(feed.timezone, today))
            async with self._runtime.snapshot() as tx:
                async for table, rows in store.rows(tx, feed.number):
                    await process.rows(table, rows)

                async def take(part: bytes) -> None:
                    await process.send(Frame.TIMES, part)

                await store.times(tx, feed.number, take)
            ready = await process.load(LOAD_S)
        except BaseException:
            await process.close()
            raise
        _log.info("a timetable is in memory", feed=feed.number, seconds=round(ready.seconds, 2), bytes=ready.bytes)
        return process

    async def _read_words(self, feed: Feed) -> Wordbook:
        async with self._runtime.snapshot() as tx:
            return Wordbook(feed.language, await feeds.all_words(tx, feed.number, MOST))

    def _let_go(self, before: Process | None) -> None:
        if before is None:
            return

        async def leave() -> None:
            try:
                await before.drained(_LINGER_S)
            finally:
                await before.close()

        task = asyncio.create_task(leave())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def close(self) -> None:
        """Ends all its processes."""
        await end(*self._leaving)
        if self._process is not None:
            await self._process.close()


@asynccontextmanager
async def kept(runtime: Runtime) -> AsyncIterator[Keeper]:
    """A keeper for as long as the block runs."""
    keeper = Keeper(runtime)
    task = asyncio.create_task(keeper.keep())
    try:
        yield keeper
    finally:
        await end(task)
        await keeper.close()
