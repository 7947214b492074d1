"""Money in suspense that the bank gave back by itself: it is gone, so that nobody here gives it to somebody else."""

from services.economy.payments import actions as payments
from services.economy.suspense import actions, store
from services.economy.suspense.model import Item
from services.kit.database import Transaction


async def book(tx: Transaction, code: str, reference: str, amount: int, currency: str) -> Item | None:
    """Writes down what the bank gave back of what came for the payment that it names.

    None where the payment was captured, of which it may be a refund, and where no money or more than one in suspense is
    as much. Locks the payment, then the item, then the accounts. Errors: PAYMENT_NOT_FOUND, and of the ledger.
    """
    payment = await payments.find(tx, code, lock=True)
    if payment.is_paid:
        return None
    alike = [one for one in await store.waiting(tx, payment.id) if (one.amount, one.currency) == (amount, currency)]
    if len(alike) != 1 or alike[0].is_returning:  # of what was sent for, the bank is asked
        return None
    return await actions.gone_back(tx, alike[0], reference)
