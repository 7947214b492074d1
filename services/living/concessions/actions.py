"""What can be done with concessions: one function per use case."""

from datetime import date, datetime
from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import DomainError, conflict, invalid, not_found
from services.kit.interest import require_disinterested
from services.kit.rpc import etag as etags
from services.living.concessions import access, model, store
from services.living.concessions.model import Concession, State
from services.living.fares import terms
from services.living.fares.terms import Terms


def day_of(tx: Transaction, at: datetime | None = None) -> date:
    """The city's day of an instant; today without one."""
    return (at or tx.now).astimezone(tx.runtime.city.timezone).date()


async def create(tx: Transaction, rider: str, proof: str) -> Concession:
    """The caller asks for a class. Errors: RIDES_OFF, RIDER_UNKNOWN, CONCESSION_WAITING."""
    known = terms.required(tx.runtime.city)
    if known.concession(rider) is None:
        classes = ", ".join(one.rider for one in known.settings.concessions)
        raise invalid("RIDER_UNKNOWN", f"The city grants these classes: {classes or 'none'}.", field="rider")
    made = Concession(
        id=ids.uuid7(),
        version=1,
        state=State.WAITING,
        owner=tx.caller.subject,
        rider=rider,
        proof=proof,
        first_day=None,
        last_day=None,
        note="",
        decided_by="",
        created_at=tx.now,
        updated_at=tx.now,
        code=model.new_code(tx.runtime.city.code_prefix),
    )
    if not await store.add(tx, made):
        raise conflict("CONCESSION_WAITING", "You have asked for this class already; an officer decides on it.")
    return made


async def get(tx: Transaction, id_: str) -> Concession:
    """One that the caller may see. Errors: RIDES_OFF, CONCESSION_NOT_FOUND, also for what is somebody else's."""
    return await _seen(tx, id_, terms.required(tx.runtime.city))


async def page(
    tx: Transaction, state: State | None, size: int, token: str, *, own: bool = False, code: str = ""
) -> Page[Concession]:
    """For the transport agency those in a state, of all, or the one that waits with a code; else, or where they are
    asked for, the caller's own.

    Errors: RIDES_OFF, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    office = access.is_office(tx, terms.required(tx.runtime.city))
    if code and office:
        found = await store.waiting_with(tx, model.parse_code(tx.runtime.city.code_prefix, code))
        return Page([found] if found else [])
    if office and not own:
        return await store.page(tx, state or State.WAITING, "", size, token)
    return await store.page(tx, state, tx.caller.subject, size, token)


async def grant(tx: Transaction, id_: str, etag: str, last_day: str, note: str) -> Concession:
    """An officer has seen the proof. Errors: as ``get``, NOT_YOURS, OWN_MATTER, ETAG_REQUIRED, STALE_ETAG,
    RIDER_NOT_GRANTED and those of the model.
    """
    known = terms.required(tx.runtime.city)
    before = await _decidable(tx, id_, etag, known)
    try:
        last = date.fromisoformat(last_day)
    except ValueError as error:
        raise invalid("DAY_INVALID", "There is no such day. Give it as 2027-06-30.", field="last_day") from error
    concession = known.concession(before.rider)
    if concession is None:
        raise invalid("RIDER_NOT_GRANTED", "The city no longer grants this class. Decline it.", field="id")
    done = model.grant(before, last, concession.days, note, tx.caller.subject, tx.now, day_of(tx))
    await store.save(tx, done)
    return done


async def decline(tx: Transaction, id_: str, etag: str, note: str) -> Concession:
    """It is not granted, or no longer. Errors: as ``grant``."""
    before = await _decidable(tx, id_, etag, terms.required(tx.runtime.city))
    done = model.decline(before, note, tx.caller.subject, tx.now, day_of(tx))
    await store.save(tx, done)
    return done


async def take_back(tx: Transaction, id_: str) -> UUID:
    """Who asked for it takes it back while it waits; its id. Errors: as ``get``, INVALID_TRANSITION."""
    before = await _seen(tx, id_, terms.required(tx.runtime.city), lock=True)
    if before.owner != tx.caller.subject:
        raise _unknown()
    model.require_waiting(before)
    await store.remove(tx, before.id)
    return before.id


async def _decidable(tx: Transaction, id_: str, etag: str, known: Terms) -> Concession:
    before = await _seen(tx, id_, known, lock=True)
    access.require_office(tx, known)
    require_disinterested(tx.caller, before.owner)
    etags.require(etag, before.version)
    return before


async def _seen(tx: Transaction, id_: str, known: Terms, *, lock: bool = False) -> Concession:
    parsed = ids.parse(id_)
    found = await store.get(tx, parsed, lock=lock) if parsed else None
    if found is None or not access.may_see(tx, known, found.owner):
        raise _unknown()
    return found


def _unknown() -> DomainError:
    return not_found("CONCESSION_NOT_FOUND", "There is no such concession for you.", field="id")
