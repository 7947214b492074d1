"""Who sees which account: its holder, the owner of the merchant it is of, the counter's agency, the treasury."""

from uuid import UUID

from services.economy.access import is_treasury, require_treasury
from services.economy.ledger import actions, store
from services.economy.ledger.model import CITY_KINDS, Account, city_account
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found

__all__ = ["readable", "require_treasury"]


async def readable(tx: Transaction, name: str) -> Account:
    """The account of that identifier, or the city's own of that kind, if the caller may see it.

    Errors: ACCOUNT_NOT_FOUND, also for what exists and is not the caller's to see.
    """
    id_ = _identified(tx, name)
    if id_ is None:
        raise unseen()
    found = await actions.account(tx, id_)
    if not (is_treasury(tx) or await _is_callers(tx, found)):
        raise unseen()
    return found


def unseen() -> DomainError:
    """The error of an account that is not there for the caller."""
    return not_found("ACCOUNT_NOT_FOUND", actions.NOT_FOUND)


def _identified(tx: Transaction, name: str) -> UUID | None:
    if name in CITY_KINDS:
        return city_account(name, tx.runtime.city.currency)
    return ids.parse(name)


async def _is_callers(tx: Transaction, account: Account) -> bool:
    if account.owner and account.owner == tx.caller.subject:
        return True
    agency = tx.caller.agency if tx.caller.has("officer") else ""
    return await store.is_merchants(tx, account.id, tx.caller.subject, agency)
