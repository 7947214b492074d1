"""Puts a checked feed into the database by COPY, and lets it hold. It imports NumPy and is not asynchronous: for the
command line, and processes of its own.

It takes two transactions. A partition is known to others a moment after its transaction is visible to them, and whoever
read in that moment which feed holds would find nothing of it. A feed whose second transaction never came goes as those
do that are held no longer.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql

from services.kit.ids import uuid7
from services.living.feeds import events
from services.living.feeds.blocks import written
from services.living.feeds.model import TIMETABLE
from services.living.gtfs import calendars
from services.living.gtfs.archive import Archive, CodedError
from services.living.gtfs.checking import Checked
from services.living.gtfs.findings import Severity
from services.living.imports import about
from services.living.imports.rows import rows
from services.living.imports.times import Times

_BLOCK = 100_000
_CURRENT = "SELECT f.id, f.number, f.digest FROM feed_current c JOIN feed f ON f.number = c.feed"
_PREVIOUS = "SELECT f.id, f.number, f.digest FROM feed_current c JOIN feed f ON f.number = c.previous"
_FEED = """
INSERT INTO feed (id, number, digest, source, made_up, kept, publisher, publisher_url, language, feed_version, contact,
                  timezone, first_day, last_day, bytes, stops, routes, trips, stop_times, warnings, infos, imported_at,
                  left_at)
