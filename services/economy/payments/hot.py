"""Paying from wallets, many callers in one commit: one lock-ordered call of the ledger, each with a verdict of its own.

What a caller can cause is an answer here and never an exception, so that nobody's mistake costs the others. Keys are
kept for ever in the same transaction; the same key in one batch is done once.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from google.protobuf.message import Message

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Transfer, Verdict, refused
from services.economy.merchants.model import State as MerchantState
from services.economy.payments import events, model, store, views
from services.economy.payments.model import Method, Payment
from services.economy.payments.store import Locked
from services.economy.terms import terms_of
from services.economy.wallets import model as wallet_model
from services.economy.wallets import store as wallets
from services.kit.database import Transaction
from services.kit.errors import DomainError, forbidden, precondition
from services.kit.group_commit import GroupCommit
from services.kit.idempotency import Claim, first_alike, forget, keep, recall
from services.kit.runtime import Runtime
from smartcity.economy.v1 import payments_pb2 as pb

Answer = bytes | DomainError
"""A serialised PayFromWalletResponse, or why not."""


@dataclass(frozen=True, slots=True)
class Item:
    """One caller's wish to pay, and the trace that it belongs to."""

    claim: Claim
    traceparent: str | None

    @property
    def name(self) -> str:
        """Id or code of the payment, as the caller named it."""
        request = self.claim.request
        assert isinstance(request, pb.PayFromWalletRequest)
        return request.id


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What is to be posted: whose place in the batch, what moves, and what is told and answered when it has moved."""

    place: int
    item: Item
    transfers: list[Transfer]
    paid: Payment
    message: Message
    answer: bytes


WalletPayments = GroupCommit[Item, Answer]


@asynccontextmanager
async def paying(runtime: Runtime) -> AsyncIterator[WalletPayments]:
    """The process' group commit of wallet payments, until the block ends; what waits then is committed."""
    group: WalletPayments = GroupCommit(runtime, flush)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[Item]) -> list[Answer]:
    """Pays what can be paid, and answers every item in order.

    Payments are locked first, then keys, and accounts last: many wait for the one that everybody pays into, so it is
    held no longer than it takes to write.
    """
    claims = [item.claim for item in items]
    named = await _locked(tx, items)
    known = await recall(tx, claims)
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _pay(tx, items, fresh, named) if fresh else {}
    return [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]


async def _pay(
    tx: Transaction, items: Sequence[Item], fresh: Sequence[int], named: Mapping[UUID | str, Locked]
) -> dict[int, Answer]:
    """Decides the items at the places ``fresh``."""
    accounts = await wallets.accounts_of(tx, list({items[place].claim.caller for place in fresh}))
    decided: dict[int, Answer] = {}
    attempts: list[_Attempt] = []
    for place in fresh:
        caller = items[place].claim.caller
        verdict = _judge(tx, caller, accounts.get(caller), _find(tx, items[place], named))
        if isinstance(verdict, DomainError):
            decided[place] = verdict
        else:
            attempts.append(_attempt(tx, place, items[place], *verdict))
    posted = []
    for attempt, refusal in zip(attempts, await _post(tx, attempts), strict=True):
        decided[attempt.place] = refusal or attempt.answer
        if refusal is None:
            posted.append(attempt)
            events.tell(tx, attempt.paid, attempt.message, attempt.item.traceparent)
    if posted:
        await store.pay_from_wallets(tx, [each.paid.id for each in posted], [each.paid.paid_by for each in posted])
    return decided


async def _post(tx: Transaction, attempts: Sequence[_Attempt]) -> list[DomainError | None]:
    """Keeps the keys and moves the money of what can be paid; for each, why it could not be."""
    await keep(tx, [each.item.claim for each in attempts], [each.answer for each in attempts])
    verdicts = await ledger.post(tx, [each.transfers for each in attempts])
    refusals = [_refusal(verdict) for verdict in verdicts]
    await forget(tx, [each.item.claim for each, refusal in zip(attempts, refusals, strict=True) if refusal])
    return refusals


def _attempt(tx: Transaction, place: int, item: Item, found: Locked, wallet: UUID) -> _Attempt:
    """Makes ready what a payment from a wallet does."""
    paid = model.capture(found.payment, Method.WALLET, tx.now, paid_by=item.claim.caller)
    transfers = model.capture_transfers(found.payment, wallet, 0)
    return _Attempt(place, item, transfers, paid, events.captured(paid), _answer(tx, paid, found.merchant_name))


def _refusal(verdict: Verdict) -> DomainError | None:
    if verdict.repeated or verdict.refusal == "TRANSFER_REUSED":
        return model.paid_before()  # by somebody else, or under another key, a moment ago
    return refused(verdict.refusal) if verdict.refusal is not None else None


def _judge(
    tx: Transaction, caller: str, wallet: UUID | None, found: Locked | None
) -> tuple[Locked, UUID] | DomainError:
    """What a caller may pay, and from which account; or why not."""
    if not terms_of(tx.runtime.city).wallets.on:
        return wallet_model.off()
    if found is None:
        return model.unknown()
    payment = found.payment
    if payment.payer and payment.payer != caller:
        return forbidden("PAYER_DIFFERS", "This payment is for somebody else to pay.")
    if payment.merchant is None:
        return precondition("TOP_UP_BY_WALLET", "A wallet is topped up by QRIS or in cash, not from a wallet.")
    refusal = model.unpayable(payment, tx.now)
    if refusal is not None:
        return refusal
    if found.merchant_state != MerchantState.ACTIVE.value:
        return precondition("MERCHANT_NOT_PAYABLE", "This merchant cannot be paid now.")
    return (found, wallet) if wallet is not None else wallet_model.missing()


async def _locked(tx: Transaction, items: Sequence[Item]) -> dict[UUID | str, Locked]:
    """The payments that the items name, by id and by code."""
    names = [model.read_name(item.name, tx.runtime.city.code_prefix) for item in items]
    ids, codes = {id_ for id_, _ in names if id_}, {code for _, code in names if code}
    named: dict[UUID | str, Locked] = {}
    for found in await store.lock_by_name(tx, list(ids), list(codes)):
        named[found.payment.id] = named[found.payment.code] = found
    return named


def _find(tx: Transaction, item: Item, named: Mapping[UUID | str, Locked]) -> Locked | None:
    id_, code = model.read_name(item.name, tx.runtime.city.code_prefix)
    return named.get(id_ or code)


def _answer(tx: Transaction, payment: Payment, merchant_name: str) -> bytes:
    view = views.payment(payment, merchant_name, tx.runtime.city, tx.now, inside=True)
    return pb.PayFromWalletResponse(payment=view).SerializeToString()
