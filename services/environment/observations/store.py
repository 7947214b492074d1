"""SQL of readings: written as a set, listed by time, summed up by the hour."""

import asyncio
from collections.abc import Collection, Iterable, Sequence, Set
from datetime import date, datetime
from itertools import islice

from services.environment.datastreams.model import OUT_OF_RANGE, Datastream, Reading
from services.environment.observations.model import HOUR_S, Mark, Put, Span, Sum, Taken
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page

NEWEST: Keyset[Reading] = Keyset({"at": datetime}, of=lambda one: (one.at,), descending=True)
OLDEST: Keyset[Reading] = Keyset({"at": datetime}, of=lambda one: (one.at,))

STEP_ROWS = 5_000
"""Readings of one statement: as many as are written into it without keeping others waiting."""

# All that write readings lock what they write in one order, so that none of two waits for the other: readings in the
# order of their keys, then the newest ones, then marks.
_PUT = """
WITH item AS (
    SELECT * FROM unnest($1::integer[], $2::timestamptz[], $3::double precision[], $4::smallint[])
        AS item (datastream, at, value, flags)
), put AS (
    INSERT INTO observation (datastream, at, value, received, flags)
    SELECT datastream, at, value, $5, flags FROM item ORDER BY datastream, at
    ON CONFLICT DO NOTHING RETURNING datastream, at
)
SELECT datastream, at FROM item EXCEPT SELECT datastream, at FROM put
"""
# What a fast clock has dated ahead is the latest until something is measured after it came.
_NEWEST = """
INSERT INTO latest (datastream, at, value, received, flags)
SELECT datastream, at, value, $5, flags
  FROM unnest($1::integer[], $2::timestamptz[], $3::double precision[], $4::smallint[])
    AS item (datastream, at, value, flags) ORDER BY datastream
ON CONFLICT (datastream) DO UPDATE
   SET at = excluded.at, value = excluded.value, received = excluded.received, flags = excluded.flags
 WHERE least(latest.at, latest.received) < excluded.at
"""
# A mark is locked rather than passed over: the timer that takes it away has not seen these readings.
_MARK = """
INSERT INTO hour_due (datastream, at) SELECT * FROM unnest($1::integer[], $2::timestamptz[]) ORDER BY 1, 2
ON CONFLICT (datastream, at) DO UPDATE SET at = excluded.at
"""
_COUNT = """
SELECT count(*)::integer FROM (
    SELECT FROM observation WHERE datastream = $1 AND at >= $2 AND at < $3 LIMIT $4) AS found
"""
_LIST = "SELECT at, value, received, flags FROM observation WHERE datastream = $1 AND at >= $2 AND at < $3"
# Of each datastream, by its own calibrations: raw readings are summed up apart for each that holds.
_EACH = """
FROM unnest($1::integer[]) AS one (datastream),
LATERAL (SELECT coalesce(array_agg(since ORDER BY since), '{}') AS begun
           FROM unnest($5::integer[], $6::timestamptz[]) AS c (datastream, since)
          WHERE c.datastream = one.datastream) AS calibrated,
LATERAL
"""
_FINE = f"""
SELECT one.datastream, sums.* {_EACH} (
    SELECT date_bin(make_interval(secs => $4), at, 'epoch') AS start, width_bucket(at, begun) AS part,
           count(*) AS count, avg(value) AS mean, min(value) AS least, max(value) AS most
      FROM observation AS o
     WHERE o.datastream = one.datastream AND at >= $2 AND at < $3 AND flags & {OUT_OF_RANGE} = 0
     GROUP BY 1, 2) AS sums
"""
# Hours that are marked have readings which their sums do not know: they are summed up anew, the others are there.
_COARSE = f"""
SELECT one.datastream, sums.* {_EACH} (
    WITH due AS (SELECT at FROM hour_due AS d WHERE d.datastream = one.datastream AND at >= $2 AND at < $3),
    hours AS (
        SELECT at, count, mean, least, most FROM hour AS h
         WHERE h.datastream = one.datastream AND at >= $2 AND at < $3
           AND NOT EXISTS (SELECT FROM due WHERE due.at = h.at)
        UNION ALL
        SELECT due.at, fresh.* FROM due, LATERAL (
            SELECT count(*), avg(value), min(value), max(value) FROM observation AS o
             WHERE o.datastream = one.datastream AND o.at >= due.at AND o.at < due.at + interval '1 hour'
               AND flags & {OUT_OF_RANGE} = 0
        ) AS fresh WHERE fresh.count > 0
    )
    SELECT date_bin(make_interval(secs => $4), at, 'epoch') AS start, width_bucket(at, begun) AS part,
           sum(count)::bigint AS count, sum(mean * count) / sum(count) AS mean, min(least) AS least, max(most) AS most
      FROM hours GROUP BY 1, 2) AS sums
"""
# Marks are locked by a statement of its own: the one that sums up sees all that was there by then, and what comes after
# that waits, and marks its hour anew.
_DUE = "SELECT datastream, at FROM hour_due WHERE at <= $1 ORDER BY at, datastream LIMIT 500 FOR UPDATE SKIP LOCKED"
_ROLL = f"""
WITH due AS (
    DELETE FROM hour_due USING unnest($1::integer[], $2::timestamptz[]) AS locked (datastream, at)
     WHERE hour_due.datastream = locked.datastream AND hour_due.at = locked.at
    RETURNING hour_due.datastream, hour_due.at
)
INSERT INTO hour (datastream, at, count, mean, least, most)
SELECT due.datastream, due.at, sums.* FROM due, LATERAL (
    SELECT count(*), avg(value), min(value), max(value) FROM observation AS o
     WHERE o.datastream = due.datastream AND o.at >= due.at AND o.at < due.at + interval '1 hour'
       AND o.flags & {OUT_OF_RANGE} = 0
) AS sums WHERE sums.count > 0
ON CONFLICT (datastream, at) DO UPDATE
   SET count = excluded.count, mean = excluded.mean, least = excluded.least, most = excluded.most
"""
_MAKE_WEEKS = "SELECT count(*) FILTER (WHERE make_week(monday)) FROM unnest($1::date[]) AS monday"
_DROP_WEEKS = "SELECT drop_weeks($1)"


