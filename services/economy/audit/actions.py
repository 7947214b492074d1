"""The audit: looks for what does not add up, and raises the alarm once for each fault.

Each look takes one snapshot: the transfers posted since the last look (and some minutes before, for transactions that
commit late) follow on in their accounts; the accounts they touched agree with journal and holds. Some more accounts are
looked at each time, in turn, for what was changed without a transfer. That all add up to zero is read each time from
totals that the database keeps beside every change of a balance; only ``everything`` adds the accounts up. What other
rows say of the ledger is compared with it: money in suspense, and what is reserved for refunds.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from services.economy.audit import events, store
from services.economy.audit.model import Fault, Findings, Problem, State
from services.economy.ledger.model import city_account
from services.kit.database import Transaction
from services.kit.runtime import Runtime

OVERLAP = timedelta(minutes=5)
"""Longer than a transaction takes, together with the difference of two clocks."""
STRETCH = timedelta(hours=1)
"""The most of the journal that one look takes; after a long pause there are several."""
SWEPT = 1_000
"""Accounts looked at in turn each time."""
CHUNK = 10_000
"""Accounts, transfers or items in suspense that one statement looks at."""

_ACCOUNT_REASONS = frozenset({"BALANCE_DIFFERS", "ENTRIES_DIFFER", "HELD_DIFFERS"})
_TRANSFER_REASONS = frozenset({"CHAIN_BROKEN", "ACCOUNT_MISSING", "CURRENCY_DIFFERS"})
_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)
_FUTURE = datetime.max  # asyncpg: infinity
_PAST = datetime.min

_log = structlog.get_logger()


async def everything(tx: Transaction) -> Findings:
    """Looks at the whole ledger in the snapshot of ``tx``, piece by piece."""
    found = Findings(await store.sums(tx), transfers=await store.count_transfers(tx))
    account = _FIRST
    while accounts := await store.accounts_after(tx, account, CHUNK):
        account = accounts[-1]
        found.accounts += len(accounts)
        found.problems += await store.heads(tx, accounts)
    transfer = _FIRST
    while transfer != _LAST:
        upto = await store.last_transfer(tx, transfer, CHUNK) or _LAST
        found.problems += await store.chains_between(tx, transfer, upto)
        transfer = upto
    found.problems += await _beside(tx) + await store.given_back(tx)
    return found


async def look(runtime: Runtime) -> set[Fault]:
    """Looks at what is new, notes it and raises the alarm for what was not known; answers with all faults."""
    while True:
        looked, problems, known = await _look(runtime)
        faults = await _note(runtime, looked, problems, known)
        if looked.audited_until is not None and looked.audited_until + STRETCH > runtime.clock():
            return faults


async def _look(runtime: Runtime) -> tuple[State, list[Problem], set[Fault]]:
    async with runtime.snapshot() as tx:
        before, known = await store.state(tx), await store.open_faults(tx)
        since, until, upto = _stretch(before.audited_until, tx.now)
        swept = await store.accounts_after(tx, before.swept_to, SWEPT)
        doubtful = _ids(known, _ACCOUNT_REASONS)
        accounts = {*await store.touched(tx, since, upto), *swept, *doubtful}
        problems = await store.totals(tx)
        problems += await store.heads(tx, accounts)
        problems += await store.chains(tx, since, upto, list(_ids(known, _TRANSFER_REASONS)))
        problems += await _beside(tx)
        return State(until, _FIRST if len(swept) < SWEPT else swept[-1]), problems, known


async def _beside(tx: Transaction) -> list[Problem]:
    """Rows beside the ledger that tell of money in it which is not there."""
    suspense = city_account("suspense", tx.runtime.city.currency)
    return await store.aside(tx, suspense, CHUNK) + await store.unheld(tx, SWEPT)


def _stretch(audited_until: datetime | None, now: datetime) -> tuple[datetime, datetime, datetime]:
    """From when, until when by its own account, and until when indeed a look looks: what is newest has no end."""
    if audited_until is None:
        return _PAST, now, _FUTURE
    until = min(now, audited_until + STRETCH)
    return audited_until - OVERLAP, until, _FUTURE if until == now else until


def _ids(faults: set[Fault], reasons: frozenset[str]) -> Iterator[UUID]:
    return (UUID(place) for reason, place in faults if reason in reasons)


async def _note(runtime: Runtime, looked: State, problems: list[Problem], known: set[Fault]) -> set[Fault]:
    """Writes down how far it was looked and what was found; an event and a line in the log for each new fault."""
    async with runtime.transaction() as tx:
        await store.keep(tx, looked)
        gone = known - {(one.reason, one.where) for one in problems}
        if gone:
            await store.mended(tx, gone)
        times = await store.found(tx, problems) if problems else {}
        alarms = [one for one in problems if (one.reason, one.where) in times]
        for one in alarms:
            name = f"ledger-fault:{one.reason}:{one.where}"
            tx.emit(events.faulted(one), aggregate=name, version=times[one.reason, one.where], correlation=name)
        faults = await store.open_faults(tx)
    for one in alarms:
        _log.error("the ledger does not add up", reason=one.reason, where=one.where)
    return faults
