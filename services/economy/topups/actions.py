"""Puts money on a wallet, by a payment into its account."""

from services.economy.payments import actions as payments
from services.economy.payments.model import Payment
from services.economy.topups import model, store
from services.economy.topups.model import Waiting
from services.economy.wallets import actions as wallets
from services.economy.wallets.model import Wallet
from services.kit.database import Transaction

PURPOSE = "top-up"


async def top_up(tx: Transaction, amount: int) -> Payment:
    """A payment of ``amount`` whole units into the caller's wallet. It is paid by QRIS of the treasury's counter, or in
    cash there; whether it still fits is decided again when it is paid.

    Errors: WALLETS_OFF, WALLET_NOT_FOUND, ACCOUNT_CLOSED, ACCOUNT_FROZEN, LIMIT_EXCEEDED.
    """
    wallet, account = await wallets.get(tx)
    model.check(account, amount)
    return await payments.create(
        tx,
        merchant=None,
        payee=wallet.account,
        amount=amount,
        purpose=PURPOSE,
        description="",
        creator=wallet.subject,
    )


async def waiting(tx: Transaction, wallet: Wallet) -> list[Waiting]:
    """The newest payments into the caller's wallet that wait for their money."""
    return await store.waiting(tx, wallet, model.WAITING_MOST)
