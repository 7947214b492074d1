"""Devices being let in, so that each statement is looked at."""

from services.environment.callout import store
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    device = (await Sensing(served).device()).device
    pool = served.runtime.pool
    assert await store.edition(pool) > 0
    assert await store.generations(pool, [device.id]) == {device.id: 1}


LIVES = {"callout": _live}
