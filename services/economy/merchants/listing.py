"""The list of merchants: the oldest first, page by page."""

from services.economy import access
from services.economy.merchants import store
from services.economy.merchants.model import Merchant, State
from services.economy.merchants.store import Filter
from services.kit import paging
from services.kit.caller import Scope
from services.kit.database import Transaction


async def page(
    tx: Transaction, states: tuple[State, ...], mine: bool, size: int, token: str
) -> tuple[list[Merchant], str]:
    """One page, and the token of the next (empty on the last): one's own, one's agency's, or all for who may.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    size = paging.page_size(size)
    wanted = _filter(tx, states, mine)
    merchants = await store.page(tx, wanted, paging.after(token, wanted), size + 1)
    if len(merchants) <= size:
        return merchants, ""
    last = merchants[size - 1]
    return merchants[:size], paging.token((last.created_at, last.id), wanted)


def _filter(tx: Transaction, states: tuple[State, ...], mine: bool) -> Filter:
    if not mine and access.sees_all(tx):
        return Filter(states, everybodys=True)
    agency = "" if mine or tx.scope is Scope.OWN else tx.caller.agency
    return Filter(states, owner=tx.caller.subject, agency=agency)
