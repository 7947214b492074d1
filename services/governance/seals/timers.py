"""Seals the days that are over."""

from services.governance.seals import actions
from services.kit.runtime import Runtime


async def seal_due_days(runtime: Runtime) -> None:
    """Seals each past day with changes, oldest first, one transaction each; a second run finds nothing to do."""
    sealed = True
    while sealed:
        async with runtime.transaction() as tx:
            sealed = await actions.seal_due_day(tx) is not None
