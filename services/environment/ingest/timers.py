"""What falls due by itself: runs of devices that ended long ago are forgotten."""

from datetime import timedelta

from services.environment.ingest import store
from services.kit.runtime import Runtime

KEPT = timedelta(days=30)
"""Longer than any device repeats what was not acknowledged."""


async def prune(runtime: Runtime) -> None:
    """Forgets old runs."""
    async with runtime.transaction() as tx:
        await store.prune_runs(tx, tx.now - KEPT)
