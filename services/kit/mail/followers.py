"""SQL of who is mailed (``follower.py``): a table of the pillar's with the columns of its dataclass, and an index of
each order that is read here:

    CREATE INDEX ON x_follower (created_at) WHERE state = 'waiting';
    CREATE INDEX ON x_follower (ended_at) WHERE state = 'ended';
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from services.kit.database import Transaction, rows
from services.kit.database.table import Table
from services.kit.mail.asked import AskedBefore
from services.kit.mail.follower import KEPT, LINK_LIFE, Follower, Why

PRUNED = 1000
"""Rows that are taken away at once."""

F = TypeVar("F", bound=Follower)


class Followers(Table[F]):
    """Those of a table, and ``asked``: what their addresses were asked lately, in another."""

    def __init__(self, entity: type[F], name: str, *, asked: str, fixed: Sequence[str] = ()) -> None:
        """``fixed`` are columns that are written once, beside the time."""
        super().__init__(entity, name, fixed=(*fixed, "created_at"))
        self.asked = AskedBefore(asked)
        self._erase = f"""
        UPDATE {name} SET state = 'ended', address = NULL, sealed = '', ended_at = $1, why = $2 WHERE
        """  # noqa: S608 - names of ours, here and below
        self._unconfirmed = f"""
        DELETE FROM {name} WHERE id IN (
            SELECT id FROM {name} WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
              FOR UPDATE SKIP LOCKED
        )
        """  # noqa: S608
        self._ended = f"""
        DELETE FROM {name} WHERE id IN (
            SELECT id FROM {name} WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
              FOR UPDATE SKIP LOCKED
        )
        """  # noqa: S608

    async def by_ids(self, tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, F]:
        """Some by their ids."""
        return {one.id: one for one in await self.every(tx, "id = ANY($1)", list(wanted))}

    async def erase(self, tx: Transaction, why: Why, tail: str, *args: object) -> int:
        """Ends those for a condition, whose parameters begin with ``$3``, and erases their addresses. How many."""
        return rows(await tx.execute(f"{self._erase}{tail}", tx.now, why.value, *args))

    async def prune(self, tx: Transaction) -> bool:
        """Takes away what nobody confirmed, what ended long ago and what counts no more. Whether there is more."""
        gone = [
            await self._take(tx, self._unconfirmed, tx.now - LINK_LIFE),
            await self._take(tx, self._ended, tx.now - KEPT),
        ]
        return await self.asked.prune(tx) or PRUNED in gone

    async def _take(self, tx: Transaction, sql: str, before: datetime) -> int:
        return rows(await tx.execute(sql, before, PRUNED))
