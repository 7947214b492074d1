"""What can be done with callers' data. Plaintext leaves this room to the reader alone, who is written down."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from services.governance.callers import store
from services.governance.callers.model import Caller, Read
from services.governance.contacts import model as contacts
from services.governance.resources import resources
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found
from services.kit.mail import sealing

KEY_WITHIN_S = 1.5
"""How long a call waits for the key that seals who called."""


async def seal(tx: Transaction, call: UUID, name: str, phone: str) -> bytes | None:
    """Who called, the number as heard, sealed; None where nothing was told or no key came in time.

    A call is taken without who called rather than late. Only the key is written here: nobody waits for who waits.
    Errors: CONTACT_INVALID.
    """
    given = Caller(contacts.contact(name, "", "", within="").name, phone)
    if not (given.name or given.phone):
        return None
    key = await resources(tx.runtime).keys.create_within(call, KEY_WITHIN_S)
    return sealing.seal(key, call, msgspec.json.encode(given)) if key is not None else None


async def keep(tx: Transaction, call: UUID, caller: bytes) -> None:
    """Keeps who called, as ``seal`` made it."""
    await store.add(tx, call, caller)


async def named(tx: Transaction, call: UUID) -> Caller | None:
    """Who called, to be taken out of what was written before it is erased: it leaves the pillar to nobody."""
    sealed = await store.sealed(tx, call)
    key = await resources(tx.runtime).keys.find(call) if sealed is not None else None
    if sealed is None or key is None:
        return None
    return msgspec.json.decode(sealing.unseal(key, call, sealed), type=Caller)


async def read(tx: Transaction, call: UUID, purpose: str) -> Caller:
    """Who called; the read is written down in the same transaction. Errors: CALLER_MISSING."""
    found = await named(tx, call)
    if found is None:
        raise not_found("CALLER_MISSING", "Nobody told who called, or it was erased.")
    await store.add_read(tx, Read(ids.uuid7(), call, tx.now, "dispatcher", tx.caller.subject, purpose))
    return found


async def reads(tx: Transaction, call: UUID, size: int, token: str) -> Page[Read]:
    """Who read it. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.reads(tx, call, size, token)


async def erase(tx: Transaction, calls: Sequence[UUID]) -> None:
    """Destroys the keys, which makes every copy unreadable. They go first: a crash now leaves what nobody reads."""
    await resources(tx.runtime).keys.destroy(calls)
    await store.drop(tx, calls)
