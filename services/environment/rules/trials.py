"""A trial: the alarms that a rule would have opened in the past. Nothing is written."""

import asyncio
import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from services.environment.alarms.model import Kind
from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import store as streams
from services.environment.datastreams.model import LATE, Correction, Datastream, holding, measurable
from services.environment.observations.model import EPOCH
from services.environment.rules import engine, model, store
from services.environment.rules.engine import Clock, Terms, Turn, Watch
from services.environment.rules.model import LONGEST_DAYS, OPENINGS, READINGS
from services.environment.rules.store import Past
from services.kit.database import Transaction
from services.kit.errors import invalid

_PAGE = 5_000
"""Readings that are read at once."""
_STEP = 1_000
"""Readings after which others are served."""


class Episode(NamedTuple):
    """An alarm that would have been: when the readings that opened and cleared it were measured."""

    opened_at: datetime
    value: float | None
    cleared_at: datetime | None = None


class Trial(NamedTuple):
    """What would have been: ``end`` is until when it was tried."""

    datastream: Datastream
    episodes: list[Episode]
    readings: int
    start: datetime
    end: datetime


async def tried(
    tx: Transaction, name: str, kind: Kind, terms: Terms, start: datetime | None, end: datetime | None
) -> Trial:
    """Tries a rule on readings of the past. Errors: DATASTREAM_NOT_FOUND, TIME_INVALID, and those of the model."""
    datastream = await datastreams.known(tx, name)
    fitting = model.fitting(kind, terms, datastream.period)
    until = min(end or tx.now, tx.now)
    since = start or max(until, EPOCH) - timedelta(days=7)  # there is no day before the first
    if not since < until <= since + timedelta(days=LONGEST_DAYS):
        message = f"A trial begins before it ends, and takes {LONGEST_DAYS} days at most."
        raise invalid("TIME_INVALID", message, field="start_time")
    calibrations = (await streams.calibrations(tx, [datastream.number])).get(datastream.number, [])
    model.within(kind, fitting, measurable(datastream, tx.now, calibrations))
    pages = await _pages(tx, datastream.number, since, until)
    if sum(map(len, pages)) == READINGS:
        until = pages[-1][-1].at
    readings = _in_order(pages, fitting.clock)
    episodes, count, ended = await _run(engine.watch(kind, fitting), readings, calibrations, until)
    return Trial(datastream, episodes, count, since, ended)


async def _pages(tx: Transaction, number: int, since: datetime, until: datetime) -> list[list[Past]]:
    pages: list[list[Past]] = []
    while len(pages) * _PAGE < READINGS:
        page = await store.readings(tx, number, since, until, _PAGE)
        pages.append(page)
        if len(page) < _PAGE:
            break
        since = page[-1].at + timedelta(microseconds=1)
    return pages


def _in_order(pages: list[list[Past]], clock: Clock) -> Iterable[Past]:
    """As the clock has them. What came late or in bulk had no arrival that a rule would have seen."""
    late = 0 if clock is Clock.PHENOMENON else LATE

    def counts(one: Past) -> tuple[datetime, datetime]:
        return clock.reads(one.at, one.received), one.at

    return heapq.merge(
        *(sorted((one for one in page if not one.flags & late), key=counts) for page in pages), key=counts
    )


async def _run(
    watch: Watch, readings: Iterable[Past], calibrations: list[Correction], until: datetime
) -> tuple[list[Episode], int, datetime]:
    episodes: list[Episode] = []
    holds: Correction | None = None
    count = 0
    for count, one in enumerate(readings, 1):
        if not count % _STEP:
            await asyncio.sleep(0)
        calibration = holding(calibrations, one.at)
        if calibration is not holds:
            watch.forget()
            holds = calibration
        value = calibration.shown(one.value) if calibration else one.value
        at = engine.milliseconds(watch.terms.clock.reads(one.at, one.received))
        _note(episodes, watch.look(at - 1), None)
        _note(episodes, watch.read(at, value), one.at)
        if len(episodes) == OPENINGS and episodes[-1].cleared_at:
            return episodes, count, one.at
    _note(episodes, watch.look(engine.milliseconds(until)), None)
    return episodes, count, until


def _note(episodes: list[Episode], turn: Turn | None, at: datetime | None) -> None:
    if turn is None:
        return
    at = at or engine.moment(turn.at)
    if turn.opens:
        episodes.append(Episode(at, turn.value))
    else:
        episodes[-1] = episodes[-1]._replace(cleared_at=at)
