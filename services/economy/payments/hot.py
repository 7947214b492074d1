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
from services.economy.ledger.model import Transfer, refused
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
from services.kit.idempotency import Claim, first_alike, keep, recall
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
    """Pays what can be paid, and answers every item in order."""
    claims = [item.claim for item in items]
    named = await _locked(tx, items)
    known = await recall(tx, claims)
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _pay(tx, items, fresh, named) if fresh else {}
    done = [place for place in fresh if isinstance(decided[place], bytes)]
    await keep(tx, [claims[place] for place in done], [_bytes(decided[place]) for place in done])
    await _recall_again(tx, claims, decided)
    return [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]


async def _recall_again(tx: Transaction, claims: Sequence[Claim], decided: dict[int, Answer]) -> None:
    """Asks once more for what was refused: another batch may have used the key before this one locked the wallet."""
    places = [place for place, answer in decided.items() if isinstance(answer, DomainError)]
    known = await recall(tx, [claims[place] for place in places]) if places else []
    decided.update({place: answer for place, answer in zip(places, known, strict=True) if answer is not None})


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
            attempts.append(_attempt(tx, place, caller, *verdict))
    # All is made ready before: from here to the commit, nobody else can move money on these accounts.
    verdicts = await ledger.post(tx, [attempt.transfers for attempt in attempts])
    paid: list[Payment] = []
    for attempt, posted in zip(attempts, verdicts, strict=True):
        if posted.repeated or posted.refusal == "TRANSFER_REUSED":
            decided[attempt.place] = model.paid_before()  # by somebody else, or under another key, a moment ago
        elif posted.refusal is not None:
            decided[attempt.place] = refused(posted.refusal)
        else:
            paid.append(attempt.paid)
            events.tell(tx, attempt.paid, attempt.message, items[attempt.place].traceparent)
            decided[attempt.place] = attempt.answer
    if paid:
        await store.pay_from_wallets(tx, [each.id for each in paid], [each.paid_by for each in paid])
    return decided


def _attempt(tx: Transaction, place: int, caller: str, found: Locked, wallet: UUID) -> _Attempt:
    """Makes ready what a payment from a wallet does."""
    paid = model.capture(found.payment, Method.WALLET, tx.now, paid_by=caller)
    transfers = model.capture_transfers(found.payment, wallet, 0)
    return _Attempt(place, transfers, paid, events.captured(paid), _answer(tx, paid, found.merchant_name))


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


def _bytes(answer: Answer) -> bytes:
    assert isinstance(answer, bytes)
    return answer
