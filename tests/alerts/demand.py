"""What people do while a fault is on: much where an alert is about calls, else little, lest another page fires."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.alerts.town import Town, at_once


@dataclass(frozen=True)
class Demand:
    """So many people at once, so many times, with so many seconds between; 0 times: without end."""

    what: Callable[[Town], Awaitable[object]]
    people: int = 2
    times: int = 1
    pause_s: float = 1.0

    async def run(self, town: Town) -> None:
        """Until done or cancelled."""
        done = 0
        while done == 0 or done != self.times:
            await at_once(self.people, lambda: self.what(town))
            done += 1
            await asyncio.sleep(self.pause_s)


def many(what: Callable[[Town], Awaitable[object]], people: int = 4) -> Demand:
    """Again and again."""
    return Demand(what, people, 0)


def now_and_then(what: Callable[[Town], Awaitable[object]], pause_s: float = 1.0) -> Demand:
    """Fewer times than a burn of the budget needs."""
    return Demand(what, 1, 9, pause_s)


REPORTS = Demand(lambda town: town.report(), 1, 4, 2.0)
"""Not all at once: what a fault does to a process shows after a second or two."""

DEMAND = {
    "slow-query": many(lambda town: town.file()),
    "slow-pillar": many(lambda town: town.cleanups()),
    "event-loop-blocked": now_and_then(lambda town: town.cleanups()),
    "pillar-down": now_and_then(lambda town: town.cleanups()),
    "pillar-hung": now_and_then(lambda town: town.cleanups()),
    "pillar-flapping": now_and_then(lambda town: town.cleanups(), 5.0),
    "gateway-errors": many(lambda town: town.logged_in()),
    "consumer-lost": REPORTS,
    "consumer-stuck": REPORTS,
    "poison-event": REPORTS,
    "relay-stopped": REPORTS,
    "nats-down": REPORTS,
    "postgres-down": many(lambda town: town.read()),
    "connections-refused": many(lambda town: town.read()),
    "pool-exhausted": now_and_then(lambda town: town.read()),
    "lock-held": many(lambda town: town.read()),
    "bank-down": many(lambda town: town.qr()),
    "bank-slow": many(lambda town: town.qr()),
    "bank-lies": Demand(lambda town: town.pay(), 1),
    "disk-full": many(lambda town: town.photo(), 2),
    "login-down": many(lambda town: town.opaque()),
    "devices-refused": many(lambda town: town.knock(), 1),
    "planning-stuck": Demand(lambda town: town.plan(), 1),
}
"""By fault; of the others nobody needs to do anything."""
