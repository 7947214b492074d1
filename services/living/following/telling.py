"""Looks each second what is closed and what is late, and tells the planner where that has changed.

Each process of the pillar does this for its own planner. Where the database is away, what was told last holds.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakKeyDictionary

import structlog

from services.kit.database import Transaction
from services.kit.runtime import Runtime
from services.kit.tasks import end
from services.living.alerts import store as alerts
from services.living.alerts.resolving import resolved
from services.living.apart.keeping import Keeper
from services.living.feeds import store as feeds
from services.living.operators.heard import Heard
from services.living.positions.model import FRESH
from services.living.present.model import Closure, Delay, Now
from services.living.progress import store as progress

LOOK_S = 1.0
"""How often it is looked."""
_REST_S = 5.0
"""After it could not be."""
_heard: WeakKeyDictionary[Keeper, Heard] = WeakKeyDictionary()
_log = structlog.get_logger(__name__)


@asynccontextmanager
async def followed(runtime: Runtime, keeper: Keeper) -> AsyncIterator[None]:
    """Tells it for as long as the block runs."""
    task = asyncio.create_task(_follow(runtime, keeper))
    try:
        yield
    finally:
        await end(task)


async def look(runtime: Runtime, keeper: Keeper) -> None:
    """Tells the planner what is so now, unless it knows."""
    async with runtime.snapshot() as tx:
        now = await present(tx, _heard.setdefault(keeper, Heard()))
    await keeper.tell(now)


async def present(tx: Transaction, heard: Heard) -> Now:
    """What is closed now or later, and what is late."""
    current = await feeds.current(tx)
    if current is None:
        return Now()
    closures: dict[Closure, None] = {}
    for one in await alerts.published(tx):
        if one.closes and (one.over_at is None or one.over_at > tx.now):
            closures.update(dict.fromkeys((await resolved(tx, current.feed, one)).closures))
    return Now(tuple(closures), await _delays(tx, heard))


async def _delays(tx: Transaction, heard: Heard) -> tuple[Delay, ...]:
    """Those that operators tell; then, so that they count, those of vehicles that have told where they are."""
    told = await heard.delays(tx)
    late = await progress.delays(tx, tx.now - FRESH)
    return (*told, *(Delay(one.trip, one.day.isoformat(), one.start, departures=(one.delay,)) for one in late))


async def _follow(runtime: Runtime, keeper: Keeper) -> None:
    rest = LOOK_S
    while True:
        try:
            await look(runtime, keeper)
            rest = LOOK_S
        except Exception:
            _log.warning("what is closed and late is not known", exc_info=True)
            rest = _REST_S
        await asyncio.sleep(rest)
