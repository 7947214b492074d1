"""Who may see a permit's application, and as whom."""

from services.economy.permits import events, model, store
from services.economy.permits.model import Party, Permit
from services.kit.database import Transaction
from services.kit.errors import DomainError, not_found


async def known(tx: Transaction, code: str, *, lock: bool = False) -> Permit:
    """One that the caller may see: its applicant, who checks it, who decides. Errors: PERMIT_NOT_FOUND.

    A draft is its applicant's alone.
    """
    found = await written(tx, code, lock=lock)
    if found is None or not parties(tx, found):
        raise unknown()
    return found


async def written(tx: Transaction, code: str, *, lock: bool = False) -> Permit | None:
    """One by the number that somebody typed, whoever they are."""
    parsed = model.parse_code(tx.runtime.city.code_prefix, code)
    return await store.by_code(tx, parsed, lock=lock) if parsed else None


async def whose_fee(tx: Transaction, requester: str, purpose: str, request: str) -> str:
    """Who applied for the permit whose fee a payment is; empty for other payments, and once that is erased."""
    if not events.is_fee(requester, purpose):
        return ""
    found = await written(tx, events.code_of(request))
    return found.owner if found is not None else ""


def parties(tx: Transaction, one: Permit) -> frozenset[Party]:
    """As whom the caller may act."""
    found = {Party.APPLICANT} if one.owner and one.owner == tx.caller.subject else set()
    if one.submitted_at is not None:
        if tx.allows(one.checker):
            found.add(Party.CHECKER)
        if tx.allows(one.agency):
            found.add(Party.DECIDER)
    return frozenset(found)


def unknown() -> DomainError:
    """There is none, or none for the caller."""
    message = "There is no such permit for you, or its number is mistyped: the last character checks the others."
    return not_found("PERMIT_NOT_FOUND", message, field="code")
