"""Who may do what with cards, concessions and rides: their owner, and the officers of the transport agency."""

from services.kit.database import Transaction
from services.kit.errors import forbidden
from services.living.fares.terms import Terms


def is_office(tx: Transaction, terms: Terms) -> bool:
    """Whether the caller does this as the transport agency, or may do what it does: the scope of the call says so, so
    that a login of the agency that only has what is its own is not the office.
    """
    return tx.allows(terms.settings.agency)


def require_office(tx: Transaction, terms: Terms) -> None:
    """Lets only the transport agency pass. Errors: FORBIDDEN NOT_YOURS."""
    if not is_office(tx, terms):
        raise forbidden("NOT_YOURS", "Only the city's transport agency can do this.")


def may_see(tx: Transaction, terms: Terms, owner: str) -> bool:
    """Whether the caller may see what is this subject's (empty: nobody's any more)."""
    return is_office(tx, terms) or owner == tx.caller.subject != ""
