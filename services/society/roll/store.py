"""SQL of the roll and of how many have voted."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.kit.database import Transaction

SLOTS = 16
"""Rows that a count is spread over, so that voters do not wait for each other."""
_ENTER = """
INSERT INTO ballot_roll (ballot, person, booth, key) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING true
"""
_COUNT_ONE = """
INSERT INTO ballot_turnout (ballot, booth, slot, voters) VALUES ($1, $2, $3, 1)
ON CONFLICT (ballot, booth, slot) DO UPDATE SET voters = ballot_turnout.voters + 1
"""
_TURNOUT = """
SELECT booth, sum(voters)::bigint AS voters FROM ballot_turnout WHERE ballot = $1 GROUP BY booth ORDER BY booth
"""


@dataclass(frozen=True)
class Entry:
    """Somebody has voted: online, or (``booth``) on paper."""

    booth: str
    key: bytes
    """Keyed digest of the request, by which a repeat is known."""


async def enter(tx: Transaction, ballot: UUID, person: bytes, booth: str, key: bytes) -> bool:
    """Enters a voter; False where they stand there already."""
    if not await tx.fetchval(_ENTER, ballot, person, booth, key):
        return False
    await tx.execute(_COUNT_ONE, ballot, booth, secrets.randbelow(SLOTS))
    return True


async def entry(tx: Transaction, ballot: UUID, person: bytes) -> Entry | None:
    """The entry of a voter."""
    row: Any = await tx.fetchrow("SELECT booth, key FROM ballot_roll WHERE ballot = $1 AND person = $2", ballot, person)
    return Entry(row["booth"], row["key"]) if row else None


async def turnout(tx: Transaction, ballot: UUID) -> dict[str, int]:
    """How many have voted by booth; online under the empty name."""
    return {row["booth"]: row["voters"] for row in await tx.fetch(_TURNOUT, ballot)}


async def turnouts(tx: Transaction, ballots: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """How many have voted online and on paper in each of these."""
    rows = await tx.fetch(
        """
        SELECT ballot, coalesce(sum(voters) FILTER (WHERE booth = ''), 0)::bigint AS online,
               coalesce(sum(voters) FILTER (WHERE booth <> ''), 0)::bigint AS paper
          FROM ballot_turnout WHERE ballot = ANY($1::uuid[]) GROUP BY ballot
        """,
        list(ballots),
    )
    return {row["ballot"]: (row["online"], row["paper"]) for row in rows}
