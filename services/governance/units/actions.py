"""What can be done with units by themselves; what has to do with incidents is in ``assignments``."""

import asyncpg

from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.units import model, store
from services.governance.units.model import Crew, Unit
from services.kit import ids
from services.kit.caller import Caller, Scope
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, not_found
from services.kit.rpc import etag as etags


async def page(tx: Transaction, size: int, token: str) -> Page[Unit]:
    """Units that the caller may see, by their codes. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    agency = tx.agency
    return Page([]) if agency is None else await store.page(tx, agency, size, token)


async def create(tx: Transaction, code: str, name: str, service: str, *, made_up: bool = False) -> Unit:
    """Adds one to a service of the protocol. Errors: EMERGENCY_SERVICE_UNKNOWN, UNIT_EXISTS, NO_EMERGENCY_NUMBER."""
    whose = protocol_of(tx.runtime.city).service(service)
    made = model.create(ids.uuid7(), code, name, service, whose.agency, tx.now, made_up=made_up)
    if await store.by_code(tx, code) is not None:
        raise conflict("UNIT_EXISTS", f"There is a unit {code} already.", field="code")
    try:
        await store.save(tx, made)
    except asyncpg.UniqueViolationError as error:  # somebody else at the same time
        raise asyncpg.SerializationError("the code was taken") from error
    return made


async def sign_on(tx: Transaction, code: str) -> Unit:
    """The caller is its crew, and of no other unit. Errors: UNIT_NOT_FOUND, NOT_YOURS."""
    await tx.one_at_a_time("crews of emergency units")
    unit = await known(tx, code, lock=True)
    if not tx.allows(unit.agency):
        raise forbidden("NOT_YOURS", "Crews sign on to units of their own agency.")
    before = await store.of_crew(tx, tx.caller.subject, lock=True)
    if before is not None and before.id != unit.id:
        await store.save(tx, model.signed_off(before))
    done = model.signed_on(unit, tx.caller.subject, tx.now)
    await store.save(tx, done)
    if before is not None and before.id != unit.id:
        await journal.note(tx, What.SIGNED_OFF, before.incident, before.code)
    await journal.note(tx, What.SIGNED_ON, unit=code)
    return done


async def sign_off(tx: Transaction, code: str, crew_mark: str = "", etag: str = "") -> Unit:
    """Nobody is its crew any more: a dispatcher says so of the crew that they saw, a crew only off work.

    Errors: UNIT_NOT_FOUND, NOT_YOURS, STALE_ETAG, UNIT_NOT_FREE.
    """
    unit = await ours(tx, code)
    etags.match(etag, unit.version)
    if not unit.crew:
        return unit
    model.require_seen(unit, crew_mark)
    if tx.scope is not Scope.ANY:
        model.require_off_work(unit)
    done = model.signed_off(unit)
    await store.save(tx, done)
    await journal.note(tx, What.SIGNED_OFF, unit.incident, code)
    return done


async def known(tx: Transaction, code: str, *, lock: bool = False) -> Unit:
    """One by its code. Errors: UNIT_NOT_FOUND."""
    found = await store.by_code(tx, code, lock=lock)
    if found is None:
        raise not_found("UNIT_NOT_FOUND", "There is no unit with this code.", field="code")
    return found


def crew_of(caller: Caller) -> Crew:
    """As whose crew the caller comes."""
    return Crew(caller.subject, caller.agency)


async def ours(tx: Transaction, code: str) -> Unit:
    """One that the caller may move, locked: a dispatcher any, a crew their own. Errors: UNIT_NOT_FOUND, NOT_YOURS."""
    unit = await known(tx, code, lock=True)
    if tx.scope is not Scope.ANY and unit.crewed_by != crew_of(tx.caller):
        raise forbidden("NOT_YOURS", "Sign on to the unit first: its crew and dispatchers do this.")
    return unit
