"""The queue of mails that a pillar sends: a table of its own, whose rows are claimed, ended, dropped and forgotten.

Such a table has the columns ``id``, ``state``, ``reason``, ``attempts``, ``created_at``, ``next_at`` and ``ended_at``
beside those that say what a mail is about, and an index of each order that is read here:

    CREATE INDEX ON x_mail (next_at) WHERE state = 'waiting';
    CREATE INDEX ON x_mail (created_at) WHERE state = 'waiting';
    CREATE INDEX ON x_mail (ended_at) WHERE state <> 'waiting';
"""

from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from services.kit.database import Transaction, rows
from services.kit.database.table import Table
from services.kit.mail.follower import KEPT
from services.kit.runtime import Runtime

PRUNED = 5000
"""Rows that are ended or taken away at once."""


class MailState(Enum):
    """Where a mail stands."""

    WAITING = "waiting"
    SENT = "sent"
    REFUSED = "refused"
    """The mail server will never take it."""
    GIVEN_UP = "given_up"
    """It was tried often enough."""
    OVERTAKEN = "overtaken"
    """Newer news go in its place."""
    DROPPED = "dropped"
    """It was wanted no more when its turn came."""


class Queued(Protocol):
    """A mail whose turn has come, as far as sending it goes."""

    @property
    def id(self) -> UUID:
        """Its row."""

    @property
    def attempts(self) -> int:
        """How often its turn has come, this time included."""

    @property
    def created_at(self) -> datetime:
        """When it was queued."""


M = TypeVar("M", bound=Queued)


class Queue(Generic[M]):
    """The mails of a table; ``entity`` is the dataclass of one whose turn has come."""

    def __init__(self, entity: type[M], name: str) -> None:
        self._mails = Table(entity, name)
        columns = ", ".join(field.name for field in fields(entity))  # type: ignore[arg-type]
        self._due = f"""
        SELECT EXISTS (SELECT FROM {name} WHERE state = 'waiting' AND next_at <= $1)
            OR EXISTS (SELECT FROM {name} WHERE state = 'waiting' AND created_at < $2)
        """  # noqa: S608 - names of ours, here and below
        # An array: of a join a plan that is made once, for any limit, would read the whole table.
        self._claim = f"""
        UPDATE {name}
           SET attempts = attempts + 1, next_at = $1 + make_interval(secs => least($3 * 2 ^ attempts, $4))
         WHERE id = ANY (ARRAY(
            SELECT id FROM {name} WHERE state = 'waiting' AND next_at <= $1 AND id <> ALL($5::uuid[])
             ORDER BY next_at LIMIT $2 FOR UPDATE SKIP LOCKED
         ))
        RETURNING {columns}
        """  # noqa: S608
        self._finish = f"""
        UPDATE {name} SET state = $2, reason = $3, ended_at = $4 WHERE id = ANY($1) AND state = 'waiting'
        """  # noqa: S608
        self._spare = f"""
        UPDATE {name} SET attempts = attempts - 1 WHERE id = ANY($1) AND state = 'waiting'
        """  # noqa: S608
        self._expire = f"""
        UPDATE {name} SET state = 'dropped', reason = 'EXPIRED', ended_at = $2 WHERE id IN (
            SELECT id FROM {name} WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $3
              FOR NO KEY UPDATE SKIP LOCKED
        )
        """  # noqa: S608
        self._prune = f"""
        DELETE FROM {name} WHERE id IN (
            SELECT id FROM {name} WHERE state <> 'waiting' AND ended_at < $1 ORDER BY ended_at LIMIT $2
              FOR UPDATE SKIP LOCKED
        )
        """  # noqa: S608
        self._oldest = f"SELECT created_at FROM {name} WHERE state = 'waiting' ORDER BY created_at LIMIT 1"  # noqa: S608

    async def anything_due(self, runtime: Runtime, before: datetime) -> bool:
        """Whether a mail's turn has come, or one has waited since `before`. Asked each second, so without a
        transaction.
        """
        found: bool = await runtime.pool.fetchval(self._due, runtime.clock(), before)
        return found

    async def claim(
        self, tx: Transaction, most: int, first_pause: float, longest_pause: float, in_hand: Sequence[UUID] = ()
    ) -> list[M]:
        """Takes mails that are due, oldest first; each comes back after its pause (seconds, doubling) until finished.

        Those that are in hand are left: a slow server may take longer for them than the pause.
        """
        found = await tx.fetch(self._claim, tx.now, most, first_pause, longest_pause, list(in_hand))
        return [self._mails.entity(row) for row in sorted(found, key=lambda row: row["id"])]  # ids grow with time

    async def finish(self, tx: Transaction, mails: Sequence[UUID], state: MailState, reason: str = "") -> None:
        """Ends mails."""
        await tx.execute(self._finish, list(mails), state.value, reason, tx.now)

    async def spare(self, tx: Transaction, mails: Sequence[UUID]) -> None:
        """Mails whose turn had come, and that were not begun: they are due after their pause, as if it had not."""
        await tx.execute(self._spare, list(mails))

    async def expire(self, tx: Transaction, before: datetime) -> int:
        """Drops mails that have waited since `before`, such as while no mail server was set. Answers with how many."""
        return rows(await tx.execute(self._expire, before, tx.now, PRUNED))

    async def prune(self, tx: Transaction) -> bool:
        """Takes away what ended long ago. Whether there is more."""
        return rows(await tx.execute(self._prune, tx.now - KEPT, PRUNED)) == PRUNED

    async def waiting_since(self, tx: Transaction) -> datetime | None:
        """Since when the oldest waits; None where nothing does."""
        found: Any = await tx.fetchval(self._oldest)
        return found if isinstance(found, datetime) else None
