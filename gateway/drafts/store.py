"""Drafts in the gateway's own schema. The database alone gives away neither what they say nor whose they are."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import msgspec

from gateway.answers.problems import Problem
from gateway.callers.sealing import sealed, unsealed
from gateway.drafts.model import LIFE, Draft
from gateway.settings import GatewaySettings
from services.kit.database.lost import LOST

_LOCK = """
INSERT INTO draft AS kept (owner, id, network, expire_time) VALUES ($1, $2, $3, now() + $4::interval)
ON CONFLICT (owner, id) DO UPDATE SET network = kept.network RETURNING sealed
"""
# What has expired and is not swept yet is none: in its row another one begins.
_CLEAR = "DELETE FROM draft WHERE owner = $1 AND id = $2 AND expire_time <= now()"


class Drafts:
    """Finds, changes and forgets them. All raise DRAFTS_UNAVAILABLE while the database is away."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], settings: GatewaySettings) -> None:
        """Uses the pool; keys come from the session secret and the browser's cookie."""
        self._pool = pool
        self._key = settings.session_secret.get_secret_value().encode()

    async def find(self, visitor: str, draft: UUID) -> Draft | None:
        """A draft of a browser, known by its cookie; None when it has none such, or no more."""
        try:
            text = await self._pool.fetchval(
                "SELECT sealed FROM draft WHERE owner = $1 AND id = $2 AND expire_time > now()", _owner(visitor), draft
            )
        except LOST as error:
            raise unavailable() from error
        return self._opened(text, visitor, draft) if text else None

    async def latest(self, visitor: str) -> tuple[UUID, Draft] | None:
        """The draft that a browser began last, with its id, unless it was sent."""
        try:
            row = await self._pool.fetchrow(
                "SELECT id, sealed FROM draft WHERE owner = $1 AND expire_time > now()"
                " ORDER BY create_time DESC LIMIT 1",
                _owner(visitor),
            )
        except LOST as error:
            raise unavailable() from error
        found = self._opened(row["sealed"], visitor, row["id"]) if row else None
        return None if row is None or found is None or found.is_empty or found.code else (row["id"], found)

    @asynccontextmanager
    async def changing(self, visitor: str, draft: UUID, network: str) -> AsyncIterator[Draft]:
        """A draft to be changed, which nobody else changes meanwhile; a new one where there is none."""
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                await connection.execute(_CLEAR, _owner(visitor), draft)
                text = await connection.fetchval(_LOCK, _owner(visitor), draft, network, LIFE)
                changed = self._opened(text, visitor, draft) or Draft()
                yield changed
                text = msgspec.json.encode(changed).decode()
                await connection.execute(
                    "UPDATE draft SET sealed = $3, bytes = $4 WHERE owner = $1 AND id = $2",
                    _owner(visitor), draft, sealed(text, self._key, _purpose(visitor, draft)), changed.bytes,
                )  # fmt: skip
        except LOST as error:
            raise unavailable() from error

    async def drop(self, visitor: str, draft: UUID) -> None:
        """Forgets a draft; its photos go with the next sweep."""
        try:
            await self._pool.execute("DELETE FROM draft WHERE owner = $1 AND id = $2", _owner(visitor), draft)
        except LOST as error:
            raise unavailable() from error

    async def bytes_of(self, network: str) -> int:
        """Size of the photos that wait and came from one network today."""
        try:
            held = await self._pool.fetchval(
                "SELECT sum(bytes)::bigint FROM draft WHERE network = $1 AND bytes > 0", network
            )
        except LOST as error:
            raise unavailable() from error
        return int(held or 0)

    async def sweep(self) -> None:
        """Deletes those that expired."""
        # Both bounds, so that any plan takes it for the short stretch of the index that it is.
        await self._pool.execute("DELETE FROM draft WHERE expire_time > '-infinity' AND expire_time <= now()")

    def _opened(self, text: str, visitor: str, draft: UUID) -> Draft | None:
        found = unsealed(text, self._key, _purpose(visitor, draft))
        try:
            return msgspec.json.decode(found, type=Draft) if found else None
        except msgspec.DecodeError:  # of another version of this program
            return None


def _owner(visitor: str) -> bytes:
    return hashlib.sha256(visitor.encode()).digest()


def _purpose(visitor: str, draft: UUID) -> str:
    return f"draft\n{visitor}\n{draft}"


def unavailable() -> Problem:
    """Why nothing is kept or found while the database is away."""
    detail = "What you entered cannot be kept right now. Send it again in a moment."
    return Problem(503, "DRAFTS_UNAVAILABLE", detail, headers={"retry-after": "5"})
