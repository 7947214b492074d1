"""Devices being let in and read, so that each statement is looked at."""

from services.environment.broker import aside
from services.environment.broker.session import Received
from services.environment.callout import store
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    device = (await Sensing(served).device()).device
    pool = served.runtime.pool
    assert await store.edition(pool) > 0
    assert await store.generations(pool, [device.id]) == {device.id: 1}


async def _aside(served: Served) -> None:
    async with served.runtime.transaction() as tx:
        assert await aside.put(tx, Received("devices/duga-1/observations", b"x", 1), "a bug")


LIVES = {"callout": _live, "broker": _aside}
