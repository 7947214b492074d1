"""The feeds of vehicles in memory: to pack them holds up nobody."""

import os
import time
from types import SimpleNamespace
from typing import Any

from gateway.city.vehicles import Vehicles
from services.kit.holding import LIMIT_S

FEED = os.urandom(100_000).hex().encode() * 3
"""As large as what a city of hundreds of buses tells, and as hard to pack."""


async def test_a_feed_of_hundreds_of_buses_is_packed_beside_the_loop() -> None:
    async def look(*_: Any, **__: Any) -> Any:
        return SimpleNamespace(content=FEED)

    pillars: Any = SimpleNamespace(look=look)
    vehicles, began = Vehicles(pillars), time.thread_time()
    found = await vehicles.trips.now()
    assert time.thread_time() - began < LIMIT_S
    assert (found.body, len(found.packed) < len(FEED)) == (FEED, True)
