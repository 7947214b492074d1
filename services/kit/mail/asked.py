"""SQL of how often addresses were asked whether they are theirs who gave them (``limits.py``): a table of the pillar's,
with the columns ``address`` (a keyed digest, its key), ``asked``, ``stopped_at`` and ``forget_at``, and an index of the
last.
"""

from dataclasses import replace

from services.kit.database import Transaction, rows
from services.kit.mail import limits
from services.kit.mail.limits import Asked

PRUNED = 1000
"""Rows that are taken away at once."""


class AskedBefore:
    """What addresses were asked lately."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._get = f"SELECT asked, stopped_at FROM {name} WHERE address = $1"  # noqa: S608 - names of ours, here and below
        self._note = f"""
        INSERT INTO {name} (address, asked, stopped_at, forget_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (address) DO UPDATE
           SET asked = excluded.asked, stopped_at = excluded.stopped_at, forget_at = excluded.forget_at
        """  # noqa: S608
        self._forget = f"DELETE FROM {name} WHERE address = $1"  # noqa: S608
        self._prune = f"""
        DELETE FROM {name} WHERE address IN (
            SELECT address FROM {name} WHERE forget_at < $1 ORDER BY forget_at LIMIT $2
              FOR UPDATE SKIP LOCKED
        )
        """  # noqa: S608

    async def lock(self, tx: Transaction, address: bytes) -> None:
        """One thing after the other is done about an address, until the transaction ends."""
        await tx.one_at_a_time(f"{self._name} {address.hex()}")

    async def ask(self, tx: Transaction, address: bytes) -> bool:
        """Notes one confirmation more to an address. Whether it may have it; else nothing is noted."""
        await self.lock(tx, address)
        before = await self._before(tx, address)
        if not limits.may_ask(before, tx.now):
            return False
        await self._keep(tx, address, limits.asked(before, tx.now))
        return True

    async def stop(self, tx: Transaction, address: bytes) -> None:
        """Its owner wants no more mails: it is asked no more for a while."""
        await self._keep(tx, address, replace(await self._before(tx, address), stopped_at=tx.now))

    async def forget(self, tx: Transaction, address: bytes) -> None:
        """Nothing is held against an address any more: its owner has confirmed it."""
        await tx.execute(self._forget, address)

    async def prune(self, tx: Transaction) -> bool:
        """Takes away what counts no more. Whether there is more."""
        return rows(await tx.execute(self._prune, tx.now, PRUNED)) == PRUNED

    async def _before(self, tx: Transaction, address: bytes) -> Asked:
        row = await tx.fetchrow(self._get, address)
        return Asked(tuple(row["asked"]), row["stopped_at"]) if row else Asked()

    async def _keep(self, tx: Transaction, address: bytes, found: Asked) -> None:
        await tx.execute(self._note, address, list(found.asked), found.stopped_at, found.forget_at)
