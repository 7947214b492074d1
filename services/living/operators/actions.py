"""What can be done with operators' feeds: read them, and end the alerts of those that are silent."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import httpx
import structlog

from services.kit.database import Transaction
from services.kit.http import fetching
from services.kit.http.errors import UnreadableError
from services.kit.runtime import Runtime
from services.living.alerts import actions as alerts
from services.living.alerts import model as alert_model
from services.living.alerts import store as alert_store
from services.living.alerts.model import Content, Origin, State, Step
from services.living.feeds import lookup
from services.living.feeds import store as timetables
from services.living.operators import reading, store
from services.living.operators.model import (
    KEPT,
    MOST_STEPS,
    TOLD,
    OperatorFeed,
    Source,
    TripUpdate,
    delay_of,
    likely_day,
)
from services.living.operators.own import own
from services.living.operators.reading import Told
from services.living.present.model import Delay
from services.living.timetable import clock

_PART = 200
"""Trips that are looked up at once."""
MOST_BYTES = 4 << 20
"""The largest answer that is read: some five thousand trips with all their stops."""
_EARLIEST, _LATEST = date(1970, 1, 1), date(2200, 1, 1)
"""Between them are the days that may be meant: at the ends of the calendar no moment of a day is known."""
_AGENT = "smartcity-gtfs-rt"
_log = structlog.get_logger(__name__)


async def read_all(runtime: Runtime, sources: Sequence[Source]) -> None:
    """Reads each feed; those that are no longer to be read are forgotten, and silent ones tell nothing."""
    try:
        async with runtime.transaction() as tx:
            await store.forget(tx, [one.name for one in sources])
        if sources:
            async with await fetching.client(_AGENT) as client:
                for one in sources:
                    await _attempt(runtime, client, one)
    finally:
        await _silence(runtime)


async def _attempt(runtime: Runtime, client: httpx.AsyncClient, source: Source) -> None:
    """Reads one feed. Whatever is wrong with it is its own failure: the others are read, and silence is seen to."""
    try:
        before = await _begun(runtime, source)
    except Exception:
        _log.exception("an operator's feed is not read; it is tried again", feed=source.name)
        return
    try:
        await _read(runtime, client, source, before)
        if before.problem:
            _log.info("an operator's feed is read again", feed=source.name)
    except UnreadableError as error:
        await _failed(runtime, before, str(error))
    except Exception as error:
        _log.debug("an operator's feed failed", feed=source.name, exc_info=True)
        await _failed(runtime, before, f"it could not be taken ({type(error).__name__})")


async def _read(runtime: Runtime, client: httpx.AsyncClient, source: Source, before: OperatorFeed) -> None:
    answer = await fetching.fetch(client, source.url, MOST_BYTES, before.etag, before.modified)
    told = await asyncio.to_thread(reading.told, answer.content, runtime.clock()) if answer else None
    if told is None or answer is None:
        async with runtime.transaction() as tx:
            await store.FEEDS.save(tx, replace(before, read_at=tx.now, problem=""))
        return
    delays, unknown = await _delays(runtime, source.agency, told)
    async with runtime.transaction() as tx:
        contents = await own(tx, before.timetable, source.agency, told.alerts, told.directions)
        after, withheld = await _alerts(tx, before.counted(tx.now), contents)
        left_out = told.left_out + withheld
        after = replace(
            after, read_at=tx.now, told_at=told.at, etag=answer.etag, modified=answer.modified,
            problem=f"{left_out} trips and alerts are more than are taken" if left_out else "",
            unknown=unknown + len(told.alerts) - len(contents), version=before.version + 1,
        )  # fmt: skip
        await store.FEEDS.save(tx, after)
        await store.put(tx, source.name, delays)


async def _begun(runtime: Runtime, source: Source) -> OperatorFeed:
    """How it was read last; from the beginning where its address or agency is another.

    Where another timetable holds since, it is read as a whole again.
    """
    async with runtime.transaction() as tx:
        current = await timetables.current(tx)
        number = current.feed.number if current else 0
        before = await store.feed(tx, source.name)
        if before is None or (before.url, before.agency) != (source.url, source.agency):
            before = OperatorFeed(source.name, source.url, tx.now, agency=source.agency)
            await store.FEEDS.save(tx, before)
    return before if before.timetable == number else replace(before, timetable=number, etag="", modified="")


async def _failed(runtime: Runtime, feed: OperatorFeed, problem: str) -> None:
    """Says once why it is not read."""
    if feed.problem != problem:
        _log.warning("an operator's feed cannot be read; it is tried again", feed=feed.id, problem=problem)
    try:
        async with runtime.transaction() as tx:
            await store.FEEDS.save(tx, replace(feed, problem=problem))
    except Exception:
        _log.exception("why an operator's feed is not read is not kept", feed=feed.id)


async def _delays(runtime: Runtime, agency: str, told: Told) -> tuple[list[Delay], int]:
    """How late trips are, and how many of them are none of the agency's in the timetable."""
    found: list[Delay] = []
    async with runtime.snapshot() as tx:
        current = await timetables.current(tx)
        if current is None:
            return [], len(told.updates)
        feed = current.feed
        near = _near(told.at, feed.timezone)
        for begin in range(0, len(told.updates), _PART):
            some = told.updates[begin : begin + _PART]
            calls = await lookup.calls(tx, feed.number, agency, {one.trip for one in some})
            undated = {one.trip for one in some if not one.day and one.trip in calls}
            running = await lookup.running(tx, feed.number, undated, near) if undated else set[tuple[str, date]]()
            for one in some:
                if one.trip not in calls:
                    continue
                days = {day: zero for day, zero in near.items() if (one.trip, day) in running}
                day = _said(one) if one.day else likely_day(one, calls[one.trip], days, int(told.at.timestamp()))
                if day is not None:
                    found.append(delay_of(one, day.isoformat(), clock.zero(day, feed.timezone), calls[one.trip]))
    return found, len(told.updates) - len(found)


