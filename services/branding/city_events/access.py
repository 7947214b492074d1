"""Who may do what with an event: its organiser, their agency, and the office that publishes."""

from services.branding.city_events.model import CityEvent
from services.branding.city_events.profile import terms_of
from services.kit.caller import Scope
from services.kit.database import Transaction


def publishes(tx: Transaction) -> bool:
    """Whether the caller is of the office that publishes, or an administrator."""
    if tx.caller.has("admin"):
        return True
    office = terms_of(tx.runtime.city).agency
    return tx.caller.has("officer") and tx.caller.agency == office != ""


def decides(tx: Transaction, it: CityEvent) -> bool:
    """Whether the caller answers for an event as an officer: of the office that publishes, or of the agency that it was
    written for.
    """
    return publishes(tx) or (tx.caller.has("officer") and tx.caller.agency == it.agency != "")


def sells(tx: Transaction, agency: str) -> bool:
    """Whether the caller is of the agency that sells tickets, or an administrator; whoever reads is told so, too."""
    return tx.caller.has("admin") or (tx.caller.has("officer") and tx.caller.agency == agency != "")


def writes(tx: Transaction, it: CityEvent) -> bool:
    """Whether an event is the caller's to write and, as far as ``calling_off`` lets them, to call off: what they wrote
    for themselves, what their agency wrote, or any. What was written for an agency stays with it when its writer
    leaves.
    """
    if decides(tx, it):
        return True
    return not tx.caller.has("anonymous") and it.agency == "" and tx.caller.subject == it.by != ""


def agency_of(tx: Transaction) -> str:
    """The agency that the caller writes for; empty: none."""
    return tx.caller.agency if tx.caller.has("officer") else ""


def reach(tx: Transaction) -> tuple[str, str] | None:
    """The agency and the subject whose events the caller sees in all states, empty for any; None for none."""
    if publishes(tx):
        return "", ""
    if tx.scope is Scope.OWN:
        return "", tx.caller.subject
    return (tx.caller.agency, "") if tx.caller.agency else None
