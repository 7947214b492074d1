"""What operators tell of trips, as the planner is told it: made again only where a feed tells something else."""

import asyncio
from datetime import datetime

from services.kit.database import Transaction
from services.living.operators import store
from services.living.operators.model import COUNTS
from services.living.present.model import Delay


class Heard:
    """What was read last of each feed; of a process."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._told: dict[str, tuple[tuple[datetime, int], tuple[Delay, ...]]] = {}

    async def delays(self, tx: Transaction) -> list[Delay]:
        """How late trips are, by the feeds that are fresh."""
        fresh = {}
        for one in await store.feeds(tx):
            if one.told_at is None or tx.now - one.told_at >= COUNTS:
                continue
            known = self._told.get(one.id)
            if known is None or known[0] != (one.since, one.version):
                rows = await store.delays(tx, one.id)
                told = int(one.told_at.timestamp())
                known = (one.since, one.version), await asyncio.to_thread(store.read, rows, told)
            fresh[one.id] = known
        self._told = fresh
        return [delay for _, delays in fresh.values() for delay in delays]
