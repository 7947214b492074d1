"""Counters that never make anybody wait: a counter is the sum of its rows.

Whatever changes a count adds a row with the difference (a migration's triggers do), so that two transactions never want
the same row. A timer folds the fresh rows into one for each key; readers add up and see the same before and after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.kit.context import Context


@dataclass(frozen=True)
class Counters:
    """A table of counters: its key, what is added up, and ``fresh boolean``, which is false for folded rows.

    A unique index on the key holds of the folded rows, another index finds the fresh ones.
    """

    table: str
    key: Sequence[str]
    sums: Sequence[str]

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
    """Folds what has come, a table a statement."""
    for each in counters:
        await runtime.pool.execute(each.fold)
