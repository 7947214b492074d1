"""How a pillar remembers: transactions, tables and pages, keys, group commit, leases, schemas."""

import asyncpg

from services.kit.database.transaction import Transaction, Write, rows

__all__ = ["Transaction", "Write", "rows"]

# The detail of an error is the row that it is about, with whoever is named in it, and would go into every log.
asyncpg.PostgresError.__str__ = Exception.__str__  # type: ignore[method-assign]