def _near(at: datetime, timezone: str) -> dict[date, int]:
    """The days that may be meant at a moment where none is said, today first, with their second 0."""
    today = clock.day_of(at, timezone)
    return {day: clock.zero(day, timezone) for day in (today + timedelta(days=each) for each in (0, -1, 1))}


def _said(update: TripUpdate) -> date | None:
    """The day that it tells; None where that is none, or cannot be meant."""
    try:
        day = date.fromisoformat(update.day)
    except ValueError:
        return None
    return day if _EARLIEST <= day < _LATEST else None


async def _alerts(tx: Transaction, feed: OperatorFeed, told: Mapping[str, Content]) -> tuple[OperatorFeed, int]:
    """Publishes what is new, changes what says something else, and ends what is told no more.

    Answers with the steps counted, and how many alerts stay as they are because of their number.
    """
    steps = withheld = 0
    holding = ((key, one) for key, one in told.items() if one.over_at is None or one.over_at > tx.now)
    sources = {f"{feed.id}/{key}": content for key, content in holding}
    for source, content in sources.items():
        before = await alert_store.of_source(tx, Origin.OPERATOR, source)
        same = before is not None and before.content == alert_model.written(content)
        if before is not None and same and (before.state is not State.ENDED or await alerts.by_hand(tx, before)):
            continue
        if feed.steps + steps >= MOST_STEPS:
            withheld += 1
            continue
        steps += 1
        if before is None or before.state is State.ENDED:
            made = alerts.new(tx, Origin.OPERATOR, source, content)
            await alerts.keep(tx, replace(made, state=State.PUBLISHED, published_at=tx.now), Step.PUBLISHED)
        elif before.state is State.PUBLISHED:
            await alerts.keep(tx, alert_model.changed(before, content, tx.now), Step.CHANGED)
    gone = [one for one in await alert_store.told_of_feed(tx, feed.id) if one not in sources]
    for source in gone:
        await _end(tx, source, "the operator tells of it no more")
    return replace(feed, steps=feed.steps + steps), withheld


async def _silence(runtime: Runtime) -> None:
    """Ends the alerts of feeds that were not read for long, or are not read at all any more."""
    async with runtime.transaction() as tx:
        feeds = await store.feeds(tx)
        silent = {one.id: one for one in feeds if one.read_at is None or tx.now - one.read_at > TOLD}
        heard = {one.id for one in feeds} - silent.keys()
        for source in await alert_store.unheard(tx, heard):
            await _end(tx, source, "the operator's feed is silent")
        for one in silent.values():  # what it tells is taken anew when it is heard again, changed or not
            if one.etag or one.modified:
                await store.FEEDS.save(tx, replace(one, etag="", modified=""))


async def prune(runtime: Runtime) -> None:
    """Drops alerts of operators that ended long ago, some at a time."""
    more = 1
    while more:
        async with runtime.transaction() as tx:
            more = await alert_store.drop_old(tx, tx.now - KEPT)


async def _end(tx: Transaction, source: str, reason: str) -> None:
    before = await alert_store.of_source(tx, Origin.OPERATOR, source)
    if before is not None and before.state is not State.ENDED:
        await alerts.keep(tx, alert_model.ended(before, tx.now), Step.ENDED, reason)
