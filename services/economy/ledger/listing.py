"""Lists: accounts, and the statement of one."""

from collections.abc import Sequence
from uuid import UUID

from services.economy.ledger import store
from services.economy.ledger.model import Account, Entry
from services.kit import paging
from services.kit.database import Transaction


async def accounts(tx: Transaction, kinds: Sequence[str], size: int, token: str) -> tuple[list[Account], str]:
    """A page of accounts of these kinds (none: of all), the oldest first, and the token of the next one.

    Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    most, wanted = paging.page_size(size), ("accounts", tuple(kinds))
    place = paging.after(token, wanted)
    found = await store.page(tx, kinds, place, most + 1)
    if len(found) <= most:
        return found, ""
    last = found[most - 1]
    return found[:most], paging.token((last.created_at, last.id), wanted)


async def entries(tx: Transaction, account: Account, size: int, token: str) -> tuple[list[Entry], str]:
    """A page of an account's entries, the newest first, and the token of the next one. Errors as above."""
    most, wanted = paging.page_size(size), ("entries", account.id)
    place = paging.after(token, wanted)
    below = place[1].int if place else account.entries + 1
    found = await store.statement(tx, account.id, min(below, account.entries + 1), most + 1)
    if len(found) <= most:
        return found, ""
    # An entry's place is its number, which stands in the token where other lists have an identifier.
    return found[:most], paging.token((None, UUID(int=found[most - 1].number)), wanted)
