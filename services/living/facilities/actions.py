"""What can be done with a facility: one function per use case."""

from uuid import UUID

from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found
from services.living.facilities import events, listing, model, store
from services.living.facilities.listing import Wanted
from services.living.facilities.model import Change, Facility, Field
from services.living.facilities.profile import FacilityRow, facilities_of
from services.living.facilities.store import Found


async def get(tx: Transaction, name: str) -> tuple[Facility, list[Change]]:
    """A facility by its id or code, and its latest changes. Errors: FACILITY_NOT_FOUND."""
    facility = await known(tx, name)
    return facility, await store.changes(tx, facility.id)


async def page(tx: Transaction, wanted: Wanted, size: int, token: str) -> Page[Found]:
    """Facilities by distance, or by name. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await listing.page(tx, wanted, size, token)


async def known(tx: Transaction, name: str, *, lock: bool = False) -> Facility:
    """A facility by its id or code. Errors: FACILITY_NOT_FOUND."""
    found = await store.find(tx, name, lock=lock)
    if found is None:
        message = "There is no such facility; the list is at /v1/facilities."
        raise not_found("FACILITY_NOT_FOUND", message, field="facility")
    return found


async def enter_profile(tx: Transaction) -> None:
    """Enters the facilities of the city's profile that are new, and changes those whose rows say something else.

    What officers have set stands; what is no longer in the profile stays as it is.
    """
    rows = facilities_of(tx.runtime.city)
    await tx.one_at_a_time("profile of facilities")
    there = await store.by_codes(tx, [row.code for row in rows])
    for row in rows:
        entered, before = _facility(tx, row), there.get(row.code)
        if before is None:
            await save(tx, entered, (Field.ENTERED,))
        elif (after := model.renewed(before, entered, tx.now)) is not before:
            await save(tx, after, model.fields_changed(before, after))


async def save(tx: Transaction, facility: Facility, fields: tuple[Field, ...], correction: UUID | None = None) -> None:
    """Writes a facility and what changed, and tells of it."""
    change = Change(facility.id, facility.version, tx.now, tuple(one.value for one in fields), correction)
    await store.save(tx, facility, change)
    event = events.changed(facility, change, tx.runtime.city)
    tx.emit(event, aggregate=str(facility.id), version=facility.version, correlation=str(facility.id))


def _facility(tx: Transaction, row: FacilityRow) -> Facility:
    area = None if row.lon is None or row.lat is None else tx.runtime.city.locate(row.lon, row.lat)
    return Facility(
        id=ids.uuid7(),
        version=1,
        code=row.code,
        kind=row.kind,
        name=row.name,
        agency=row.agency,
        area=area.code if area else row.area,
        lon=row.lon,
        lat=row.lat,
        approximate=row.approximate,
        hours=row.hours,
        hours_planned=row.hours_planned,
        access=row.accessible,
        status=row.status,
        checked_on=row.checked,
        note=row.note,
        source=row.source,
        created_at=tx.now,
        updated_at=tx.now,
    )
