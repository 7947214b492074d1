"""What can be done with a vehicle: one function per use case."""

from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, not_found
from services.kit.impersonal import require_impersonal
from services.kit.rpc import etag as etags
from services.living.vehicles import events, model, profile, store
from services.living.vehicles.model import Told, Vehicle


async def get(tx: Transaction, id_: str) -> Vehicle:
    """A vehicle of the caller's agency. Errors: VEHICLE_NOT_FOUND."""
    return await _own(tx, id_)


async def page(tx: Transaction, size: int, token: str) -> Page[Vehicle]:
    """Vehicles by their ids; officers see their agency's. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    agency = tx.agency
    return Page([]) if agency is None else await store.page(tx, agency, size, token)


async def register(tx: Transaction, id_: str, agency: str, told: Told, *, simulated: bool) -> Vehicle:
    """Registers a vehicle: officers for their own agency, which must be one that runs vehicles. One that this agency
    has retired is registered again.

    Errors: AGENCY_REQUIRED, NOT_AN_OPERATOR, WORDS_PERSONAL, NAME_TAKEN.
    """
    of = agency if tx.agency == "" else tx.agency
    if not of:
        raise invalid("AGENCY_REQUIRED", "Say which agency runs it, by its id.", field="agency")
    if of not in profile.operators(tx.runtime.city):
        message = "This agency runs no vehicles: `operators` in transit.toml of the city's profile names those that do."
        raise forbidden("NOT_AN_OPERATOR", message, agency=of)
    require_impersonal(told.label, "label")
    await tx.one_at_a_time(f"vehicle {id_}")
    before = await store.find(tx, id_, lock=True)
    if before is not None and (before.retired_at is None or before.agency != of):
        raise conflict("NAME_TAKEN", "Another vehicle of the city has this id; choose one of its own.", field="id")
    if before is not None:
        vehicle = model.register_again(before, told, simulated, tx.now)
    else:
        vehicle = Vehicle(
            id=id_, version=1, agency=of, simulated=simulated, created_at=tx.now, updated_at=tx.now, **vars(told)
        )
    await store.save(tx, vehicle)
    tx.emit(events.registered(vehicle), aggregate=id_, version=vehicle.version, correlation=id_)
    return vehicle


async def update(tx: Transaction, id_: str, etag: str, told: Told) -> Vehicle:
    """Corrects what was told of a vehicle. Errors: VEHICLE_NOT_FOUND, VEHICLE_RETIRED, ETAG_REQUIRED, STALE_ETAG,
    WORDS_PERSONAL.
    """
    require_impersonal(told.label, "label")
    vehicle = model.update(await _own(tx, id_, etag), told, tx.now)
    await store.save(tx, vehicle)
    tx.emit(events.updated(vehicle), aggregate=id_, version=vehicle.version, correlation=id_)
    return vehicle


async def issue_credential(tx: Transaction, id_: str, etag: str) -> Vehicle:
    """Gives a vehicle a password; the one before counts no more.

    Errors: VEHICLE_NOT_FOUND, VEHICLE_RETIRED, ETAG_REQUIRED, STALE_ETAG.
    """
    vehicle = model.issue(await _own(tx, id_, etag), tx.now)
    await store.save(tx, vehicle)
    tx.emit(events.credential_issued(vehicle), aggregate=id_, version=vehicle.version, correlation=id_)
    return vehicle


async def revoke_credential(tx: Transaction, id_: str, etag: str) -> Vehicle:
    """Takes a vehicle's password away. Errors: as ``issue_credential``, CREDENTIAL_MISSING."""
    vehicle = model.revoke(await _own(tx, id_, etag), tx.now)
    await store.save(tx, vehicle)
    tx.emit(events.credential_revoked(vehicle), aggregate=id_, version=vehicle.version, correlation=id_)
    return vehicle


async def retire(tx: Transaction, id_: str, etag: str, reason: str) -> Vehicle:
    """Retires a vehicle, and forgets where it is.

    Errors: VEHICLE_NOT_FOUND, VEHICLE_RETIRED, ETAG_REQUIRED, STALE_ETAG.
    """
    vehicle = model.retire(await _own(tx, id_, etag), reason, tx.now)
    await store.save(tx, vehicle)
    await store.forget(tx, id_)
    tx.emit(events.retired(vehicle), aggregate=id_, version=vehicle.version, correlation=id_)
    return vehicle


async def _own(tx: Transaction, id_: str, etag: str | None = None) -> Vehicle:
    """A vehicle of the caller's agency, which for others does not exist; locked where it is about to change."""
    vehicle = await store.find(tx, id_, lock=etag is not None)
    if vehicle is None or not tx.allows(vehicle.agency):
        message = "There is no such vehicle for you; the list is at /v1/vehicle-registrations."
        raise not_found("VEHICLE_NOT_FOUND", message, field="id")
    if etag is not None:
        etags.require(etag, vehicle.version)
    return vehicle
