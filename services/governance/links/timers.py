"""Whoever asked for the links of an address is answered, away from the request: that tells nothing by its time."""

from services.governance.links import actions, store
from services.kit.runtime import Runtime

_BATCH = 20


async def answer(runtime: Runtime) -> None:
    """Answers all who asked."""
    while True:
        async with runtime.transaction() as tx:
            asked = await store.take(tx, _BATCH)
            for one in asked:
                await actions.answer(tx, one["mailbox"], one["address"])
        if len(asked) < _BATCH:
            return
