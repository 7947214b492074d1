"""What can be done with batches: one function per use case. Lock order: merchant (advisory) or batch, then accounts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import structlog

from services.economy import access
from services.economy.account_changes import store as account_changes
from services.economy.account_changes.model import AccountChange, former, in_force
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Transfer, city_account, derived
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.settlement import events, model, store
from services.economy.settlement.model import SETTLEMENT, Batch, Line, Movement, State
from services.economy.settlement.store import Filter, Named, Sight
from services.kit import ids
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, not_found
from services.kit.runtime import Runtime

TOLD_AT_ONCE = 500
"""Payments of a batch that are told as settled in one transaction."""
PAGE = 200
"""Merchants, or batches, that are looked up at once."""
COUNTED = 1000
"""Up to how many batches that wait are counted."""
_TRIES = 5
"""How often a batch is tried when refunds keep taking money meanwhile."""
_log = structlog.get_logger()


class Opened(NamedTuple):
    """A batch with a page of its lines."""

    named: Named
    lines: Page[Line]


class Payee(NamedTuple):
    """Whom a batch is paid to; ``former`` is bank and number that held until another did while it waited, told to the
    treasury alone.
    """

    owner: str
    bank: str
    bank_number: str
    former: tuple[str, str] | None


class Waiting(NamedTuple):
    """How many batches wait to be paid out, as far as they are counted, and what they come to."""

    batches: int
    net: int


@dataclass(frozen=True)
class Closed:
    """What was closed: batches, and what is paid out of them in whole units."""

    batches: int = 0
    net: int = 0


async def close_next(tx: Transaction, merchant_id: UUID, day: date, end: datetime) -> Batch | None:
    """Closes the oldest open day of a merchant, up to ``day``; None when nothing before ``end`` is open.

    The batch takes what came since the last one; where nothing came, it has no entries and pays out what the last one
    left, once that can be: what was reserved for a refund may be free without an entry that says so. That is none of a
    day before the one that a night has closed last. A business's money goes on its way to the own bank, a counter's
    into the treasury. Errors: those of the ledger; INSUFFICIENT_FUNDS when a refund came between: do it again.
    """
    await tx.one_at_a_time(f"settlement {merchant_id}")
    merchant = await merchants.by_id(tx, merchant_id)
    assert merchant is not None, "merchants are never deleted"
    last, before = await store.last(tx, merchant.id)
    first = await store.first_open(tx, merchant.account, last)
    if (first is not None and first[1] >= end) or (first is None and await store.is_past(tx, day)):
        return None
    that_day, first_entry, last_entry, movements = day, last + 1, last, list[Movement]()
    if first is not None:
        timezone = tx.runtime.city.timezone
        first_entry, that_day = first[0], model.first_day(first[1], day, timezone)
        until = min(end, model.end_of(that_day, timezone))
        last_entry = await store.last_before(tx, merchant.account, first_entry, until)
        movements = await store.movements(tx, merchant.account, first_entry, last_entry)
    account = await ledger.account(tx, merchant.account)
    sums = model.settle(movements, before, account.held, account.available)
    if first is None and not sums.net:
        return None
    paid = merchant.is_counter or not sums.net
    batch = Batch(
        id=ids.uuid7(),
        version=1,
        merchant=merchant.id,
        day=that_day,
        round=await store.rounds(tx, merchant.id, that_day) + 1,
        state=State.PAID if paid else State.CLOSED,
        first_entry=first_entry,
        last_entry=last_entry,
        currency=tx.runtime.city.currency,
        told_entry=first_entry - 1,
        created_at=tx.now,
        paid_at=tx.now if paid else None,
        **vars(sums),
    )
    await store.save(tx, batch)
    await _tell(tx, batch, merchant)
    if sums.net:
        await ledger.transfer(tx, _settlement(batch, merchant))
    tx.emit(
        events.day_settled(batch),
        aggregate=str(batch.id),
        version=batch.version,
        correlation=f"settlement-{that_day.isoformat()}",
        exercise=merchant.exercise,
    )
    return batch


async def tell_next(tx: Transaction, batch_id: UUID) -> bool:
    """Tells more payments of a batch as settled; whether there are still more."""
    batch = await store.locked(tx, batch_id)
    merchant = await merchants.by_id(tx, batch.merchant) if batch else None
    if batch is None or merchant is None or batch.told_entry >= batch.last_entry:
        return False
    return await _tell(tx, batch, merchant) < batch.last_entry


async def close_day(runtime: Runtime, day: date, end: datetime, *, besides: str = "") -> Closed:
    """Closes what came before ``end`` for every merchant, days that were missed first; what is closed stays as it is.

    Page by page, each batch in a transaction of its own, so that nobody waits long. The businesses of a subject
    (``besides``) wait for the night: nobody hurries what is paid out to themselves.
    """
    batches, net = 0, 0
    after = UUID(int=0)
    while True:
        async with runtime.snapshot() as tx:
            found = await store.open_merchants(tx, after, PAGE, besides)
        for merchant in found:
            for batch in await _close(runtime, merchant, day, end):
                batches, net = batches + 1, net + batch.net
        if len(found) < PAGE:
            return Closed(batches, net)
        after = found[-1]


async def tell_rest(runtime: Runtime) -> None:
    """Tells the payments of large batches as settled, some at a time."""
    while True:
        async with runtime.snapshot() as tx:
            batches = await store.untold(tx, PAGE)
        for batch in batches:
            more = True
            while more:
                async with runtime.transaction() as tx:
                    more = await tell_next(tx, batch)
        if len(batches) < PAGE:
            return


async def get(tx: Transaction, id_: str, size: int = 0, token: str = "") -> Opened:
    """A batch with a page of its lines. Errors: BATCH_NOT_FOUND, also for another's; PAGE_SIZE_INVALID,
    PAGE_TOKEN_INVALID.
    """
    known = ids.parse(id_)
    found = await store.named(tx, known, _sight(tx)) if known else None
    merchant = await merchants.by_id(tx, found.batch.merchant) if found else None
    if found is None or merchant is None:
        raise unknown()
    return Opened(found, await store.lines(tx, merchant.account, found.batch, model.lines_of_page(size), token))


async def page(
    tx: Transaction, merchant: str, day: date | None, state: State | None, size: int, token: str
) -> Page[Named]:
    """One page, newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    known = ids.parse(merchant)
    if merchant and known is None:
        return Page([])
    return await store.page(tx, Filter(_sight(tx), known, day, state), size, token)


