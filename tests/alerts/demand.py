"""What people do while a fault is on: much where an alert is about calls, else little, lest another page fires."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.alerts.town import Town, at_once

ROUND_S = 1.0


@dataclass(frozen=True)
class Demand:
    """So many people at once; `steadily`: again and again."""

    what: Callable[[Town], Awaitable[object]]
    people: int = 2
    steadily: bool = False

    async def run(self, town: Town) -> None:
        """Until done, or until cancelled if it goes on steadily."""
        while True:
            await at_once(self.people, lambda: self.what(town))
            if not self.steadily:
                return
            await asyncio.sleep(ROUND_S)


def many(what: Callable[[Town], Awaitable[object]], people: int = 4) -> Demand:
    """Again and again."""
    return Demand(what, people, steadily=True)


DEMAND = {
    "slow-query": many(lambda town: town.file()),
    "slow-pillar": many(lambda town: town.cleanups()),
    "event-loop-blocked": Demand(lambda town: town.cleanups(), 4),
    "pillar-down": Demand(lambda town: town.cleanups()),
    "pillar-hung": Demand(lambda town: town.cleanups()),
    "pillar-flapping": Demand(lambda town: town.cleanups(), 1),
    "gateway-errors": many(lambda town: town.logged_in()),
    "consumer-lost": Demand(lambda town: town.report()),
    "consumer-stuck": Demand(lambda town: town.report()),
    "poison-event": Demand(lambda town: town.report()),
    "relay-stopped": Demand(lambda town: town.report()),
    "nats-down": Demand(lambda town: town.report()),
    "postgres-down": many(lambda town: town.read()),
    "connections-refused": many(lambda town: town.read()),
    "pool-exhausted": Demand(lambda town: town.read()),
    "lock-held": many(lambda town: town.read()),
    "bank-down": many(lambda town: town.qr()),
    "bank-slow": many(lambda town: town.qr()),
    "bank-lies": Demand(lambda town: town.pay(), 1),
    "disk-full": many(lambda town: town.photo(), 2),
    "login-down": many(lambda town: town.opaque()),
}
"""By fault; of the others nobody needs to do anything."""
