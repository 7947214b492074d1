"""Between which accounts giving money back moves it."""

from uuid import UUID

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Account, city_account
from services.economy.payments import actions as payments
from services.economy.payments.model import Payment
from services.economy.refunds import model
from services.economy.refunds.model import Way
from services.economy.settlement import covering
from services.economy.wallets import model as wallet_model
from services.economy.wallets import store as wallets
from services.kit.database import Transaction


async def origin(tx: Transaction, payment: Payment) -> UUID:
    """The account that the money came from. Errors: WALLET_MISSING."""
    way = model.way_of(payment)
    if way is not Way.WALLET:
        return city_account("clearing" if way is Way.BANK else "cash", payment.currency, exercise=payment.exercise)
    wallet = await wallets.by_subject(tx, payment.paid_by)
    if wallet is None:
        raise wallet_model.missing()
    return wallet.account


async def touched(tx: Transaction, payment: Payment) -> set[UUID]:
    """The accounts that a refund may change at once. The bank's is not among them: that is moved when the bank has
    given the money back.
    """
    treasury = covering.treasury_of(payment, await payments.merchant_of(tx, payment))
    found = {payment.payee} if treasury is None else {payment.payee, treasury}
    way = model.way_of(payment)
    if way is Way.CASH:
        found.add(city_account("cash", payment.currency, exercise=payment.exercise))
    if way is Way.WALLET and (wallet := await wallets.by_subject(tx, payment.paid_by)) is not None:
        found.add(wallet.account)
    return found


async def locked_payee(tx: Transaction, payment: Payment) -> Account:
    """The account that was paid, locked together with all that a refund moves money between: what is read of them is
    still so when the refund is posted.
    """
    await ledger.lock(tx, await touched(tx, payment))
    return await ledger.account(tx, payment.payee)
