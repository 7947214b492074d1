"""The list of merchants: the oldest first, page by page."""

from collections.abc import Sequence

from services.economy import access
from services.economy.merchants import store
from services.economy.merchants.model import Merchant, State
from services.economy.merchants.store import Filter
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.database.table import Page

LIVE = (State.APPLIED, State.ACTIVE, State.SUSPENDED)
"""What is listed when no states are named."""


async def page(tx: Transaction, states: Sequence[State], mine: bool, size: int, token: str) -> Page[Merchant]:
    """Merchants in these states (none: all but closed ones): one's own, one's agency's, or all for who may.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    return await store.page(tx, _filter(tx, tuple(states) or LIVE, mine), size, token)


def _filter(tx: Transaction, states: tuple[State, ...], mine: bool) -> Filter:
    if not mine and access.sees_all(tx):
        return Filter(states, everybodys=True)
    agency = "" if mine or tx.scope is Scope.OWN else tx.caller.agency
    return Filter(states, owner=tx.caller.subject, agency=agency)
