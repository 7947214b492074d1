"""Makes the feeds, a part at a time, so that nobody else waits for them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

from services.kit.rpc import Call
from services.living.positions import store as positions
from services.living.positions.model import FRESH
from services.living.progress import store as progress
from services.living.progress.model import Run
from services.living.realtime import messages
from services.living.vehicles import store as vehicles
from services.living.vehicles.model import Vehicle

_PART = 100
"""Vehicles that are read and written at once."""
TOLD = timedelta(minutes=10)
"""For so long where a vehicle was is told, with its time; when it comes is told for 90 seconds."""


async def position_feed(call: Call) -> bytes:
    """Where vehicles are, those that have told within ten minutes."""
    made = messages.message(call.runtime.clock())
    since = call.runtime.clock() - TOLD
    last = ""
    while True:
        async with call.snapshot() as tx:
            rows = await vehicles.in_service(tx, last, _PART)
            ids = [one.id for one in rows]
            told = await positions.positions(tx, ids)
            runs = await progress.of_vehicles(tx, ids)
        shown = [(one, told[one.id], runs.get(one.id)) for one in rows if one.id in told and told[one.id].at > since]
        messages.add_positions(made, [each for each in shown if messages.is_shown(each[1])])
        if len(rows) < _PART:
            return made.SerializeToString()
        last = ids[-1]
        await asyncio.sleep(0)


async def trip_feed(call: Call) -> bytes:
    """When vehicles come to their next stops, those that have told within 90 seconds."""
    made = messages.message(call.runtime.clock())
    async for rows in _live(call):
        messages.add_trips(made, rows)
        await asyncio.sleep(0)
    return made.SerializeToString()


async def _live(call: Call) -> AsyncIterator[list[tuple[Vehicle, Run]]]:
    last, since = "", call.runtime.clock() - FRESH
    while True:
        async with call.snapshot() as tx:
            runs = await progress.live(tx, last, since, _PART)
            known = await vehicles.by_ids(tx, [one.vehicle for one in runs])
        yield [(known[one.vehicle], one) for one in runs if one.vehicle in known]
        if len(runs) < _PART:
            return
        last = runs[-1].vehicle
