"""What can be done: one function per use case."""

from collections.abc import Sequence
from typing import NamedTuple

from services.economy import access
from services.economy.account_changes import store as changes
from services.economy.account_changes.model import AccountChange
from services.economy.account_reading import store
from services.economy.account_reading.store import Read
from services.economy.acts import actions as acts
from services.economy.acts.model import What
from services.economy.merchants import actions as merchants
from services.economy.merchants.model import Merchant
from services.kit.database import Transaction
from services.kit.errors import not_found, precondition

MOST = 20
"""Readings by others that an owner is told of."""


class Shown(NamedTuple):
    """Where the takings of a business go, the other account that waits, and for its owner who else read it."""

    merchant: Merchant
    change: AccountChange | None
    reads: Sequence[Read] = ()


async def read(tx: Transaction, merchant_id: str) -> Shown:
    """Whole numbers, for the owner and for who decides on them now: of the account that waits, for who lets it hold.
    Who else than the owner reads is written down.

    Errors: MERCHANT_NOT_FOUND, ACCOUNT_MISSING (of a counter), ACCOUNT_NOT_NEEDED.
    """
    merchant = await merchants.get(tx, merchant_id)
    if not merchant.bank_number:
        raise not_found("ACCOUNT_MISSING", "The takings of a counter go to the treasury, and to no bank.")
    change = await changes.waiting(tx, merchant.id)
    if merchant.owner == tx.caller.subject:
        return Shown(merchant, change, await store.reads(tx, merchant.id, MOST))
    pays = access.is_treasury(tx) and await store.payout_waits(tx, merchant.id)
    if not pays and not (change is not None and access.is_business_office(tx)):
        message = "Nothing waits that the whole number is needed for: a payout at the treasury, or another account."
        raise precondition("ACCOUNT_NOT_NEEDED", message)
    await acts.note(tx, What.PAYOUT_ACCOUNT_READ, str(merchant.id), exercise=merchant.exercise, merchant=merchant.id)
    return Shown(merchant, change if access.is_business_office(tx) else None)
