"""What falls due every night, in the city's time: closing the day at 00:10."""

from datetime import time

import structlog

from services.economy.settlement import actions, model, store
from services.kit.runtime import Runtime

CLOSING_AT = time(0, 10)

_log = structlog.get_logger()


async def close(runtime: Runtime) -> None:
    """Closes yesterday for all merchants, once; after a pause also what was missed."""
    day = model.due_day(runtime.clock().astimezone(runtime.city.timezone), CLOSING_AT)
    async with runtime.snapshot() as tx:
        closed = await store.is_closed(tx, day)
    if not closed:
        done = await actions.close_day(runtime, day, model.end_of(day, runtime.city.timezone))
        async with runtime.transaction() as tx:
            await store.mark_closed(tx, day)
        _log.info("day closed", day=day.isoformat(), batches=done.batches)
    await actions.tell_rest(runtime)
