"""Lists: accounts, and the statement of one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.economy.ledger import store
from services.economy.ledger.model import Account, Entry
from services.kit.database import Transaction, paging
from services.kit.database.table import Keyset, Page

_OLDEST: Keyset[Account] = Keyset({"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id))
_NEWEST: Keyset[Entry] = Keyset({"number": int}, of=lambda one: (one.number,), descending=True)


async def accounts(tx: Transaction, kinds: Sequence[str], size: int, token: str) -> Page[Account]:
    """A page of accounts of these kinds (none: of all), the oldest first.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    most, wanted = paging.page_size(size), ("accounts", tuple(kinds))
    found = await store.page(tx, kinds, _OLDEST.after(token, wanted), most + 1)
    return _OLDEST.cut(found, most, wanted)


async def entries(tx: Transaction, account: Account, size: int, token: str) -> Page[Entry]:
    """A page of an account's entries, the newest first. Errors as above."""
    most, wanted = paging.page_size(size), ("entries", account.id)
    last = account.entries + 1
    (before,) = _NEWEST.after(token, wanted) or (last,)
    found = await store.statement(tx, account.id, min(before, last), most + 1)
    return _NEWEST.cut(found, most, wanted)
