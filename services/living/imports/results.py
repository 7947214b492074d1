"""What the process of an import writes of it. Each write is for its run alone: a run that was given up writes nothing.

It is not asynchronous: for a process of its own.
"""

import io
from typing import Any
from uuid import UUID

import psycopg

from services.living.feed_imports.model import FINDINGS_KEPT, MOST_SAID, PART_BYTES
from services.living.feed_imports.orders import Order
from services.living.gtfs import calendars
from services.living.gtfs.archive import Archive, ArchiveError
from services.living.gtfs.checking import Checked
from services.living.gtfs.findings import Severity
from services.living.imports import about
from services.living.imports.loading import LoadError, connected

_PARTS = "SELECT content FROM feed_import_part WHERE import = %s ORDER BY part"
_ENDED = """
UPDATE feed_import SET state = %(state)s, problem = %(problem)s, problem_code = %(code)s, about = %(about)s, run = NULL,
       percent = 100, version = version + 1, updated_at = clock_timestamp()
 WHERE id = %(id)s AND run = %(run)s
"""
_CHECKED = """
UPDATE feed_import SET bytes = %s, came = %s, digest = %s, errors = %s, warnings = %s, infos = %s, stops = %s,
       routes = %s, trips = %s, stop_times = %s, first_day = %s, last_day = %s, publisher = %s, feed_version = %s,
       made_up = %s WHERE id = %s
"""
_FORGET = "DELETE FROM feed_import_finding WHERE import = %s"
_FOUND = "COPY feed_import_finding (import, place, severity, code, file, line, detail) FROM STDIN"
_ERASE = "DELETE FROM feed_import_part WHERE import = %s"
_KEEP = "INSERT INTO feed_import_part (import, part, content) VALUES (%s, %s, %s)"
_FEED = "UPDATE feed_import SET feed = %s WHERE id = %s"


def read(order: Order, into: io.BytesIO) -> None:
    """The archive of an import. Raises LoadError."""
    with connected(order.database) as connection, connection.cursor() as cursor:
        for (part,) in cursor.stream(_PARTS, [order.id]):
            into.write(part)


def checked(order: Order, archive: Archive, found: Checked, content: io.BytesIO | None) -> None:
    """It was read: with an error it never holds, without one it waits to be accepted. ``content`` is kept until then
    where it was fetched: what holds is what was checked. Raises LoadError.
    """
    broken = found.findings.broken
    feed, totals = found.feed, [found.findings.total(one) for one in Severity]
    counts = [*(len(feed[name]) for name in ("stops", "routes", "trips")), len(found.calls)]
    together = 0
    for days in found.days.values():
        together |= days
    span = calendars.span(together) or (None, None)
    with connected(order.database) as connection:
        _end(connection, order, "faulty" if broken else "checked")
        size = archive.bytes
        said = about.of(feed) if not broken else None
        words = [said.publisher[:MOST_SAID], said.version[:MOST_SAID], said.made_up] if said else ["", "", False]
        connection.execute(_CHECKED, [size, size, archive.digest, *totals, *counts, *span, *words, order.id])
        connection.execute(_FORGET, [order.id])
        with connection.cursor() as cursor, cursor.copy(_FOUND) as copy:
            for place, one in zip(range(FINDINGS_KEPT), found.findings, strict=False):
                copy.write_row((order.id, place, one.severity.value, one.code, one.file, one.line, one.detail))
        if broken:
            connection.execute(_ERASE, [order.id])
        elif content is not None:
            connection.execute(_ERASE, [order.id])
            _keep(connection, order, content)


def held(connection: "psycopg.Connection[Any]", order: Order, feed: UUID) -> None:
    """It holds, in the transaction that lets it. Raises LoadError where the run was given up: then it does not."""
    _end(connection, order, "held")
    connection.execute(_FEED, [feed, order.id])
    connection.execute(_ERASE, [order.id])


def refuse(order: Order, error: ArchiveError) -> None:
    """It is no feed at all. Raises LoadError."""
    with connected(order.database) as connection:
        _end(connection, order, "faulty", str(error), error.code, error.about)
        connection.execute(_ERASE, [order.id])


def fail(order: Order, error: LoadError) -> None:
    """It broke off; its archive stays for another try. Raises LoadError."""
    with connected(order.database) as connection:
        _end(connection, order, "failed", str(error), error.code, error.about)


def _end(
    connection: "psycopg.Connection[Any]", order: Order, state: str, problem: str = "", code: str = "", about: str = ""
) -> None:
    values = {
        "id": order.id, "run": order.run, "state": state, "problem": problem[:500], "code": code, "about": about[:255],
    }  # fmt: skip
    if connection.execute(_ENDED, values).rowcount != 1:
        raise LoadError("the run was given up", "given_up")


def _keep(connection: "psycopg.Connection[Any]", order: Order, content: io.BytesIO) -> None:
    content.seek(0)
    place = 0
    while part := content.read(PART_BYTES):
        connection.execute(_KEEP, [order.id, place, part])
        place += 1