VALUES (%s, %s, %s, %s, %s, true, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_FINDING = """
INSERT INTO feed_finding (feed, severity, code, file, count, line, detail) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_SWAP = """
INSERT INTO feed_current (feed, since) VALUES (%(to)s, %(now)s)
    ON CONFLICT (one_row) DO UPDATE
   SET previous = feed_current.feed, feed = excluded.feed, since = excluded.since
"""
_HELD = "SELECT id, digest, first_day, last_day, made_up FROM feed WHERE number = %s"
_TELL = """
INSERT INTO outbox (recorded_at, id, type, aggregate, version, correlation, exercise, payload)
VALUES (%s, %s, %s, %s, %s, %s, false, %s)
"""
_LOG = """
INSERT INTO feed_swap (id, feed, way, agency, swapped_by, swapped_at) VALUES (%s, %s, %s, %s, %s, %s)
"""
_LOCK = "hashtextextended('gtfs import', 0)"
_ALONE = f"SELECT pg_advisory_xact_lock({_LOCK})"
_LEFT = "UPDATE feed SET left_at = %(now)s WHERE number = %(left)s"
_BACK = "UPDATE feed SET left_at = NULL WHERE number = %(to)s"

Tell = Callable[[str, int], None]
"""Hears into which table so many more rows went."""


class LoadError(CodedError):
    """It was not imported, and nothing has changed."""


@dataclass(frozen=True)
class By:
    """Who lets a feed hold: who runs the platform, by a command, unless it is said otherwise."""

    way: str = "command"
    agency: str = ""
    subject: str = ""
    settle: "Callable[[psycopg.Connection[Any], UUID], None]" = lambda _, __: None
    """What else is written in the transaction in which the feed holds; what it raises lets nothing hold."""


COMMAND = By()


@dataclass(frozen=True)
class Outcome:
    """What became of an import."""

    id: UUID
    number: int
    changed: bool
    """Whether another feed holds now than before."""
    loaded: bool = True
    """Whether its rows were written; those of the one before were still there."""
    before: int | None = None
    """The feed that `rollback` goes back to; None where there is none, or where nothing has changed."""


def known(url: str, digest: str, by: By = COMMAND) -> Outcome | None:
    """Lets a feed hold that is there already: nothing is done for the current one, and the one before comes back.

    None when the archive is neither. Raises LoadError.
    """
    with alone(url) as connection:
        current, previous = (connection.execute(each).fetchone() for each in (_CURRENT, _PREVIOUS))
        if current and current[2] == digest:
            by.settle(connection, current[0])
            return Outcome(current[0], current[1], changed=False, loaded=False)
        if current and previous and previous[2] == digest:
            _swap(connection, previous[1], current[1], datetime.now(UTC), by)
            by.settle(connection, previous[0])
            return Outcome(previous[0], previous[1], changed=True, loaded=False, before=current[1])
    return None


def rollback(url: str) -> Outcome:
    """Lets the feed before hold again; the one that held becomes the one before. Raises LoadError."""
    with alone(url) as connection:
        current, previous = (connection.execute(each).fetchone() for each in (_CURRENT, _PREVIOUS))
        if not current or not previous:
            raise LoadError(
                "there is no feed before the current one: import one with `smartcity gtfs import`", "no_feed"
            )
        _swap(connection, previous[1], current[1], datetime.now(UTC), By("rollback"))
        return Outcome(previous[0], previous[1], changed=True, loaded=False, before=current[1])


def load(
    url: str, archive: Archive, checked: Checked, source: str, tell: Tell, *, made_up: bool = False, by: By = COMMAND
) -> Outcome:
    """Writes a feed and lets it hold. Raises LoadError; then nothing has changed."""
    if checked.findings.broken:
        raise LoadError("the feed has errors: mend them first", "faulty")
    with alone(url) as connection:
        now = datetime.now(UTC)
        number = _one(connection.execute("SELECT nextval('feed_number')"))
        connection.execute("SELECT make_feed(%s)", [number])
        with connection.cursor() as cursor:
            _copy_all(cursor, number, archive, checked, tell)
        connection.execute("SELECT attach_feed(%s)", [number])
        identity = uuid7()
        connection.execute(_FEED, _about(identity, number, archive, checked, source, now, made_up=made_up))
        for one in checked.findings.counts():
            first = one.first
            values = [number, first.severity.value, first.code, first.file, one.count, first.line, first.detail]
            connection.execute(_FINDING, values)
        connection.commit()
        connection.execute(_ALONE)
        current = connection.execute(_CURRENT).fetchone()
        before = current[1] if current else None
        _swap(connection, number, before, datetime.now(UTC), by)
        by.settle(connection, identity)
    return Outcome(identity, number, changed=True, before=before)


@contextmanager
def alone(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """A transaction in which no other import is at work. Raises LoadError."""
    with connected(url) as connection:
        if not _one(connection.execute(f"SELECT pg_try_advisory_xact_lock({_LOCK})")):
            raise LoadError("another import is at work: wait until it has ended", "at_work")
        yield connection


@contextmanager
def connected(url: str) -> Iterator["psycopg.Connection[Any]"]:
    """A transaction in the pillar's schema. Raises LoadError."""
    try:
        with psycopg.connect(url, options="-csearch_path=living,public", connect_timeout=10) as connection:
            yield connection
    except psycopg.errors.UndefinedTable as error:
        raise LoadError("the database has no tables for feeds: run `smartcity migrate` first", "database") from error
    except psycopg.Error as error:
        raise LoadError(f"PostgreSQL refused it ({error}): see `smartcity status`", "database") from error


def _one(cursor: "psycopg.Cursor[Any]") -> Any:
    row = cursor.fetchone()
    assert row is not None
    return row[0]


def _swap(connection: "psycopg.Connection[Any]", to: int, left: int | None, now: datetime, by: By) -> None:
    values = {"to": to, "left": left, "now": now}
    for statement in (_SWAP, _LEFT, _BACK):
        connection.execute(statement, values)
    connection.execute(_LOG, [uuid7(), to, by.way, by.agency, by.subject, now])
    held = connection.execute(_HELD, [to]).fetchone()
    assert held is not None
    identity, digest, first, last, made_up = held
    event = events.changed(identity, digest, first, last, now, made_up=made_up)
    version = int(now.timestamp() * 1_000_000)  # grows with each swap, whatever feed it is
    about = (TIMETABLE, version, TIMETABLE)
    connection.execute(_TELL, [now, uuid7(), event.DESCRIPTOR.full_name, *about, event.SerializeToString()])


def _copy_all(cursor: "psycopg.Cursor[Any]", number: int, archive: Archive, checked: Checked, tell: Tell) -> None:
    for table, columns, found in rows(checked):
        with cursor.copy(_statement(table, number, f"feed {columns}")) as copy:
            count = 0
            for count, row in enumerate(found, 1):  # noqa: B007 - counted for the message
                copy.write_row((number, *row))
        tell(table, count)
    with cursor.copy(_statement("feed_part", number, "feed part content")) as copy:
        for place, part in enumerate(archive.parts()):
            copy.write_row((number, place, part))
    times = Times(checked)
    for start in range(0, len(checked.calls), _BLOCK):
        block = times.rows(number, start, start + _BLOCK)
        with cursor.copy(_statement("stop_time", number, "", binary=True)) as copy:
            copy.write(written(block))
        tell("stop_time", len(block))


def _statement(table: str, number: int, columns: str, *, binary: bool = False) -> sql.Composed:
    into = sql.Identifier(f"{table}_{number}")
    if binary:
        return sql.SQL("COPY {} FROM STDIN (FORMAT binary)").format(into)
    return sql.SQL("COPY {} ({}) FROM STDIN").format(into, sql.SQL(", ").join(map(sql.Identifier, columns.split())))


def _about(
    identity: UUID, number: int, archive: Archive, checked: Checked, source: str, now: datetime, *, made_up: bool
) -> list[object]:
    """The values of ``_FEED``."""
    feed, said = checked.feed, about.of(checked.feed)
    together = 0
    for service in set(feed["trips"].text("service_id")):
        together |= checked.days.get(service, 0)
    first, last = calendars.span(together) or (None, None)
    counts = [len(feed["stops"]), len(feed["routes"]), len(feed["trips"]), len(checked.calls)]
    found = [checked.findings.total(each) for each in (Severity.WARNING, Severity.INFO)]
    head = [identity, number, archive.digest, source, made_up or said.made_up, *said[:6]]
    return [*head, first, last, archive.bytes, *counts, *found, now, now]
