"""SQL of kelurahan that are warned of floods."""

from collections.abc import Sequence
from datetime import datetime

from services.kit.database import Transaction

_PUT = """
INSERT INTO flooded_area (warning, area, exercise, expires_at, level)
SELECT $1, area, $3, $4, $5 FROM unnest($2::text[]) AS area
"""
_LEVEL = "SELECT level FROM flooded_area WHERE warning = $1 LIMIT 1"
_OF = """
SELECT DISTINCT area FROM flooded_area WHERE exercise = $1 AND (expires_at IS NULL OR expires_at > $2) ORDER BY area
"""
_DROP = "DELETE FROM flooded_area WHERE warning = $1"
_EXPIRED = "DELETE FROM flooded_area WHERE expires_at < $1"


async def put(
    tx: Transaction, warning: str, level: str, areas: Sequence[str], expires: datetime | None, *, exercise: bool
) -> None:
    """A warning is of this level and about these kelurahan now."""
    await tx.execute(_DROP, warning)
    await tx.execute(_PUT, warning, sorted(set(areas)), exercise, expires, level)


async def level(tx: Transaction, warning: str) -> str | None:
    """Of which level a warning was last; None for a new one, and where the version before wrote of it."""
    found: str | None = await tx.fetchval(_LEVEL, warning)
    return found


async def drop(tx: Transaction, warning: str) -> None:
    """A warning is over."""
    await tx.execute(_DROP, warning)


async def drop_expired(tx: Transaction, before: datetime) -> None:
    """Takes away what ended long ago and was never said to be over."""
    await tx.execute(_EXPIRED, before)


async def of(tx: Transaction, *, exercise: bool) -> list[str]:
    """Kelurahan under warnings in force: real ones, or those of drills."""
    return [row["area"] for row in await tx.fetch(_OF, exercise, tx.now)]
