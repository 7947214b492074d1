"""Holds readings to rules, as they come; and rules of silence to the time that passes."""

import asyncio
from collections.abc import Iterable, Sequence, Set
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter

from services.environment.alarms import actions as alarms
from services.environment.alarms import store as alarm_store
from services.environment.datastreams import store as streams
from services.environment.observations.model import AHEAD, PATIENCE, Taken
from services.environment.rules import engine
from services.environment.rules import store as rules
from services.environment.watching import model, store
from services.environment.watching.model import Came, Held, Memory, Reach, Stream, Turned
from services.environment.watching.store import Due
from services.kit.database import Transaction

AT_ONCE = 25
"""Datastreams whose readings are read again at once."""
PAGE = 5_000
"""Readings that are read again at once."""
MOST_READINGS = 100_000
"""Of one datastream that are read again: those of a day, one a second."""
MOST_DUE = 200
"""Rules of silence that are looked at in one transaction."""
AGAIN = timedelta(seconds=5)
"""How often is looked whether silence is over."""


async def remember(tx: Transaction, memory: Memory, edition: int, datastreams: Set[int]) -> None:
    """Reads what memory lacks of datastreams: rules, their alarms, and the readings that watches' memories are made of.

    To be called before new readings are stored. ``edition`` is the registry's, as this transaction knows it. When the
    transaction does not commit, whoever called it forgets the memory.
    """
    if edition != memory.edition and memory.streams:
        for number in await store.changed(tx, memory.edition, edition):
            memory.streams.pop(number, None)
    memory.edition = edition
    fresh = datastreams - memory.streams.keys()
    if not fresh:
        return
    memory.streams |= dict.fromkeys(fresh)
    by_stream: dict[int, list[Held]] = {}
    for rule in await store.live(tx, fresh):
        by_stream.setdefault(rule.datastream, []).append(Held(rule, engine.watch(rule.kind, rule.terms)))
    numbers = list(by_stream)
    for first in range(0, len(numbers), AT_ONCE):
        some = {number: by_stream[number] for number in numbers[first : first + AT_ONCE]}
        memory.streams |= await _taken_over(tx, some)


async def watch(tx: Transaction, memory: Memory, new: Sequence[Taken]) -> None:
    """Holds readings to rules, of each datastream in the order in which they came; what is flagged is passed over.

    What they belong to has been remembered.
    """
    counting = [one for one in new if not one.flags]
    received = engine.milliseconds(tx.now)
    turned: list[Turned] = []
    passed = 0
    for number, each in groupby(counting, key=attrgetter("datastream")):
        stream = memory.streams[number]
        if stream is None:
            continue
        row = list(each)
        for first in range(0, len(row), model.STEP):
            some = row[first : first + model.STEP]
            stream.read(some, received, turned)
            passed += len(some)
            if passed > model.STEP:
                passed = 0
                await asyncio.sleep(0)
    if turned:
        await _record(tx, memory, turned)


async def listen(tx: Transaction) -> int:
    """Looks at rules of silence that are due, and answers how many. Raises nothing about what never sent anything."""
    due = await store.due(tx, PATIENCE, MOST_DUE)
    if not due:
        return 0
    known = {one.id: one for one in await rules.by_ids(tx, [one.rule for one in due])}
    lasting = {one.rule: one for one in await alarm_store.open_of(tx, list(known))}
    turned: list[Turned] = []
    heard = []
    for one in due:
        rule = known[one.rule]
        held = Held(rule, engine.watch(rule.kind, rule.terms), lasting.get(one.rule))
        turned += _heard(held, one, tx.now)
        heard.append((one.rule, one.newest or one.last, _due(held, tx.now)))
    await store.know(tx, heard, tx.now - PATIENCE)  # what came just now may not be committed yet
    if turned:
        about = await store.about(tx, [(one.held.rule.id, one.held.rule.version) for one in turned])
        await alarms.record(tx, *model.settle(turned, about, tx.now))
    return len(due)


def _heard(held: Held, due: Due, now: datetime) -> Iterable[Turned]:
    watch = held.watch
    watch.is_open = held.alarm is not None
    if due.last is not None:
        watch.last = engine.milliseconds(due.last)
    for at in (due.first, due.newest):
        turn = watch.read(engine.milliseconds(at), 0.0) if at is not None else None
        if turn is not None and at is not None:
            yield Turned(held, turn, at)
    turn = watch.look(engine.milliseconds(now))
    if turn is not None:
        yield Turned(held, turn, engine.moment(turn.at))


def _due(held: Held, now: datetime) -> datetime:
    due = held.watch.last + held.watch.window
    if held.watch.is_open:
        return now + AGAIN
    return max(engine.moment(due), now + timedelta(seconds=1)) if due > 0 else now + timedelta(seconds=held.rule.span)


async def _taken_over(tx: Transaction, by_stream: dict[int, list[Held]]) -> dict[int, Stream]:
    held = [one for each in by_stream.values() for one in each]
    last = await store.last_alarms(tx, [one.rule.id for one in held])
    calibrations = await streams.calibrations(tx, by_stream)
    periods = await store.periods(tx, by_stream)
    of = {
        number: Reach(tx.now - PATIENCE - model.reach(each, periods[number]), tx.now + 2 * AHEAD)
        for number, each in by_stream.items()
    }
    newest = await store.readings(tx, of, PAGE // AT_ONCE)
    found = {}
    passed = 0
    for number, each in by_stream.items():
        readings = await _all_of(tx, number, of[number], newest.pop(number, []))
        found[number] = stream = Stream(number, each, calibrations.get(number, ()))
        for step in stream.take_over(readings, last, tx.now):
            passed += step
            if passed > model.STEP:
                passed = 0
                await asyncio.sleep(0)
    return found


async def _all_of(tx: Transaction, number: int, reach: Reach, newest: list[Came]) -> list[Came]:
    """A datastream's readings as they were measured, of more than fit the newest. Its newest come the newest first."""
    found, most = newest, PAGE // AT_ONCE
    while len(newest) == most and len(found) < MOST_READINGS:
        most = PAGE
        newest = (await store.readings(tx, {number: reach._replace(before=found[-1].at)}, most)).get(number, [])
        found += newest
    return found[::-1]


async def _record(tx: Transaction, memory: Memory, turned: Sequence[Turned]) -> None:
    about = await store.about(tx, {(one.held.rule.id, one.held.rule.version) for one in turned})
    await alarms.record(tx, *model.settle(turned, about, tx.now))
    for one in turned:  # what has changed meanwhile is read anew
        if one.held.rule.id not in about:
            memory.streams.pop(one.held.rule.datastream, None)
