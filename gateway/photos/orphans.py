"""Files of photos that nobody refers to: a refused upload's goes at once, what was left behind after a day.

One pillar records the photos of a folder and their paths (``records.py``). So a file is an orphan exactly when that
pillar does not know its path. A small picture goes with its photo; where that was stopped between the two, once its
photo is not there.
"""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import asyncpg
import grpc.aio
import structlog

from gateway.answers.problems import Problem
from gateway.calls.pillars import Pillars
from gateway.photos.records import ALL, Records
from gateway.photos.store import SMALL, Files, Found, photo_of, small_of
from services.kit.database.lost import LOST

_log = structlog.get_logger(__name__)

AGE = timedelta(days=1)
"""How long a file may wait for its record: much longer than any request, so that none under way is touched."""
EVERY = timedelta(hours=20)
LOOK_SECONDS = 1800.0
"""How often each gateway looks whether it is time; one of them does it."""
_OURS = re.compile(r"([a-z]+)/[^/]+/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9a-f]{16}\.[a-z]+")
"""How ``uploads.py`` names a file, with its folder and the photo's id; no other file is ever touched."""
_TURN = """
INSERT INTO sweep (name, begin_time) VALUES ('photos', now())
ON CONFLICT (name) DO UPDATE SET begin_time = now() WHERE sweep.begin_time <= now() - $1::interval
RETURNING true
"""


class Orphans:
    """Deletes them, from a folder or S3 alike."""

    def __init__(self, files: Files, pillars: Pillars, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        """Asks the pillars what is recorded, and the gateway's own schema whose turn it is."""
        self._files = files
        self._pillars = pillars
        self._pool = pool

    async def drop(self, path: str) -> None:
        """Deletes the file of a refused upload, unless an earlier one recorded it; a failure is the sweep's."""
        try:
            for records in ALL:
                for orphan in await self._unrecorded(records, [path]):
                    await self._files.delete(orphan)
        except (Problem, grpc.aio.AioRpcError) as error:
            _log.warning("a refused photo stays until the sweep", error=type(error).__name__)

    async def sweep(self, now: datetime | None = None) -> int:
        """Deletes all that are older than ``AGE``; how many. Raises Problem and AioRpcError."""
        before = (now or datetime.now(UTC)) - AGE
        return sum([await self._sweep(records, before) + await self._sweep_small(records, before) for records in ALL])

    async def _sweep(self, records: Records, before: datetime) -> int:
        deleted = 0
        async for batch in self._old(records, before):
            for path in await self._unrecorded(records, [each.path for each in batch]):
                if await self._files.is_older(path, before):  # not stored anew in the meantime
                    await self._files.delete(path)
                    deleted += 1
        return deleted

    async def _sweep_small(self, records: Records, before: datetime) -> int:
        deleted = 0
        async for batch in self._files.under(f"{SMALL}/{records.folder}"):
            for path in await self._unrecorded(records, [photo_of(one.path) for one in batch if one.stored < before]):
                if not await self._files.has(path):
                    await self._files.delete(small_of(path))
                    deleted += 1
        return deleted

    async def sweeping(self) -> None:
        """Sweeps once a day, whichever gateway comes first; runs until cancelled."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                if await self._pool.fetchval(_TURN, EVERY):
                    _log.info("photos swept", deleted=await self.sweep())
            except LOST as error:
                _log.warning("photos not swept", error=type(error).__name__)
            except (Problem, grpc.aio.AioRpcError) as error:
                _log.warning("photos not swept to the end", error=type(error).__name__)

    async def _old(self, records: Records, before: datetime) -> AsyncIterator[list[Found]]:
        async for batch in self._files.under(records.folder):
            if old := [each for each in batch if each.stored < before and _OURS.fullmatch(each.path)]:
                yield old

    async def _unrecorded(self, records: Records, paths: list[str]) -> list[str]:
        named = {path: found[2] for path in paths if (found := _OURS.fullmatch(path)) and found[1] == records.folder}
        recorded = set(await records.recorded(self._pillars, list(named.values()))) if named else set()
        return [each for each in named if each not in recorded]
