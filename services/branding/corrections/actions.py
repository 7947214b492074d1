"""What can be done with corrections of destinations: one function per use case."""

from services.branding.city_events import access
from services.branding.corrections import model, store
from services.branding.corrections.model import Correction, State
from services.branding.destinations import actions as destinations
from services.branding.destinations import model as destination_model
from services.branding.destinations import store as destination_store
from services.branding.destinations.model import Content, Destination
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, not_found
from services.kit.rpc import etag as etags


async def create(tx: Transaction, name: str, proposal: Content, reason: str) -> tuple[Correction, Destination]:
    """Somebody says what should be said. Errors: DESTINATION_NOT_FOUND and those of the models."""
    destination_model.check(proposal)
    of = await destinations.known(tx, name, lock=True)
    by = "" if tx.caller.has("anonymous") else tx.caller.subject
    own = await _waiting_by(tx, by) if by else 0
    model.worth(of.said, proposal, await store.waiting_of(tx, of.id), own)
    made = Correction(
        id=ids.uuid7(),
        version=1,
        state=State.WAITING,
        destination=of.id,
        content=destination_model.text_of(proposal),
        reason=reason,
        by=by,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(tx, made)
    return made, of


async def _waiting_by(tx: Transaction, subject: str) -> int:
    """How many of a login wait, counted one after the other."""
    await tx.one_at_a_time(f"corrections by {subject}")
    return await store.waiting_by(tx, subject)


async def get(tx: Transaction, id_: str, *, lock: bool = False) -> Correction:
    """One of them. Errors: EVENT_OFFICE_ONLY, CORRECTION_NOT_FOUND."""
    _office(tx)
    known = ids.parse(id_)
    found = await store.get(tx, known, lock=lock) if known else None
    if found is None:
        raise not_found("CORRECTION_NOT_FOUND", "There is no such correction.", field="id")
    return found


async def page(tx: Transaction, state: State, size: int, token: str) -> Page[Correction]:
    """Those in a state. Errors: EVENT_OFFICE_ONLY, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    _office(tx)
    return await store.page(tx, state, size, token)


async def decide(tx: Transaction, id_: str, etag: str, state: State, note: str) -> Correction:
    """An officer decides; accepted, the destination is as it says. Errors: as ``get``, STALE_ETAG, the model's."""
    before = await get(tx, id_, lock=True)
    etags.require(etag, before.version)
    done = model.decided(before, state, note, tx.caller.subject, tx.now)
    if state is State.ACCEPTED:
        of = await destinations.known(tx, str(before.destination), lock=True)
        today = tx.now.astimezone(tx.runtime.city.timezone).date()
        await destination_store.save(tx, destination_model.corrected(of, before.proposal, tx.now, today))
    await store.save(tx, done)
    return done


def _office(tx: Transaction) -> None:
    if not access.publishes(tx):
        message = "Only officers of the office that answers for events and destinations do this (events.toml)."
        raise forbidden("EVENT_OFFICE_ONLY", message)
