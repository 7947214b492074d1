"""What can be done with wallets: open one, look at it."""

from uuid import NAMESPACE_URL, uuid5

from services.economy.ledger import actions as ledger
from services.economy.ledger.model import Account
from services.economy.terms import terms_of
from services.economy.wallets import model, store
from services.economy.wallets.model import Wallet
from services.kit.database import Transaction
from services.kit.errors import not_found


async def open_wallet(tx: Transaction) -> tuple[Wallet, Account]:
    """The caller's wallet, which is opened if there is none. Errors: WALLETS_OFF."""
    terms = terms_of(tx.runtime.city)
    model.require_on(terms.wallets)
    subject = tx.caller.subject
    if await store.by_subject(tx, subject) is None:
        # One account for one subject, so that two who open it at the same time open the same one.
        id_ = uuid5(NAMESPACE_URL, f"smartcity:wallet:{subject}")
        account = await ledger.open_account(tx, "wallet", subject, id=id_, most=terms.wallets.most)
        await store.add(tx, Wallet(subject, account, tx.now))
    return await get(tx)


async def get(tx: Transaction) -> tuple[Wallet, Account]:
    """The caller's wallet and its account. Errors: WALLETS_OFF, WALLET_NOT_FOUND."""
    model.require_on(terms_of(tx.runtime.city).wallets)
    wallet = await store.by_subject(tx, tx.caller.subject)
    if wallet is None:
        raise not_found("WALLET_NOT_FOUND", "You have no wallet yet. Open one first.")
    return wallet, await ledger.account(tx, wallet.account)
