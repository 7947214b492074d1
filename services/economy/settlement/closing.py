"""Closes a day for every merchant: page by page, each batch in a transaction of its own, so that nobody waits long."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog

from services.economy.settlement import actions, store
from services.economy.settlement.model import Batch
from services.kit.errors import DomainError
from services.kit.runtime import Runtime

PAGE = 200
_TRIES = 5
"""How often a batch is tried when refunds keep taking money meanwhile."""

_log = structlog.get_logger()


@dataclass(frozen=True)
class Closed:
    """What was closed: batches, and what is paid out of them in whole units."""

    batches: int = 0
    net: int = 0


async def close_day(runtime: Runtime, day: date, end: datetime) -> Closed:
    """Closes what came before ``end``, days that were missed first. What is closed already stays as it is."""
    batches, net = 0, 0
    after = UUID(int=0)
    while True:
        async with runtime.snapshot() as tx:
            merchants = await store.open_merchants(tx, after, PAGE)
        for merchant in merchants:
            for batch in await _close(runtime, merchant, day, end):
                batches, net = batches + 1, net + batch.net
        if len(merchants) < PAGE:
            return Closed(batches, net)
        after = merchants[-1]


async def tell_rest(runtime: Runtime) -> None:
    """Tells the payments of large batches as settled, some at a time."""
    while True:
        async with runtime.snapshot() as tx:
            batches = await store.untold(tx, PAGE)
        for batch in batches:
            more = True
            while more:
                async with runtime.transaction() as tx:
                    more = await actions.tell_next(tx, batch)
        if len(batches) < PAGE:
            return


async def _close(runtime: Runtime, merchant: UUID, day: date, end: datetime) -> list[Batch]:
    """All open days of a merchant. One that the ledger refuses (a frozen account) waits, and others do not for it."""
    made: list[Batch] = []
    tries = 0
    while True:
        try:
            async with runtime.transaction() as tx:
                batch = await actions.close_next(tx, merchant, day, end)
        except DomainError as error:
            tries += 1
            if error.reason == "INSUFFICIENT_FUNDS" and tries < _TRIES:
                continue
            _log.warning("merchant cannot be settled", merchant=str(merchant), reason=error.reason)
            return made
        if batch is None:
            return made
        made.append(batch)