async def put(tx: Transaction, readings: Sequence[Taken], marked: Set[Mark] = frozenset()) -> Put:
    """Writes readings, and marks their hours but those that are ``marked``.

    One whose datastream and time are known, or come before it, is passed over.
    """
    rows = await _by_stream(readings)
    ordered = (row[at] for _, row in sorted(rows.items()) for at in sorted(row))
    known: set[tuple[int, datetime]] = set()
    newest: dict[int, Taken] = {}
    marks: set[Mark] = set()
    while some := list(islice(ordered, STEP_ROWS)):
        known.update(map(tuple, await tx.fetch(_PUT, *_columns(some), tx.now)))
        newest |= {one.datastream: one for one in some}
        marks |= {(one.datastream, one.at.replace(minute=0, second=0, microsecond=0)) for one in some} - marked
    if newest:
        await tx.execute(_NEWEST, *_columns(newest.values()), tx.now)
    if marks:
        await tx.execute(_MARK, *map(list, zip(*marks, strict=True)))
    new = [one for number, row in rows.items() for at, one in row.items() if not known or (number, at) not in known]
    return Put(new, marks)


async def _by_stream(readings: Sequence[Taken]) -> dict[int, dict[datetime, Taken]]:
    """The first reading of each datastream and time; others are served between."""
    found: dict[int, dict[datetime, Taken]] = {}
    for start in range(0, len(readings), STEP_ROWS):
        for one in readings[start : start + STEP_ROWS]:
            found.setdefault(one.datastream, {}).setdefault(one.at, one)
        await asyncio.sleep(0)
    return found


def _columns(readings: Iterable[Taken]) -> list[list[object]]:
    return [list(column) for column in zip(*readings, strict=True)]


async def page(
    tx: Transaction, datastream: Datastream, start: datetime, end: datetime, size: int, token: str, *, oldest: bool
) -> Page[Reading]:
    """Raw readings of a time, the newest first or the oldest."""
    wanted = {"datastream": datastream.number, "start": start, "end": end, "oldest": oldest}
    order = OLDEST if oldest else NEWEST
    after = order.after(token, wanted)
    most = paging.page_size(size)
    further = f"AND {order.sql(4)}" if after else ""
    sql = f"{_LIST} {further} ORDER BY {order.order} LIMIT {most + 1}"
    rows = await tx.fetch(sql, datastream.number, start, end, *(after or ()))
    return order.cut([Reading(*row) for row in rows], most, wanted)


async def count(tx: Transaction, datastream: Datastream, start: datetime, end: datetime, most: int) -> int:
    """How many readings a time has, counted up to ``most``."""
    found: int = await tx.fetchval(_COUNT, datastream.number, start, end, most)
    return found


async def sums(
    tx: Transaction, numbers: Sequence[int], span: Span, calibrated: Collection[tuple[int, datetime]]
) -> dict[int, list[Sum]]:
    """Raw sums of datastreams by bucket, and by how many of their calibrations had begun.

    ``calibrated`` are the datastreams that calibrations are of, and when they begin.
    """
    sql = _FINE if span.seconds < HOUR_S else _COARSE
    of, begun = [number for number, _ in calibrated], [since for _, since in calibrated]
    found: dict[int, list[Sum]] = {number: [] for number in numbers}
    for number, *row in await tx.fetch(sql, list(found), span.start, span.end, span.seconds, of, begun):
        found[number].append(Sum(*row))
    return found


async def roll(tx: Transaction, until: datetime) -> int:
    """Sums up hours that are marked and began at ``until`` or before, and answers how many."""
    due = await tx.fetch(_DUE, until)
    if due:
        await tx.execute(_ROLL, *map(list, zip(*due, strict=True)))
    return len(due)


async def make_weeks(tx: Transaction, mondays: Sequence[date]) -> int:
    """Makes room for the readings of weeks, and answers for how many there was none."""
    made: int = await tx.fetchval(_MAKE_WEEKS, mondays)
    return made


async def drop_weeks(tx: Transaction, before: date) -> int:
    """Drops the readings of weeks that ended before a day, and answers how many weeks."""
    dropped: int = await tx.fetchval(_DROP_WEEKS, before)
    return dropped
