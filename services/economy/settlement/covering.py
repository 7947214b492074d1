"""Refunds at the city's counters, whose takings the night took to the treasury: it gives those back, and no more."""

from uuid import UUID

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Account, Transfer, city_account, derived
from services.economy.merchants.model import Merchant
from services.economy.payments.model import Payment
from services.economy.settlement import store
from services.economy.settlement.model import COVER
from services.kit.database import Transaction


def treasury_of(payment: Payment, merchant: Merchant | None) -> UUID | None:
    """The account that stands in for who was paid; None where the money of a payment never goes there: a business's,
    a top-up's and a drill's.
    """
    taken = merchant is not None and merchant.is_counter and merchant.account == payment.payee
    return city_account("treasury", payment.currency) if taken else None


async def spare(tx: Transaction, payment: Payment, merchant: Merchant | None) -> int:
    """What the treasury can give back for refunds to who was paid."""
    treasury = treasury_of(payment, merchant)
    if treasury is None or merchant is None:
        return 0
    has = await ledger.account(tx, treasury)
    return max(0, min(await store.taken(tx, merchant.id, merchant.account), has.available)) if has.is_open else 0


async def cover(
    tx: Transaction, refund: UUID, amount: int, payment: Payment, payee: Account, merchant: Merchant | None
) -> None:
    """Gives a counter what its account lacks for a refund that ``spare`` allows; its account and the treasury's are
    locked since before that was read. Errors: those of the ledger.
    """
    treasury, lacks = treasury_of(payment, merchant), amount - payee.available
    if treasury is None or lacks <= 0:
        return
    back = Transfer(
        id=derived(refund, COVER),
        kind=COVER,
        debit=treasury,
        credit=payee.id,
        amount=lacks,
        currency=payment.currency,
        reference=payment.code,
    )
    await ledger.transfer(tx, back)