async def waiting(tx: Transaction) -> Waiting | None:
    """What waits to be paid out, as the ledger has it; None for who is not of the treasury."""
    if not access.is_treasury(tx):
        return None
    held = await ledger.account(tx, city_account("payouts", tx.runtime.city.currency))
    return Waiting(await store.waiting(tx, COUNTED), held.balance)


async def payees(tx: Transaction, found: Sequence[Named]) -> list[Payee]:
    """Whom some batches are paid to, of each: where they were paid out to already, or where they would be now."""
    whose = {one.id: one for one in await merchants.by_ids(tx, [each.batch.merchant for each in found])}
    changes: dict[UUID, list[AccountChange]] = defaultdict(list)
    for one in await account_changes.approved(tx, list(whose)):
        changes[one.merchant].append(one)

    def account(batch: Batch, merchant: Merchant) -> tuple[str, str]:
        if batch.bank is not None and batch.bank_number is not None:
            return batch.bank, batch.bank_number
        return in_force(merchant, changes[merchant.id], batch.paid_at or tx.now)

    def before(batch: Batch, merchant: Merchant) -> tuple[str, str] | None:
        waits = batch.state is State.CLOSED and access.is_treasury(tx)
        return former(merchant, changes[merchant.id], batch.created_at) if waits else None

    owners = [whose[each.batch.merchant] for each in found]
    return [
        Payee(one.owner, *account(each.batch, one), before(each.batch, one))
        for each, one in zip(found, owners, strict=True)
    ]


async def _tell(tx: Transaction, batch: Batch, merchant: Merchant) -> int:
    """Emits PaymentSettled for the next payments of a batch; answers with the entry up to which all are told."""
    payments = await store.captured(tx, merchant.account, batch.told_entry, batch.last_entry, TOLD_AT_ONCE)
    for one in payments:
        tx.emit(
            events.payment_settled(batch, one),
            aggregate=str(one.id),
            version=one.version,
            correlation=one.correlation,
            exercise=one.exercise,
        )
    until = batch.last_entry if len(payments) < TOLD_AT_ONCE else payments[-1].number
    await store.tell_until(tx, batch.id, until)
    return until


async def _close(runtime: Runtime, merchant: UUID, day: date, end: datetime) -> list[Batch]:
    """All open days of a merchant. One that the ledger refuses (a frozen account) waits, and others do not for it."""
    made: list[Batch] = []
    tries = 0
    while True:
        try:
            async with runtime.transaction() as tx:
                batch = await close_next(tx, merchant, day, end)
        except DomainError as error:
            tries += 1
            if error.reason == "INSUFFICIENT_FUNDS" and tries < _TRIES:
                continue
            _log.warning("merchant cannot be settled", merchant=str(merchant), reason=error.reason)
            return made
        if batch is None:
            return made
        made.append(batch)


def _settlement(batch: Batch, merchant: Merchant) -> Transfer:
    to = "treasury" if merchant.is_counter else "payouts"
    return Transfer(
        id=derived(batch.id, SETTLEMENT),
        kind=SETTLEMENT,
        debit=merchant.account,
        credit=city_account(to, batch.currency),
        amount=batch.net,
        currency=batch.currency,
        reference=str(batch.id),
    )


def _sight(tx: Transaction) -> Sight:
    if access.sees_all(tx):
        return Sight(everybodys=True)
    agency = tx.caller.agency if tx.scope is Scope.OWN_AGENCY else ""
    return Sight(owner=tx.caller.subject, agency=agency)


def unknown() -> DomainError:
    """There is no such batch for the caller."""
    return not_found(
        "BATCH_NOT_FOUND", "There is no such batch for you; the list is at /v1/settlement/batches.", field="id"
    )
