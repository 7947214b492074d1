"""What can be done with corrections: one function per use case."""

from dataclasses import replace

from services.kit import ids
from services.kit.city import opening_hours as hours
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import forbidden, invalid, not_found
from services.kit.rpc import etag as etags
from services.living.corrections import model, store
from services.living.corrections.model import Correction, State
from services.living.facilities import actions as facilities
from services.living.facilities import model as facility_model
from services.living.facilities.model import Facility, Proposal


async def create(tx: Transaction, name: str, proposal: Proposal, reason: str) -> tuple[Correction, Facility]:
    """Somebody says what is wrong about a facility.

    Errors: FACILITY_NOT_FOUND, OUTSIDE_THE_CITY, OPENING_HOURS_INVALID and those of the model.
    """
    proposal = _sound(tx, proposal)
    by = "" if tx.caller.has("anonymous") else tx.caller.subject
    facility = await facilities.known(tx, name, lock=True)
    own = await _waiting_by(tx, by) if by else 0
    model.worth(facility, proposal, await store.waiting_of(tx, facility.id), own)
    made = Correction(
        id=ids.uuid7(),
        version=1,
        state=State.WAITING,
        facility=facility.id,
        agency=facility.agency,
        name=proposal.name,
        lon=proposal.lon,
        lat=proposal.lat,
        area=proposal.area,
        hours=proposal.hours,
        access=proposal.access,
        closed=proposal.closed,
        reason=reason,
        by=by,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(tx, made)
    return made, facility


async def get(tx: Transaction, id_: str) -> Correction:
    """One of the caller's agency. Errors: CORRECTION_NOT_FOUND, FORBIDDEN NOT_YOURS."""
    return await _own(tx, id_)


async def page(tx: Transaction, state: State, size: int, token: str) -> Page[Correction]:
    """Those of the caller's agency in a state. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    agency = tx.agency
    return Page([]) if agency is None else await store.page(tx, state, agency, size, token)


async def accept(tx: Transaction, id_: str, etag: str, note: str) -> Correction:
    """It is right: the facility is as it says from now on; one that is so by then stays as it is. Errors: as ``get``,
    ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    before = await _own(tx, id_, lock=True)
    etags.require(etag, before.version)
    facility = await facilities.known(tx, str(before.facility), lock=True)
    done = model.accept(before, facility, note, tx.caller.subject, tx.now)
    after = facility_model.corrected(facility, before.proposal, tx.now)
    if changed := facility_model.fields_changed(facility, after):
        await facilities.save(tx, after, changed, before.id)
    await store.save(tx, done)
    return done


async def decline(tx: Transaction, id_: str, etag: str, note: str) -> Correction:
    """It is not right: the facility stays as it is. Errors: as ``accept``."""
    before = await _own(tx, id_, lock=True)
    etags.require(etag, before.version)
    done = model.decline(before, note, tx.caller.subject, tx.now)
    await store.save(tx, done)
    return done


async def _waiting_by(tx: Transaction, subject: str) -> int:
    """How many of a login wait, counted one after the other."""
    await tx.one_at_a_time(f"corrections by {subject}")
    return await store.waiting_by(tx, subject)


async def _own(tx: Transaction, id_: str, *, lock: bool = False) -> Correction:
    known = ids.parse(id_)
    found = await store.get(tx, known, lock=lock) if known else None
    if found is None:
        raise not_found("CORRECTION_NOT_FOUND", "There is no such correction.", field="id")
    if not tx.allows(found.agency):
        raise forbidden("NOT_YOURS", "Only the agency that answers for this facility can do this.")
    return found


def _sound(tx: Transaction, proposal: Proposal) -> Proposal:
    """A proposal with the kelurahan of its point. Errors: OUTSIDE_THE_CITY, OPENING_HOURS_INVALID."""
    if proposal.hours:
        hours.parse(proposal.hours)
    if proposal.lon is None or proposal.lat is None:
        return proposal
    area = tx.runtime.city.locate(proposal.lon, proposal.lat)
    if area is None:
        raise invalid("OUTSIDE_THE_CITY", "This point lies outside the city.", field="location")
    return replace(proposal, area=area.code)
