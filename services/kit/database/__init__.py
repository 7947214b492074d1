"""How a pillar remembers: transactions, tables and pages, keys, group commit, leases, schemas."""

from services.kit.database.transaction import Transaction, Write, rows

__all__ = ["Transaction", "Write", "rows"]
