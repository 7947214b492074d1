"""Who may act on what an agency sells."""

from services.kit.database import Transaction
from services.kit.errors import forbidden


def require_seller(tx: Transaction, agency: str) -> None:
    """Lets the agency that sells pass, and administrators. Errors: FORBIDDEN NOT_YOURS."""
    if not tx.allows(agency):
        raise forbidden("NOT_YOURS", "Only the agency that sells these tickets can do this.")


def subject(tx: Transaction) -> str:
    """Whose an order is that the caller makes; empty for who has no login."""
    return "" if tx.caller.has("anonymous") else tx.caller.subject
