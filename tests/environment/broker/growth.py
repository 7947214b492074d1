"""Devices being let in and read, so that each statement is looked at."""

from services.environment.devices.door import DOOR
from services.kit.door import store
from services.kit.mqtt import aside
from services.kit.mqtt.session import Received
from tests.environment.sensing import Sensing
from tests.fixtures.pillars import Served


async def _live(served: Served) -> None:
    device = (await Sensing(served).device()).device
    pool = served.runtime.pool
    assert await store.edition(pool, DOOR) > 0
    assert await store.generations(pool, DOOR, [device.id]) == {device.id: 1}


async def _aside(served: Served) -> None:
    async with served.runtime.transaction() as tx:
        assert await aside.put(tx, DOOR.topics, Received("devices/duga-1/observations", b"x", 1), "a bug")


LIVES = {"callout": _live, "broker": _aside}
