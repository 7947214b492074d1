"""Refunds as people read of them: what their payment says of them, and whether somebody else has to approve them."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.economy import access
from services.economy.merchants import store as merchants
from services.economy.merchants.model import Merchant
from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.payments.model import Payment
from services.economy.refunds import store
from services.economy.refunds.model import Refund, State
from services.economy.refunds.store import Listed
from services.kit import ids
from services.kit.database import Transaction
from services.kit.interest import own_matter


class Told(NamedTuple):
    """A refund, whether it waits for somebody else than the caller, whether it is a matter of theirs, and whether it
    failed and was made good since."""

    listed: Listed
    own: bool = False
    own_matter: bool = False
    made_good: bool = False


async def one(tx: Transaction, refund: Refund, payment: Payment) -> Told:
    """A refund of a payment."""
    (made,) = await told(tx, [_listed(refund, payment, await payments.merchant_of(tx, payment))])
    return made


async def told(tx: Transaction, found: Sequence[Listed]) -> list[Told]:
    """Refunds of a list."""
    waiting = {each.refund.payment for each in found if each.refund.state is State.REQUESTED}
    paid = await payment_store.by_ids(tx, list(waiting)) if waiting else []
    sellers = await _sellers(tx, paid)
    concerned = {each.id: await payments.concerned(tx, each, sellers.get(each.merchant)) for each in paid}
    failed = [each.refund.id for each in found if each.refund.state is State.FAILED]
    good = await store.made_good(tx, failed) if failed else set()
    return [
        Told(each, made_good=each.refund.id in good)
        if each.refund.state is not State.REQUESTED
        else _waiting(tx, each, concerned.get(each.refund.payment, frozenset()))
        for each in found
    ]


async def newest(tx: Transaction, names: Sequence[str]) -> list[Told]:
    """The newest refund of each of some payments that has one, where the caller may see the payee's desk."""
    known = [id_ for name in names if (id_ := ids.parse(name)) is not None]
    paid = {each.id: each for each in await payment_store.by_ids(tx, known)}
    sellers = await _sellers(tx, list(paid.values()))
    seen = {id_ for id_, seller in sellers.items() if access.may_see(tx, seller)}
    found = await store.newest_of(tx, [each.id for each in paid.values() if each.merchant in seen])
    return await told(tx, [_listed(each, paid[each.payment], sellers[each.merchant]) for each in found])


def _listed(refund: Refund, payment: Payment, merchant: Merchant | None) -> Listed:
    return Listed(refund, payment.code, payment.currency, merchant.name if merchant else "")


async def _sellers(tx: Transaction, paid: Sequence[Payment]) -> dict[UUID | None, Merchant]:
    return {one.id: one for one in await merchants.by_ids(tx, [one.merchant for one in paid if one.merchant])}


def _waiting(tx: Transaction, listed: Listed, concerned: frozenset[str]) -> Told:
    matter = own_matter(tx.caller, *concerned) is not None
    asked = not listed.refund.is_at_counter and listed.refund.requested_by == tx.caller.subject
    return Told(listed, asked or matter, matter)
