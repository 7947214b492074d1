"""Indexes of tables that are being written, for migrations."""

from collections.abc import Mapping

from alembic import op


def build(indexes: Mapping[str, str], *, unique: bool = False) -> None:
    """Builds them beside writes that go on, by name and what they are on. Example: ``{"act_by": "act (by, at)"}``

    One that stands under that name stands until the new one does: who writes is never without, also where a migration
    is run a second time. What an attempt that was broken off left goes first.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with op.get_context().autocommit_block():
        for name, on in indexes.items():
            for left in ("before", "anew"):
                op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_{left}")
            op.execute(f"CREATE {kind} CONCURRENTLY {name}_anew ON {on}")
            op.execute(
                f"ALTER INDEX IF EXISTS {name} RENAME TO {name}_before; ALTER INDEX {name}_anew RENAME TO {name}"
            )
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}_before")


def drop(*names: str) -> None:
    """Drops them beside reads and writes that go on, as far as they are there still."""
    with op.get_context().autocommit_block():
        for name in names:
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


def of_logins(*columns: tuple[str, str, str]) -> dict[str, str]:
    """Those by which what somebody did is found, newest first, of tables and their columns of login and time."""
    return {f"{table}_done_{by}": f"{table} ({by}, {at}) WHERE {by} <> ''" for table, by, at in columns}
