"""What can be done with nowcasts: read them from the service, and tell those that hold."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import httpx
import structlog

from services.environment.nowcasts import reading, store
from services.environment.nowcasts.model import KEPT, MOST, Feed, Item, Nowcast, nowcast
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.http import fetching
from services.kit.http.errors import UnreadableError
from services.kit.runtime import Runtime

MOST_BYTES = 2 << 20
"""The largest answer that is read; messages have some 100 KB."""
_AGENT = "smartcity-nowcasts"
_log = structlog.get_logger()


async def read(runtime: Runtime, url: str) -> None:
    """Reads the feed at a URL and the messages of it that are new. What is known stays where that fails."""
    before = await _begun(runtime, url)
    async with await fetching.client(_AGENT) as client:
        try:
            answer = await fetching.fetch(client, url, MOST_BYTES, before.etag, before.modified)
            listed = await asyncio.to_thread(reading.items, answer.content, url) if answer is not None else []
        except UnreadableError as error:
            await _failed(runtime, before, str(error))
            return
        problem = await _take(runtime, client, listed)
    if problem:
        await _failed(runtime, replace(before, etag="", modified=""), problem)
        return
    if before.problem:
        _log.info("nowcasts are read again")
    after = before if answer is None else replace(before, etag=answer.etag, modified=answer.modified)
    async with runtime.transaction() as tx:
        await store.save_feed(tx, replace(after, read_at=tx.now, problem=""))


async def holding(tx: Transaction) -> tuple[list[Nowcast], Feed | None]:
    """Nowcasts that hold here, and how the feed was last read."""
    return await store.holding(tx), await store.feed(tx)


async def prune(runtime: Runtime) -> None:
    """Deletes what was over long ago."""
    async with runtime.transaction() as tx:
        await store.prune(tx, tx.now - KEPT)


async def _begun(runtime: Runtime, url: str) -> Feed:
    """How the feed was read last; from the beginning where its address is another."""
    async with runtime.transaction() as tx:
        before = await store.feed(tx)
        if before is None or before.url != url:
            before = Feed(1, url, tx.now)
            await store.save_feed(tx, before)
    return before


async def _take(runtime: Runtime, client: httpx.AsyncClient, listed: Sequence[Item]) -> str:
    """Keeps the messages that are new, one after the other; answers with why one of them could not be."""
    async with runtime.statement() as tx:
        known = await store.known(tx, [one.key for one in listed])
    fresh = [one for one in listed if one.key not in known]
    problem = "there is more than is fetched at once" if len(fresh) > MOST else ""
    for item in fresh[:MOST]:
        try:
            answer = await fetching.fetch(client, item.link, MOST_BYTES)
            assert answer is not None  # nothing was said of what is known
            made = await asyncio.to_thread(_made, runtime.city, item, answer.content)  # its outlines may be long
        except UnreadableError as error:
            problem = str(error)
            continue  # the others may be sound
        async with runtime.transaction() as tx:
            await store.keep(tx, made)
    return problem


def _made(city: City, item: Item, content: bytes) -> Nowcast:
    return nowcast(city, item, reading.message(content, city.timezone))


async def _failed(runtime: Runtime, feed: Feed, problem: str) -> None:
    """Says once why the feed is not read."""
    if feed.problem != problem:
        _log.warning("nowcasts cannot be read; it is tried again, and what is known is shown", problem=problem)
    async with runtime.transaction() as tx:
        await store.save_feed(tx, replace(feed, problem=problem))
