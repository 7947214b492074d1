"""The wrapped keys of contacts, in a database of their own with short backups.

Deleting a row here makes the contact unreadable wherever its ciphertext lies: tables, backups, replicas. A key is
committed before the contact that it opens, which leaves at most a key that opens nothing after a crash.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import asyncpg
import structlog

from services.governance.keys.cipher import WrappingKey, new_key
from services.governance.keys.reach import AWAY, Reach, reached
from services.kit import due
from services.kit.mail.sealing import UnreadableError, seal, unseal

_PREPARE = """
CREATE TABLE IF NOT EXISTS wrapped_key (
    subject uuid PRIMARY KEY,
    key_id text NOT NULL,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS wrapped_key_of ON wrapped_key (key_id, subject);
"""
_IS_THERE = "SELECT to_regclass('wrapped_key') IS NOT NULL"
_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('smartcity wrapped_key'))"
_BATCH = 500

_log = structlog.get_logger()


class KeyStore:
    """Makes, finds and destroys data keys. Plain keys never leave the process."""

    def __init__(
        self,
        pool: "asyncpg.Pool[asyncpg.Record]",
        reach: Reach,
        current: WrappingKey,
        old: Sequence[WrappingKey],
        following: WrappingKey | None,
    ) -> None:
        """Takes a pool on the store's database, who asks whether it is there, the key that wraps new keys, former ones
        that still open, and the one that is announced: what other processes wrap with it already is opened, and stays
        as it is.
        """
        self._pool = pool
        self.reach = reach
        self._current = current
        self._former = [key.id for key in old if key != following]
        self._was_prepared = False
        self._known = {key.id: key for key in (*old, *([following] if following else ()), current)}
        self._given_up: set[asyncio.Task[bytes]] = set()

    @classmethod
    async def open(cls, url: str, current: str, old: Sequence[str] = (), following: str = "") -> "KeyStore":
        """Makes the store ready; where its database is away now, by the next ``tend``: all but contacts goes on.

        All keys are base64. Errors: ValueError when one is not 32 bytes.
        """
        wrapping, former = WrappingKey.read(current), [WrappingKey.read(text) for text in old]
        announced = WrappingKey.read(following) if following else None
        pool = await asyncpg.create_pool(url, min_size=0, max_size=4, timeout=5.0, command_timeout=10.0)
        store = cls(pool, Reach(url), wrapping, former, announced)
        try:
            await store._prepare()
        except AWAY as error:
            _log.warning("key store not reached, tried again", error=type(error).__name__)
        return store

    async def tend(self) -> None:
        """Makes the table where it is missing, and wraps anew what former wrapping keys wrapped.

        A process that began before the key was changed goes on to wrap with the former one until it has ended, so this
        is done again and again.
        """
        await self._prepare()
        for key_id in self._former:
            if done := await self.rewrap(key_id):
                _log.info("keys wrapped anew", former=key_id, keys=done)

    async def _prepare(self) -> None:
        # Asked each time: its server may be made anew, and empty, while this process runs.
        if self._was_prepared and await self._pool.fetchval(_IS_THERE):
            return
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_ONE_AT_A_TIME)
            await connection.execute(_PREPARE)
        self._was_prepared = True

    async def close(self) -> None:
        """Closes the connections."""
        self.reach.close()
        await self._pool.close()

    async def create(self, subject: UUID) -> bytes:
        """A new data key for a subject, committed.

        Errors: KeyStoreAwayError; asyncpg.UniqueViolationError when it has one.
        """
        key = new_key()
        wrapped = seal(self._current.key, subject, key)
        sql = "INSERT INTO wrapped_key (subject, key_id, wrapped) VALUES ($1, $2, $3)"
        with reached():
            await self._pool.execute(sql, subject, self._current.id, wrapped)
        return key

    async def create_within(self, subject: UUID, seconds: float) -> bytes | None:
        """The same for who cannot wait: None where the store does not answer in time, or is away.

        Nobody waits for the end of what was asked: a server that hangs does not answer when it is called off either. At
        most a key is left that opens nothing.
        """
        making = asyncio.create_task(self.create(subject))
        try:
            await asyncio.wait({making}, timeout=seconds)
            if making.done():
                return making.result()
            _log.warning("the key store does not answer in time", seconds=seconds)
        except AWAY as error:
            _log.warning("the key store is away", error=repr(error))
        finally:
            if not making.done():
                self._given_up.add(making)
                making.add_done_callback(self._forget)
                making.cancel()
        return None

    def _forget(self, ended: "asyncio.Task[bytes]") -> None:
        self._given_up.discard(ended)
        if not ended.cancelled():
            ended.exception()  # looked at, so that nobody complains of it

    async def find(self, subject: UUID) -> bytes | None:
        """The data key of a subject; None when it was destroyed.

        Errors: KeyStoreAwayError; UnreadableError without its wrapping key.
        """
        with reached():
            row = await self._pool.fetchrow("SELECT key_id, wrapped FROM wrapped_key WHERE subject = $1", subject)
        return None if row is None else self._unwrap(subject, row["key_id"], row["wrapped"])

    async def destroy(self, subjects: Sequence[UUID]) -> None:
        """Deletes the keys of these subjects; again is harmless. Errors: KeyStoreAwayError."""
        with reached():
            await self._pool.execute("DELETE FROM wrapped_key WHERE subject = ANY($1::uuid[])", list(subjects))

    async def rewrap(self, key_id: str) -> int:
        """Wraps anew what a former wrapping key wrapped, so that it can be retired; answers with how many."""
        done = 0
        while key_id != self._current.id:
            rows = await self._pool.fetch(
                "SELECT subject, wrapped FROM wrapped_key WHERE key_id = $1 ORDER BY subject LIMIT $2", key_id, _BATCH
            )
            if not rows:
                break
            renewed = [
                (
                    row["subject"],
                    seal(self._current.key, row["subject"], self._unwrap(row["subject"], key_id, row["wrapped"])),
                )
                for row in rows
            ]
            await self._pool.executemany(
                "UPDATE wrapped_key SET key_id = $3, wrapped = $2 WHERE subject = $1 AND key_id = $4",
                [(subject, wrapped, self._current.id, key_id) for subject, wrapped in renewed],
            )
            done += len(rows)
            due.moved()
        return done

    def _unwrap(self, subject: UUID, key_id: str, wrapped: bytes) -> bytes:
        wrapping = self._known.get(key_id)
        if wrapping is None:
            raise UnreadableError(f"no wrapping key {key_id}: add it to SMARTCITY_DATA_KEYS_OLD")
        return unseal(wrapping.key, subject, wrapped)
