"""Takes what another pillar's made-up history asks for from made-up wallets: as ever, but without a single event.

Wallets are filled in cash at the treasury's counter, of which no bank is asked; some with so little that a fare cannot
be paid some day.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

from services.economy import money
from services.economy.indicators import store as indicators
from services.economy.ledger import actions as ledger
from services.economy.ledger.model import city_account
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import events, model
from services.economy.payments import store as payments
from services.economy.payments.model import Method, Payment
from services.economy.terms import terms_of
from services.economy.topups.actions import PURPOSE as TOP_UP
from services.economy.wallets import actions as wallets
from services.economy.wallets import store as wallet_store
from services.kit.caller import SYSTEM, Caller
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.ids import uuid7
from services.kit.runtime import Runtime
from smartcity.economy.v1 import events_pb2
from smartcity.types.v1.payments_pb2 import PaymentRequested

FILLED, SHORT = 100_000, 25_000
"""What a wallet is filled with, and what every tenth is: those whose subject ends with a 7."""

Answer = events_pb2.PaymentCaptured | events_pb2.PaymentCancelled


async def take(runtime: Runtime, requester: str, at: datetime, asked: Sequence[PaymentRequested]) -> list[Answer]:
    """Payments at a time that ``requester`` asked for, from its payers' wallets; an answer for each, in their order.

    Errors: LookupError for an agency without a counter.
    """
    if not asked or not terms_of(runtime.city).wallets.on:
        return [events.declined(one, requester, "WALLETS_OFF") for one in asked]
    async with replace(runtime, clock=lambda: at).transaction(SYSTEM) as tx:
        counters = {agency: await merchants.counter_of(tx, agency) for agency in {one.agency for one in asked}}
        await _fill(tx, sorted({one.payer for one in asked}))
        made = [_payment(tx, counters[one.agency], one, requester) for one in asked]
        held = {one.subject: one.account for one in await wallet_store.of_subjects(tx, {one.payer for one in asked})}
        verdicts = await ledger.post(tx, [model.capture_transfers(one, held[one.payer], 0) for one in made])
        answers: list[Answer] = []
        done: list[Payment] = []
        for one, verdict in zip(made, verdicts, strict=True):
            if verdict.refusal is None:
                done.append(model.capture(one, Method.WALLET, at, paid_by=one.payer))
                answers.append(events.captured(done[-1], tx.runtime.city))
            else:
                done.append(model.cancel(one, at))
                answers.append(events.cancelled(done[-1], verdict.refusal))
        await payments.copy(tx, done)
        await indicators.add_days(tx, _figures(runtime.city, done))
        tx.emitted.clear()
    return answers


async def _fill(tx: Transaction, subjects: Sequence[str]) -> None:
    """Opens and fills the wallets that are not there."""
    there = {one.subject for one in await wallet_store.of_subjects(tx, subjects)}
    made = []
    for subject in subjects:
        if subject not in there:
            caller = Caller(subject, frozenset({"citizen"}))
            wallet, _ = await wallets.open_wallet(replace(tx, caller=caller))
            amount = SHORT if subject.endswith("7") else FILLED
            payment = _draft(tx, wallet.account, amount, TOP_UP, creator=subject)
            made.append(model.capture(payment, Method.CASH, tx.now, taken_by="demo"))
    till = city_account(Method.CASH.source, tx.runtime.city.currency)
    await ledger.post(tx, [model.capture_transfers(one, till, 0) for one in made])
    await payments.copy(tx, made)


def _payment(tx: Transaction, counter: Merchant | None, asked: PaymentRequested, requester: str) -> Payment:
    if counter is None:
        raise LookupError(f"{asked.agency} has no counter that takes money")
    units = money.read(asked.amount, tx.runtime.city.currency, "amount")
    made = _draft(tx, counter.account, units, asked.purpose)
    return made._replace(
        merchant=counter.id,
        payer=asked.payer,
        requester=requester,
        request=asked.request,
        correlation=asked.request.partition(".")[0],
        area=counter.area,
        sector=counter.sector,
    )


def _draft(tx: Transaction, payee: UUID, units: int, purpose: str, creator: str = "") -> Payment:
    id_ = uuid7()
    return Payment(
        id=id_,
        code=model.new_code(tx.runtime.city.code_prefix),
        merchant=None,
        payee=payee,
        creator=creator,
        currency=tx.runtime.city.currency,
        amount=units,
        purpose=purpose,
        correlation=str(id_),
        created_at=tx.now,
        updated_at=tx.now,
        expires_at=tx.now + timedelta(minutes=terms_of(tx.runtime.city).payment_minutes),
    )


def _figures(city: City, made: Sequence[Payment]) -> dict[tuple[date, str, str], list[int]]:
    """What the events would have counted."""
    found: dict[tuple[date, str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for one in made:
        if one.captured_at is not None:
            cell = found[one.captured_at.astimezone(city.timezone).date(), one.area, one.sector]
            for place, more in enumerate((1, 1, one.amount, one.amount)):
                cell[place] += more
    return found
