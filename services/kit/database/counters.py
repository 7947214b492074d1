"""Counters that never make anybody wait: a counter is the sum of its rows.

Whatever changes a count adds a row with the difference (a migration's triggers do), so that two transactions never want
the same row. A timer folds the fresh rows into one for each key; readers add up and see the same before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from services.kit.caller import SYSTEM, Scope
from services.kit.context import Context
from services.kit.database.transaction import Transaction, transaction

_FIRST = "SELECT first FROM rolling WHERE name = $1"


@dataclass(frozen=True)
class Counters:
    """A table of counters: its key, what is added up, and ``fresh boolean``, which is false for folded rows.

    A unique index on the key holds of the folded rows, another index finds the fresh ones.
    """

    table: str
    key: Sequence[str]
    sums: Sequence[str]
    days: int = 0
    """Of so many days (UTC), today among them, ``<table>_rolling`` holds what the folded rows add up to, by the key
    without its ``day``; ``recent`` reads it. The day that it begins with stands in ``rolling``. Triggers add to it what
    is folded, the timer takes away the day that leaves.
    """

    @property
    def parts(self) -> Sequence[str]:
        """The key without its day."""
        return [name for name in self.key if name != "day"]

    @property
    def _since(self) -> str:
        return f"(SELECT coalesce(max(first), 'infinity') FROM rolling WHERE name = '{self.table}')"  # noqa: S608

    def recent(self, first: str, last: str) -> str:
        """A query of the sums of the days from ``$first`` to ``$last`` (parameters of type date), of parts of each key.

        What is rolling begins with ``$first``, but for the moment until the timer has come to a new day: the days
        between are looked up, none else. A row of the future is taken off.
        """

        def rows(condition: str, sign: str = "") -> str:
            sums = ", ".join(f"{sign}{name} AS {name}" for name in self.sums)
            return f"SELECT {', '.join(self.parts)}, {sums} FROM {self.table} WHERE {condition}"  # noqa: S608

        return " UNION ALL ".join(
            (
                f"SELECT {', '.join((*self.parts, *self.sums))} FROM {self.table}_rolling",  # noqa: S608
                rows(f"fresh AND day BETWEEN {first} AND {last}"),
                rows(f"NOT fresh AND day >= {first} AND day < {self._since}"),
                rows(f"NOT fresh AND day >= {self._since} AND day < {first}", "-"),
                # Two bounds, so that a plan for any day takes it for the short stretch of the index that it is.
                rows(f"NOT fresh AND day > {last} AND day < 'infinity'", "-"),
            )
        )

    @property
    def roll(self) -> str:
        """The statement that lets ``<table>_rolling`` begin with the day $1."""
        parts = ", ".join(self.parts)
        added = ", ".join(f"sum(sign * {name})" for name in self.sums)
        changed = ", ".join(f"{name} = known.{name} + excluded.{name}" for name in self.sums)
        return (
            f"WITH moved AS (SELECT 1 AS sign, * FROM {self.table} "  # noqa: S608 - names of ours
            f"WHERE NOT fresh AND day >= $1 AND day < {self._since} UNION ALL SELECT -1, * FROM {self.table} "
            f"WHERE NOT fresh AND day >= {self._since} AND day < $1), "
            f"changed AS (INSERT INTO {self.table}_rolling AS known ({parts}, {', '.join(self.sums)}) "
            f"SELECT {parts}, {added} FROM moved GROUP BY {parts} "
            f"ON CONFLICT ({parts}) DO UPDATE SET {changed}) "
            f"INSERT INTO rolling (name, first) VALUES ('{self.table}', $1) "
            "ON CONFLICT (name) DO UPDATE SET first = excluded.first"
        )

    @property
    def fold(self) -> str:
        """The statement that folds, neighbours of the key side by side. One process at a time runs it."""
        key = ", ".join(self.key)
        added = ", ".join(f"sum({name})" for name in self.sums)
        changed = ", ".join(f"{name} = known.{name} + excluded.{name}" for name in self.sums)
        return (
            f"WITH gone AS (DELETE FROM {self.table} WHERE fresh RETURNING *) "  # noqa: S608 - names of ours
            f"INSERT INTO {self.table} AS known ({key}, {', '.join(self.sums)}, fresh) "
            f"SELECT {key}, {added}, false FROM gone GROUP BY {key} ORDER BY {key} "
            f"ON CONFLICT ({key}) WHERE NOT fresh DO UPDATE SET {changed}"
        )


async def fold(runtime: Context, *counters: Counters) -> None:
    """Folds what has come, a table a statement, and lets what is rolling begin with its day."""
    today = runtime.clock().astimezone(UTC).date()
    for each in counters:
        if not each.days:
            await runtime.pool.execute(each.fold)
            continue
        async with transaction(runtime, SYSTEM, Scope.ANY) as tx:
            await tx.one_at_a_time(
                f"{runtime.pillar} rolling"
            )  # also where a former owner of the timer is not through yet
            await _roll(tx, each, today - timedelta(days=each.days - 1))
            await tx.execute(each.fold)


async def _roll(tx: Transaction, counters: Counters, first: date) -> None:
    if await tx.fetchval(_FIRST, counters.table) != first:
        await tx.execute(counters.roll, first)
