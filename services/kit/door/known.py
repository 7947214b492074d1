"""Who may come in, as remembered: an outage of the database refuses nobody whom it let in a moment ago."""

import asyncio
import time
from collections.abc import Mapping

import asyncpg

from services.kit.database.lost import LOST
from services.kit.door import store
from services.kit.door.door import Door

TRUST_S = 600.0
"""How long what is remembered counts while the database does not answer."""
NOTHING_YET = -1
"""Edition before the first look."""
MOST = 100_000
"""Names that are remembered, of those who may come in and of others."""


class AwayError(Exception):
    """The database does not answer, and nothing is remembered."""


class Known:
    """The generations of passwords, asked for many at once and kept until who may come in changes."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", door: Door) -> None:
        """Knows nothing yet."""
        self._pool = pool
        self._door = door
        self._generations: dict[str, int | None] = {}
        self._edition = NOTHING_YET
        self._confirmed = float("-inf")
        self._wanted: set[str] = set()
        self._reading: asyncio.Task[Mapping[str, int | None]] | None = None
        self._one_at_a_time = asyncio.Lock()

    async def generation(self, name: str) -> int | None:
        """The generation of somebody's password; None: nobody of that name may come in. Errors: AwayError."""
        if name not in self._generations:
            try:
                async with asyncio.timeout(store.ANSWER_S):
                    return (await self._ask(name))[name]
            except LOST as error:
                raise AwayError from error
        if time.monotonic() - self._confirmed > TRUST_S:
            raise AwayError
        return self._generations[name]

    async def refresh(self) -> bool:
        """Looks whether something changed, and takes it in; to be called each second. Errors: as the database's.

        Nobody waits for it: what was read meanwhile answers who asked for it, and is not remembered.
        """
        asked_at = time.monotonic()
        edition = await store.edition(self._pool, self._door)
        changed = edition != self._edition
        if changed:
            known = [name for name, generation in self._generations.items() if generation is not None]
            self._generations = dict(await store.generations(self._pool, self._door, known))
            self._edition = edition
        self._confirmed = asked_at
        return changed

    async def now(self, names: set[str]) -> Mapping[str, int]:
        """The generations of passwords as the database has them. Errors: as the database's."""
        return await store.generations(self._pool, self._door, names)

    async def _ask(self, name: str) -> Mapping[str, int | None]:
        """Asks for a name together with all others that are wanted while a statement runs."""
        self._wanted.add(name)
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await asyncio.shield(self._reading)

    async def _read(self) -> Mapping[str, int | None]:
        async with self._one_at_a_time:
            wanted, self._wanted, self._reading = self._wanted, set(), None
            edition = self._edition
            found = await store.generations(self._pool, self._door, wanted)
            answer = {name: found.get(name) for name in wanted}
            if edition == self._edition != NOTHING_YET:
                if len(self._generations) + len(answer) > MOST:
                    self._generations = {}
                self._generations.update(answer)
            return answer
