"""SQL of seals."""

from dataclasses import fields
from datetime import date, datetime
from uuid import UUID

from asyncpg import Record

from services.governance.seals.model import Head, Seal, Signed
from services.kit.database import Transaction

_SIGNED = """
SELECT day, coalesce(heads, cardinality(leaves)) AS heads, root, previous, hash, at, key_id, signature
FROM seal LEFT JOIN seal_size USING (day)
"""
"""Without what is under the roots, which is far larger: it is counted where the version before sealed alone."""
_SEAL = "seal.day, cardinality(leaves) AS heads, leaves, root, previous, hash, at, key_id, signature"

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
    row = await tx.fetchrow(f"{_SIGNED} ORDER BY day DESC LIMIT 1")
    return Signed(**row) if row else None


async def mark(tx: Transaction, day: date, end: datetime) -> list[Head]:
    """Marks all unsealed entries before `end` as sealed on `day`; answers with the heads of their chains."""
    return [Head(row["code"], row["number"], row["hash"]) for row in await tx.fetch(_MARK, day, end)]


async def insert(tx: Transaction, seal: Seal, public_key: str) -> None:
    """Adds a seal and the public key that checks it. A day sealed twice, or a fork, raises UniqueViolationError."""
    await tx.execute("INSERT INTO seal_key (key_id, x) VALUES ($1, $2) ON CONFLICT DO NOTHING", seal.key_id, public_key)
    await tx.execute(
        """
        WITH made AS (
            INSERT INTO seal (day, leaves, root, previous, hash, at, key_id, signature)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        )
        INSERT INTO seal_size (day, heads) VALUES ($1, $9)
        """,
        seal.day,
        list(seal.leaves),
        seal.root,
        seal.previous,
        seal.hash,
        seal.at,
        seal.key_id,
        seal.signature,
        seal.heads,
    )


async def of_day(tx: Transaction, day: date) -> Seal | None:
    """The seal of a day."""
    row = await tx.fetchrow(f"SELECT {_SEAL} FROM seal WHERE day = $1", day)
    return _seal(row) if row else None


async def of_case(tx: Transaction, complaint_id: UUID) -> list[tuple[int, Seal]]:
    """The seals that hold a case, oldest first, each with the number of the entry that was its head."""
    rows = await tx.fetch(
        f"""
        SELECT number, {_SEAL} FROM seal
        JOIN (SELECT sealed_on, max(number) AS number FROM entry WHERE complaint_id = $1 GROUP BY sealed_on) AS head
            ON head.sealed_on = seal.day
        ORDER BY day
        """,
        complaint_id,
    )
    return [(row["number"], _seal(row)) for row in rows]


async def since(tx: Transaction, day: date, most: int) -> list[Signed]:
    """Seals from a day on, oldest first."""
    return [Signed(**row) for row in await tx.fetch(f"{_SIGNED} WHERE day >= $1 ORDER BY day LIMIT $2", day, most)]


async def page(tx: Transaction, before: date | None, size: int) -> list[Signed]:
    """Seals older than a day, newest first."""
    older = f"{_SIGNED} WHERE $1::date IS NULL OR day < $1 ORDER BY day DESC LIMIT $2"
    return [Signed(**row) for row in await tx.fetch(older, before, size)]


async def keys(tx: Transaction) -> dict[str, dict[str, str]]:
    """All public keys that ever signed a seal, as JWKs by key id."""
    rows = await tx.fetch("SELECT key_id, x FROM seal_key")
    return {row["key_id"]: {"crv": "Ed25519", "kid": row["key_id"], "kty": "OKP", "x": row["x"]} for row in rows}


def _seal(row: Record) -> Seal:
    names = [each.name for each in fields(Seal)]
    return Seal(**{name: row[name] for name in names} | {"leaves": tuple(row["leaves"])})
