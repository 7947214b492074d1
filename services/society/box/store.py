"""SQL of the box. No row of it has a time, an id that tells one, or anything of a request, a login or a trace."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from services.kit.database import Transaction, rows

PART = 5_000
"""Votes of one part of a file."""
_PUT = "INSERT INTO ballot_envelope (id, ballot, sealed) VALUES ($1, $2, $3)"
_TAKE_OUT = "SELECT sealed FROM ballot_envelope WHERE ballot = $1"
_BURN = "DELETE FROM ballot_envelope WHERE ballot = $1"
_KEEP = "INSERT INTO ballot_vote (ballot, id, choices) SELECT $1, * FROM unnest($2::uuid[], $3::bigint[])"


async def put(tx: Transaction, id_: UUID, ballot: UUID, sealed: bytes) -> None:
    """Puts an envelope into the box. ``id_`` is drawn by lot."""
    await tx.execute(_PUT, id_, ballot, sealed)


async def take_out(tx: Transaction, ballot: UUID) -> list[bytes]:
    """All envelopes of a ballot."""
    return [row["sealed"] for row in await tx.fetch(_TAKE_OUT, ballot)]


async def burn(tx: Transaction, ballot: UUID) -> int:
    """Destroys the envelopes of a ballot; how many there were."""
    return rows(await tx.execute(_BURN, ballot))


async def keep(tx: Transaction, ballot: UUID, ids: Sequence[UUID], votes: Sequence[int]) -> None:
    """Writes the votes of a ballot, in the order given, under ids that were drawn by lot."""
    await tx.execute(_KEEP, ballot, list(ids), list(votes))


async def votes(tx: Transaction, ballot: UUID, after: UUID, most: int) -> list[tuple[UUID, int]]:
    """Votes of a ballot by id, beyond one."""
    sql = "SELECT id, choices FROM ballot_vote WHERE ballot = $1 AND id > $2 ORDER BY id LIMIT $3"
    found: Sequence[Any] = await tx.fetch(sql, ballot, after, most)
    return [(row["id"], row["choices"]) for row in found]
