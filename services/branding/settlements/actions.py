"""What can be done with settlements: read them."""

from collections.abc import Mapping
from uuid import UUID

from services.branding.sales import actions as selling
from services.branding.sales import store as sales
from services.branding.sales.model import Sale
from services.branding.settlements import store
from services.branding.settlements.model import Takings
from services.branding.terms import access
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.database.table import Page


async def page(tx: Transaction, sale: str, size: int, token: str) -> tuple[Page[Sale], Mapping[UUID, Takings]]:
    """Sales of the caller's agency, of all for administrators, or one of them, the newest first, with their sums.

    Errors: SALE_NOT_FOUND, NOT_YOURS, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    if sale:
        one = await selling.known(tx, sale)
        access.require_seller(tx, one.agency)
        found = Page([one])
    elif tx.scope is Scope.ANY:
        found = await sales.page(tx, size, token)
    else:
        found = await sales.page(tx, size, token, agency=tx.agency) if tx.agency else Page([])
    return found, await store.of_sales(tx, [one.id for one in found.rows])
