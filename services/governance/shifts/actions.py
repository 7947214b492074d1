"""Handing a shift over, and taking it over."""

from services.governance.handoffs import store as handoffs
from services.governance.incidents import store as incidents
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.shifts import model, store
from services.governance.shifts.model import Handover
from services.governance.units import store as units
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found
from services.kit.rpc import etag as etags


async def hand_over(tx: Transaction, note: str) -> Handover:
    """Writes down how things stand, and what the next one must know. Errors: NO_EMERGENCY_NUMBER."""
    protocol_of(tx.runtime.city)
    made = Handover(
        ids.uuid7(), 1, note, await incidents.count_open(tx), await units.working(tx), await handoffs.unanswered(tx),
        tx.caller.subject, tx.now,
    )  # fmt: skip
    await store.save(tx, made)
    await journal.note(tx, What.SHIFT_OVER)
    return made


async def take_over(tx: Transaction, id_: str, etag: str) -> Handover:
    """Somebody else goes on. Errors: SHIFT_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model."""
    given = ids.parse(id_)
    one = await store.get(tx, given, lock=True) if given else None
    if one is None:
        raise not_found("SHIFT_NOT_FOUND", "There is no such shift.", field="id")
    etags.require(etag, one.version)
    done = model.accepted(one, tx.caller.subject, tx.now)
    await store.save(tx, done)
    await journal.note(tx, What.SHIFT_TAKEN)
    return done


async def page(tx: Transaction, size: int, token: str) -> Page[Handover]:
    """All, the newest first. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.page(tx, size, token)
