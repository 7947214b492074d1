"""The crews' list: filtered, soonest due date first, page by page."""

from dataclasses import replace

from services.environment.cleanups import model, store
from services.environment.cleanups.model import Cleanup
from services.environment.cleanups.store import Filter
from services.kit import paging
from services.kit.caller import Scope
from services.kit.database import Transaction


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> tuple[list[Cleanup], str]:
    """One page, and the token of the next (empty on the last). Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    size = paging.page_size(size)
    after = paging.after(token, wanted)
    found = _scoped(tx, wanted)
    cleanups = await store.page(tx, found, after, size + 1) if found else []
    if len(cleanups) <= size:
        return cleanups, ""
    last = cleanups[size - 1]
    return cleanups[:size], paging.token((last.due_at, last.id), wanted)


def _scoped(tx: Transaction, wanted: Filter) -> Filter | None:
    """The filter within the caller's scope; None when nothing can match."""
    if wanted.complaint:
        code = model.complaint_code(wanted.complaint)
        if not code:
            return None
        wanted = replace(wanted, complaint=code)
    if tx.scope is Scope.ANY:
        return wanted
    return replace(wanted, agency=tx.caller.agency) if tx.caller.agency else None
