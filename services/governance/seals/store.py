"""SQL of seals."""

from datetime import date, datetime
from uuid import UUID

from services.governance.seals.model import Head, Seal, Signed
from services.kit.database import Transaction
from services.kit.database.table import Table

_SEALS = Table(Seal, "seal")
_SIGNED = Table(Signed, "seal")
"""Without what is under the roots, which is far larger."""

# An entry that a skewed clock dated after its successor goes with it: a seal holds a chain without holes.
_MARK = """
WITH head AS (
    SELECT complaint_id, max(number) AS number FROM entry WHERE sealed_on IS NULL AND at < $2 GROUP BY complaint_id
), marked AS (
    UPDATE entry SET sealed_on = $1 FROM head
    WHERE entry.complaint_id = head.complaint_id AND entry.number <= head.number AND entry.sealed_on IS NULL
    RETURNING entry.complaint_id, entry.number, entry.hash
)
SELECT DISTINCT ON (marked.complaint_id) complaint.code, marked.number, marked.hash
FROM marked JOIN complaint ON complaint.id = marked.complaint_id
ORDER BY marked.complaint_id, marked.number DESC
"""


async def oldest_unsealed(tx: Transaction) -> datetime | None:
    """Time of the oldest entry that no seal holds."""
    oldest: datetime | None = await tx.fetchval("SELECT min(at) FROM entry WHERE sealed_on IS NULL")
    return oldest


async def last(tx: Transaction) -> Signed | None:
    """The newest seal."""
    return await _SIGNED.first(tx, "true ORDER BY day DESC")


async def mark(tx: Transaction, day: date, end: datetime) -> list[Head]:
    """Marks all unsealed entries before `end` as sealed on `day`; answers with the heads of their chains."""
    return [Head(row["code"], row["number"], row["hash"]) for row in await tx.fetch(_MARK, day, end)]


async def insert(tx: Transaction, seal: Seal, public_key: str) -> None:
    """Adds a seal and the public key that checks it. A day sealed twice, or a fork, raises UniqueViolationError."""
    await tx.execute("INSERT INTO seal_key (key_id, x) VALUES ($1, $2) ON CONFLICT DO NOTHING", seal.key_id, public_key)
    await tx.execute(
        """
        INSERT INTO seal (day, leaves, root, previous, hash, at, key_id, signature)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        seal.day,
        list(seal.leaves),
        seal.root,
        seal.previous,
        seal.hash,
        seal.at,
        seal.key_id,
        seal.signature,
    )


async def of_day(tx: Transaction, day: date) -> Seal | None:
    """The seal of a day."""
    return await _SEALS.first(tx, "day = $1", day)


async def of_case(tx: Transaction, complaint_id: UUID) -> list[tuple[int, Seal]]:
    """The seals that hold a case, oldest first, each with the number of the entry that was its head."""
    rows = await tx.fetch(
        """
        SELECT number, seal.* FROM seal
        JOIN (SELECT sealed_on, max(number) AS number FROM entry WHERE complaint_id = $1 GROUP BY sealed_on) AS head
            ON head.sealed_on = seal.day
        ORDER BY day
        """,
        complaint_id,
    )
    return [(row["number"], _SEALS.entity(row)) for row in rows]


async def since(tx: Transaction, day: date, most: int) -> list[Signed]:
    """Seals from a day on, oldest first."""
    return await _SIGNED.every(tx, "day >= $1 ORDER BY day LIMIT $2", day, most)


async def page(tx: Transaction, before: date | None, size: int) -> list[Signed]:
    """Seals older than a day, newest first."""
    return await _SIGNED.every(tx, "$1::date IS NULL OR day < $1 ORDER BY day DESC LIMIT $2", before, size)


async def keys(tx: Transaction) -> dict[str, dict[str, str]]:
    """All public keys that ever signed a seal, as JWKs by key id."""
    rows = await tx.fetch("SELECT key_id, x FROM seal_key")
    return {row["key_id"]: {"crv": "Ed25519", "kid": row["key_id"], "kty": "OKP", "x": row["x"]} for row in rows}
