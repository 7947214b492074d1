"""Fills in what a migration adds to tables that are being written: nobody waits for it longer than for one slice.

The version before still writes beside it. What is added is committed before it is filled (``IF NOT EXISTS``: a Job that
is killed begins its revision anew). What that version writes behind a slice is as what it writes until it is gone: the
code of this one has to get along with that anyway.
"""

from typing import Any

from alembic import op
from sqlalchemy import text

SLICE = 2_000
"""Rows of a slice: what changes so many is done before anybody has waited for long."""


def fill(table: str, change: str, key: str = "id") -> None:
    """Runs ``change`` for all rows of a table, in slices by its key, each committed.

    ``{slice}`` in it is the condition that a row of the table is of the slice. It leaves alone what it has changed
    before: a Job that was killed goes through all slices again. Example: ``UPDATE act SET year = 1 WHERE {slice} AND
    year IS NULL``
    """
    after = "true"
    known: dict[str, Any] = {}
    with op.get_context().autocommit_block():
        bind = op.get_bind()
        while True:
            of_key = f"SELECT {key} FROM {table} WHERE {after} ORDER BY {key}"  # noqa: S608 - names of ours
            end = bind.scalar(text(f"{of_key} OFFSET {SLICE - 1} LIMIT 1"), known)
            piece = after if end is None else f"{after} AND {table}.{key} <= :end"
            bind.execute(text(change.replace("{slice}", piece)), known if end is None else {**known, "end": end})
            if end is None:
                return
            after, known = f"{table}.{key} > :after", {"after": end}


def count(table: str, counting: str, there: str) -> None:
    """Makes triggers that count each change of a table from a moment on, and counts what was there at that moment.

    Who writes waits while ``counting`` makes them, with the tables of the counters, and not while ``there`` is counted:
    that is read as it was. A Job that was killed counts anew, so ``counting`` replaces what is left of it.
    """
    beside = op.get_bind().engine.connect().execution_options(isolation_level="REPEATABLE READ")
    with beside:
        op.execute(f"LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
        op.execute(counting)
        # It sees from now on what is committed now: everything that the triggers have not seen, as nobody is writing.
        beside.execute(text("SELECT pg_current_snapshot()"))
        with op.get_context().autocommit_block():  # lets those write who wait
            beside.execute(text(there))
            beside.commit()
