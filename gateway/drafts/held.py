"""Forms that came after their login had ended, until the same person logs in again in the same browser.

They lie with the drafts, sealed alike: with a key that the browser's cookie completes, and besides the login that they
were written under, so that nobody else who logs in there opens them.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from uuid import UUID

import asyncpg
import msgspec

from gateway.callers.sealing import sealed, unsealed
from gateway.drafts.store import unavailable
from gateway.settings import GatewaySettings
from services.kit.database.lost import LOST
from services.kit.ids import uuid7

LIFE = timedelta(hours=1)
MOST = 5
"""Of one browser; the newest stay."""
NETWORK_BYTES = 16 << 20
"""Most bytes that wait from one network; many people may share one."""
_KEEP = """
INSERT INTO draft (owner, id, sealed, network, bytes, expire_time) VALUES ($1, $2, $3, $4, $5, now() + $6::interval)
"""
_DROP = (
    "DELETE FROM draft WHERE owner = $1 AND id IN (SELECT id FROM draft WHERE owner = $1 ORDER BY id DESC OFFSET $2)"
)
_FIND = "SELECT sealed FROM draft WHERE owner = $1 AND id = $2 AND expire_time > now()"
_HELD = "SELECT sum(bytes)::bigint FROM draft WHERE network = $1 AND bytes > 0"


class Held(msgspec.Struct, frozen=True):
    """A form as it came: nothing of its files, and no secret."""

    page: str
    """That it was sent from."""
    action: str
    fields: list[tuple[str, str]]
    parts: bool
    files: str


class HeldForms:
    """Keeps and finds them."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record], settings: GatewaySettings) -> None:
        """Uses the pool; keys come from the session secret, the browser's cookie and the login."""
        self._pool = pool
        self._key = settings.session_secret.get_secret_value().encode()

    async def keep(self, visitor: str, login: str, network: str, form: Held) -> UUID | None:
        """Keeps one; None where that is not possible now, or too much waits from there."""
        id_, owner = uuid7(), _owner(visitor)
        text = sealed(msgspec.json.encode(form).decode(), self._key, _purpose(visitor, login, id_))
        named = f"held {network}"
        try:
            async with self._pool.acquire() as connection, connection.transaction():
                if int(await connection.fetchval(_HELD, named) or 0) + len(text) > NETWORK_BYTES:
                    return None
                await connection.execute(_KEEP, owner, id_, text, named, len(text), LIFE)
                await connection.execute(_DROP, owner, MOST)
        except LOST:
            return None
        return id_

    async def find(self, visitor: str, login: str, id_: UUID) -> Held | None:
        """One that this browser sent under this login; None when it has none such, or no more.

        Raises DRAFTS_UNAVAILABLE while the database is away.
        """
        try:
            text = await self._pool.fetchval(_FIND, _owner(visitor), id_)
        except LOST as error:
            raise unavailable() from error
        found = unsealed(text or "", self._key, _purpose(visitor, login, id_))
        try:
            return msgspec.json.decode(found, type=Held) if found else None
        except msgspec.DecodeError:  # of another version of this program
            return None


def _owner(visitor: str) -> bytes:
    """Another one than of its drafts, of which the latest is looked for."""
    return hashlib.sha256(f"held\n{visitor}".encode()).digest()


def _purpose(visitor: str, login: str, id_: UUID) -> str:
    return f"held\n{visitor}\n{login}\n{id_}"
