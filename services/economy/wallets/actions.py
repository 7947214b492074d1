"""What can be done with wallets: open one, look at it."""

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
        await _open(tx, subject, terms.wallets.most)
    found = await get(tx)
    if not found[1].owner:
        # 0.1.0 reckons a wallet's account from its subject: it gives one again that ended with its owner's data.
        await store.give_up(tx, subject)
        await _open(tx, subject, terms.wallets.most)
        found = await get(tx)
    return found


async def _open(tx: Transaction, subject: str, most: int) -> None:
    """Its account tells nothing of whose it is but by its owner, who may be forgotten: a wallet opened after that has
    another. Those of 0.1.0 have one that can be reckoned from the subject.
    """
    await tx.one_at_a_time(f"wallet of {subject}")
    if await store.by_subject(tx, subject) is None:
        account = await ledger.open_account(tx, "wallet", subject, most=most)
        await store.add(tx, Wallet(subject, account, tx.now))


async def get(tx: Transaction) -> tuple[Wallet, Account]:
    """The caller's wallet and its account. Errors: WALLETS_OFF, WALLET_NOT_FOUND."""
    model.require_on(terms_of(tx.runtime.city).wallets)
    wallet = await store.by_subject(tx, tx.caller.subject)
    if wallet is None:
        raise not_found("WALLET_NOT_FOUND", "You have no wallet yet. Open one first.")
    return wallet, await ledger.account(tx, wallet.account)
