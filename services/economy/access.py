"""Who may do what with money: the treasury, the office for micro business, a merchant's owner, a counter's agency."""

from typing import Protocol

from services.economy.terms import terms_of
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.errors import forbidden


class Payee(Protocol):
    """Who is paid, as far as it says who acts for it: a business of an owner, or a counter of an agency."""

    @property
    def owner(self) -> str:
        """The subject of a business' owner; empty for a counter."""

    @property
    def agency(self) -> str:
        """The agency of a counter; empty for a business."""

    @property
    def is_counter(self) -> bool:
        """Whether it is a counter of the city."""


_EVERYWHERE = frozenset({"admin", "system"})


def is_treasury(tx: Transaction) -> bool:
    """Whether the caller is an officer of the city's treasury, an administrator, or the platform itself."""
    return _may_anything(tx) or _is_officer(tx, terms_of(tx.runtime.city).treasury_agency)


def require_treasury(tx: Transaction) -> None:
    """Lets only the treasury pass. Errors: FORBIDDEN TREASURY_ONLY."""
    if not is_treasury(tx):
        raise forbidden("TREASURY_ONLY", "Only the city's treasury may do this; ask an officer there.")


def is_business_office(tx: Transaction) -> bool:
    """Whether the caller is an officer of the office that takes merchants on, an administrator, or the platform."""
    return _may_anything(tx) or _is_officer(tx, terms_of(tx.runtime.city).business_agency)


def require_business_office(tx: Transaction) -> None:
    """Lets only the office that takes merchants on pass. Errors: FORBIDDEN BUSINESS_OFFICE_ONLY."""
    if not is_business_office(tx):
        message = "Only the office that takes merchants on may do this; ask an officer there."
        raise forbidden("BUSINESS_OFFICE_ONLY", message)


def is_staff(tx: Transaction) -> bool:
    """Whether the caller works for the city: an officer of any agency, or an administrator."""
    return tx.caller.has("officer") or tx.caller.has("admin")


def may_act_for(tx: Transaction, merchant: Payee) -> bool:
    """Whether the caller may take and give back money for a merchant: its owner, or an officer of the counter's agency.

    Administrators and the platform may as well; treasury and business office as such may not.
    """
    if merchant.owner and merchant.owner == tx.caller.subject:
        return True
    return _may_anything(tx) or (merchant.is_counter and _is_officer(tx, merchant.agency))


def may_see(tx: Transaction, merchant: Payee) -> bool:
    """Whether the caller may see a merchant's desk: whoever may act for it, the treasury, the business office."""
    return may_act_for(tx, merchant) or is_treasury(tx) or is_business_office(tx)


def sees_all(tx: Transaction) -> bool:
    """Whether the caller may see every merchant."""
    return is_treasury(tx) or is_business_office(tx)


def _may_anything(tx: Transaction) -> bool:
    # Some reads have scope ANY for everybody; only these roles mean it.
    return tx.scope is Scope.ANY and not _EVERYWHERE.isdisjoint(tx.caller.roles)


def _is_officer(tx: Transaction, agency: str) -> bool:
    if tx.scope is Scope.OWN or not tx.caller.has("officer"):
        return False
    return bool(agency) and tx.caller.agency == agency
