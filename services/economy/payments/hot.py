"""Paying from wallets, many callers in one commit: one lock-ordered call of the ledger, each with a verdict of its own.

What a caller can cause is an answer here and never an exception, so that nobody's mistake costs the others. Keys are
kept for ever in the same transaction; the same key in one batch is done once.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from typing import NamedTuple
from uuid import UUID

from google.protobuf.message import Message

from services.economy.ledger import actions as ledger
from services.economy.ledger.deciding import Decision
from services.economy.ledger.model import Transfer, Verdict, refused
from services.economy.merchants.model import State as MerchantState
from services.economy.payments import events, model, store, views
from services.economy.payments.model import Method, Payment
from services.economy.payments.store import Locked
from services.economy.resources import WalletAnswer, WalletPayment, WalletPayments
from services.economy.terms import terms_of
from services.economy.wallets import model as wallet_model
from services.kit.database import Transaction
from services.kit.database.group_commit import GroupCommit
from services.kit.database.idempotency import Claim, first_alike, keep, recall, remember
from services.kit.errors import ConcurrentKeyError, DomainError, forbidden, precondition
from services.kit.rpc import etag as etags
from services.kit.runtime import Runtime
from smartcity.economy.v1 import payments_pb2 as pb


class _Attempt(NamedTuple):
    """What is to be posted: whose place in the batch, what moves, and what is told and answered when it has moved."""

    place: int
    item: WalletPayment
    transfers: list[Transfer]
    paid: Payment
    message: Message
    answer: bytes


@asynccontextmanager
async def paying(runtime: Runtime) -> AsyncIterator[WalletPayments]:
    """The process' group commit of wallet payments, until the block ends; what waits then is committed."""
    group: WalletPayments = GroupCommit(runtime, flush)
    group.start()
    try:
        yield group
    finally:
        await group.stop()


async def flush(tx: Transaction, items: Sequence[WalletPayment]) -> list[WalletAnswer]:
    """Pays what can be paid, and answers every item in order.

    Payments are locked first and accounts last: many wait for the one that everybody pays into, so all is prepared
    before and written in one statement after.
    """
    claims = [item.claim for item in items]
    found = await _locked(tx, claims)
    known = await recall(tx, claims, kept=any(claim.contested for claim in claims))
    first = first_alike(claims)
    fresh = [place for place, answer in enumerate(known) if answer is None and first[place] == place]
    decided = await _pay(tx, items, fresh, found) if fresh else {}
    answers = [decided[first[place]] if answer is None else answer for place, answer in enumerate(known)]
    # Looked up last, and of what was refused only: what was done before cannot be done again, and most is new.
    return await remember(tx, claims, answers)


async def _pay(
    tx: Transaction, items: Sequence[WalletPayment], fresh: Sequence[int], found: Sequence[Locked | None]
) -> dict[int, WalletAnswer]:
    """Decides the items at the places ``fresh``."""
    decided: dict[int, WalletAnswer] = {}
    attempts: list[_Attempt] = []
    # Asked once they are locked, and of bills alone: most payments are of none, and cost no round trip.
    aside = await store.bills_aside(tx, [one.payment.bill for one in map(found.__getitem__, fresh) if one is not None])
    for place in fresh:
        wanted = _judge(tx, items[place].claim, found[place], aside)
        if isinstance(wanted, DomainError):
            decided[place] = wanted
        else:
            attempts.append(_attempt(tx, place, items[place], *wanted))
    decision = await ledger.judge(tx, [attempt.transfers for attempt in attempts], new=True)
    posted = []
    for attempt, verdict in zip(attempts, decision.verdicts, strict=True):
        refusal = _refusal(verdict)
        decided[attempt.place] = refusal or attempt.answer
        if refusal is None:
            posted.append(attempt)
            events.emit(tx, attempt.paid, attempt.message, attempt.item.traceparent)
    try:
        await _write(tx, posted, decision)
    except ConcurrentKeyError:
        for each in posted:
            each.item.claim.contested = True
        raise
    return decided


async def _write(tx: Transaction, posted: Sequence[_Attempt], decision: Decision) -> None:
    await tx.together(
        keep([each.item.claim for each in posted], [each.answer for each in posted]),
        store.pay_from_wallets([each.paid.id for each in posted], [each.paid.paid_by for each in posted], tx.now),
        *ledger.writes(decision, tx.now),
        tx.events(),
    )


def _attempt(tx: Transaction, place: int, item: WalletPayment, found: Locked, wallet: UUID) -> _Attempt:
    """Makes ready what a payment from a wallet does."""
    paid = model.capture(found.payment, Method.WALLET, tx.now, paid_by=item.claim.caller)
    transfers = model.capture_transfers(found.payment, wallet, 0)
    message = events.captured(paid, tx.runtime.city)
    return _Attempt(place, item, transfers, paid, message, _answer(tx, paid, found.merchant_name))


def _refusal(verdict: Verdict) -> DomainError | None:
    if verdict.repeated or verdict.refusal == "TRANSFER_REUSED":
        return model.paid_before()  # by somebody else, or under another key, a moment ago
    return refused(verdict.refusal) if verdict.refusal is not None else None


def _judge(
    tx: Transaction, claim: Claim, found: Locked | None, aside: Collection[str]
) -> tuple[Locked, UUID] | DomainError:
    """What a caller may pay, and from which account; or why not. ``aside`` are bills for which money came otherwise."""
    if not terms_of(tx.runtime.city).wallets.on:
        return wallet_model.off()
    if found is None:
        return model.unknown()
    payment = found.payment
    if payment.payer and payment.payer != claim.caller:
        return forbidden("PAYER_DIFFERS", "This payment is for somebody else to pay.")
    if (stale := etags.mismatch(_request(claim).etag, payment.version)) is not None:
        return stale
    if payment.exercise:
        return model.drill()
    if payment.merchant is None:
        return precondition("TOP_UP_BY_WALLET", "A wallet is topped up by QRIS or in cash, not from a wallet.")
    refusal = model.unpayable(payment, tx.now)
    if refusal is not None:
        return refusal
    if payment.bill in aside:
        return model.paid_otherwise()
    if found.merchant_state != MerchantState.ACTIVE.value:
        return precondition("MERCHANT_NOT_PAYABLE", "This merchant cannot be paid now.")
    return (found, found.wallet) if found.wallet is not None else wallet_model.missing()


async def _locked(tx: Transaction, claims: Sequence[Claim]) -> list[Locked | None]:
    """What each of the claims names, by id or code."""
    names = [model.read_name(_request(claim).id, tx.runtime.city.code_prefix) for claim in claims]
    codes = [code for _, code in names if code]
    ids = await store.ids_of(tx, codes) if codes else {}
    wanted = [(id_ or ids.get(code), claim.caller) for (id_, code), claim in zip(names, claims, strict=True)]
    payable = {(id_, caller) for id_, caller in wanted if id_ is not None}
    locked = await store.lock_for_wallets(tx, payable) if payable else {}
    return [locked.get((id_, caller)) if id_ is not None else None for id_, caller in wanted]


def _request(claim: Claim) -> pb.PayFromWalletRequest:
    request = claim.request
    assert isinstance(request, pb.PayFromWalletRequest)
    return request


def _answer(tx: Transaction, payment: Payment, merchant_name: str) -> bytes:
    view = views.payment(payment, merchant_name, tx.runtime.city, tx.now, inside=True, own=True)
    return pb.PayFromWalletResponse(payment=view).SerializeToString()
