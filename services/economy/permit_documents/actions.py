"""What can be done with documents: one function per use case."""

from uuid import UUID

from services.economy.permit_documents import model, store
from services.economy.permit_documents.model import Document
from services.economy.permits import access, kinds, moving
from services.economy.permits import store as permits
from services.economy.permits.model import Party, Permit
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, conflict, not_found


async def check(tx: Transaction, code: str, document: str, id_: UUID) -> bool:
    """Whether a photo is there already; refuses one that the caller may not add. Errors: those of ``add``."""
    permit = await _own(tx, code)
    there = await store.of(tx, permit.id)
    known = {one.id for one in there} & {id_}
    model.check(kinds.rules_for(tx, permit).kind, document, there, known)
    return bool(known)


async def add(tx: Transaction, code: str, wanted: Document) -> Document:
    """Adds one to the caller's application; the same photo of a document once, however often it is sent. What was
    checked before is then checked from the start.

    Errors: PERMIT_NOT_FOUND, INVALID_TRANSITION, PHOTO_EXISTS and those of the model.
    """
    permit = await _own(tx, code, lock=True)
    there = await store.of(tx, permit.id)
    if same := model.same(wanted, there):
        return same
    model.check(kinds.rules_for(tx, permit).kind, wanted.document, there, ())
    made = Document(**{**vars(wanted), "permit": permit.id, "created_at": tx.now})
    if not await store.add(tx, made):
        raise conflict("PHOTO_EXISTS", "There is a photo with this id already. Give each photo an id of its own.")
    if (unchecked := moving.adding(permit)) != permit:
        await permits.save(tx, unchecked)
    return made


async def read(tx: Transaction, code: str, id_: str) -> Document:
    """One that the caller may see; that an officer looked is kept, once a day, and shown to the applicant.

    Errors: PERMIT_NOT_FOUND, PHOTO_UNKNOWN.
    """
    permit = await access.known(tx, code)
    parsed = ids.parse(id_)
    found = await store.get(tx, permit.id, parsed) if parsed else None
    if found is None:
        raise _unknown()
    if permit.owner != tx.caller.subject:
        party = Party.CHECKER if Party.CHECKER in access.parties(tx, permit) else Party.DECIDER
        step = permits.Step(
            ids.uuid7(), permit.id, "read", party, tx.caller.agency, tx.caller.subject, found.document, tx.now
        )
        if not await permits.looked(tx, step, tx.now - model.LOOKED):
            await permits.note(tx, step)
    return found


async def remove(tx: Transaction, code: str, id_: str) -> str:
    """Takes one out while the caller has the application; its id. Errors: those of ``DeletePermitDocument``."""
    permit = await _own(tx, code, lock=True)
    parsed = ids.parse(id_)
    if parsed is None or not await store.remove(tx, permit.id, parsed):
        raise _unknown()
    await permits.save(tx, moving.exchanging(permit, tx.now))
    return str(parsed)


async def _own(tx: Transaction, code: str, *, lock: bool = False) -> Permit:
    permit = await access.known(tx, code, lock=lock)
    if permit.owner != tx.caller.subject:
        raise access.unknown()
    model.require_open(permit)
    return permit


def _unknown() -> DomainError:
    return not_found("PHOTO_UNKNOWN", "There is no such photo, or it is erased.", field="id")
