"""Fills the past, then goes on live."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from deploy.operate.access import Access, AccessError
from deploy.simulator.city import city_of
from deploy.simulator.fleet import fleet, live
from deploy.simulator.world import World, downpour

DAYS = 3
"""Of history, unless somebody says otherwise."""


async def simulate(
    access: Access, days: int, *, tell: Callable[[str], None], storm: bool = False, blocked: str = ""
) -> None:
    """Simulates until cancelled, with a storm that begins now, and a station (by its code) whose pumps block now.

    Errors: AccessError.
    """
    now = datetime.now(UTC)
    world = World((downpour(now),) if storm else (), {blocked: now.timestamp()} if blocked else {})
    async with city_of(access) as city:
        streams, newest = await city.streams()
        while not streams:  # the pillar enters the city's gauges after its start
            await asyncio.sleep(1)
            streams, newest = await city.streams()
        if blocked and blocked not in {one.thing for one in streams if one.observed == "pumps_running"}:
            raise AccessError(f"the city has no pump station {blocked}; they are listed at /v1/pumps")
        if days:
            tell(f"{await city.fill(world, streams, newest, days)} readings of the last {days} days")
        asked = {thing: await city.password(thing) for thing in sorted({one.thing for one in streams})}
        passwords = {thing: given for thing, given in asked.items() if given is not None}
    port = next(each for each in access.run["components"] if each["name"] == "nats")["ports"]["mqtt"]
    tell(f"{len(passwords)} devices measure {len(streams)} datastreams, once a minute")
    await live(fleet(world, streams, passwords, port))
