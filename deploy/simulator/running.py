"""Fills the past, then goes on live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from deploy.operate.access import Access
from deploy.simulator.city import city_of
from deploy.simulator.fleet import fleet, live
from deploy.simulator.world import World, downpour

DAYS = 3
"""Of history, unless somebody says otherwise."""


async def simulate(access: Access, days: int, *, storm: bool, tell: Callable[[str], None]) -> None:
    """Simulates until cancelled. Errors: AccessError, grpc.aio.AioRpcError."""
    world = World((downpour(datetime.now(UTC)),) if storm else ())
    async with city_of(access) as city:
        streams, newest = await city.streams()
        while not streams:  # the pillar enters the city's gauges after its start
            await asyncio.sleep(1)
            streams, newest = await city.streams()
        if days:
            tell(f"{await city.fill(world, streams, newest, days)} readings of the last {days} days")
        asked = {thing: await city.password(thing) for thing in sorted({one.thing for one in streams})}
        passwords = {thing: given for thing, given in asked.items() if given is not None}
    port = next(each for each in access.run["components"] if each["name"] == "nats")["ports"]["mqtt"]
    tell(f"{len(passwords)} devices measure {len(streams)} datastreams, once a minute")
    await live(world, fleet(streams, passwords, port))
