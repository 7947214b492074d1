"""Refunds as people read of them: with code, currency and merchant of their payment."""

from collections.abc import Sequence

from services.economy import access
from services.economy.merchants import store as merchants
from services.economy.payments import actions as payments
from services.economy.payments import store as payment_store
from services.economy.payments.model import Payment
from services.economy.refunds import store
from services.economy.refunds.model import Refund
from services.economy.refunds.store import Listed
from services.kit import ids
from services.kit.database import Transaction


async def told(tx: Transaction, refund: Refund, payment: Payment) -> Listed:
    """A refund of a payment."""
    merchant = await payments.merchant_of(tx, payment)
    return Listed(refund, payment.code, payment.currency, merchant.name if merchant else "")


async def newest(tx: Transaction, names: Sequence[str]) -> list[Listed]:
    """The newest refund of each of some payments that has one, where the caller may see the payee's desk."""
    known = [id_ for name in names if (id_ := ids.parse(name)) is not None]
    found = await payment_store.by_ids(tx, known)
    sellers = {one.id: one for one in await merchants.by_ids(tx, [one.merchant for one in found if one.merchant])}
    seen = {id_ for id_, seller in sellers.items() if access.may_see(tx, seller)}
    return await store.newest_of(tx, [one.id for one in found if one.merchant in seen])
