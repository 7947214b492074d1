"""SQL of acts, which are only ever added to."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from services.economy.acts.model import Act
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

_ACTS = Table(Act, "act")
_OLDEST: Keyset[Act] = Keyset({"at": datetime, "id": UUID}, of=lambda one: (one.at, one.id))
_ADD = """
INSERT INTO act (id, day, at, what, doer, agency, asker, about, currency, amount, exercise, merchant,
                 to_payer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
"""


async def add(tx: Transaction, act: Act) -> None:
    """Writes a line."""
    await tx.execute(
        _ADD,
        act.id,
        act.day,
        act.at,
        act.what,
        act.doer,
        act.agency,
        act.asker,
        act.about,
        act.currency,
        act.amount,
        act.exercise,
        act.merchant,
        act.to_payer,
    )


async def page(tx: Transaction, day: date, size: int, token: str) -> Page[Act]:
    """A day's lines, oldest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await _ACTS.page(tx, _OLDEST, size, token, day=day)


async def merchants(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID | None, str]:
    """Names of merchants."""
    return {row["id"]: row["name"] for row in await tx.fetch("SELECT id, name FROM merchant WHERE id = ANY($1)", ids)}
