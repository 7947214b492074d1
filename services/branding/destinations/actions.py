"""What can be done with destinations: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from services.branding.advisories import actions as advisories
from services.branding.advisories import model as advisory_model
from services.branding.advisories.actions import Said
from services.branding.advisories.model import Advisory
from services.branding.destinations import listing, model, store
from services.branding.destinations.listing import Wanted
from services.branding.destinations.model import Destination
from services.branding.destinations.profile import DestinationRow, destinations_of
from services.branding.destinations.store import Found
from services.branding.photos import store as photos
from services.branding.photos.model import Photo
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found


class Shown(NamedTuple):
    """A destination, what visitors should know now, and what it looks like."""

    found: Found
    advisories: Sequence[Advisory] = ()
    photos: Sequence[Photo] = ()


async def get(tx: Transaction, name: str) -> Shown:
    """One by its id or code. Errors: DESTINATION_NOT_FOUND."""
    return await shown(tx, await known(tx, name))


async def page(tx: Transaction, wanted: Wanted, size: int, token: str) -> Page[Shown]:
    """Destinations by distance, or by name. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    found = await listing.page(tx, wanted, size, token)
    told = await advisories.active(tx)
    seen = await photos.of(tx, [one.destination.id for one in found.rows])
    return Page([_with(one, told, seen.get(one.destination.id, ())) for one in found.rows], found.token)


async def known(tx: Transaction, name: str, *, lock: bool = False) -> Destination:
    """A destination by its id or code. Errors: DESTINATION_NOT_FOUND."""
    found = await store.find(tx, name, lock=lock)
    if found is None:
        message = "There is no such destination; the list is at /v1/destinations."
        raise not_found("DESTINATION_NOT_FOUND", message, field="destination")
    return found


async def shown(tx: Transaction, one: Destination) -> Shown:
    """A destination with what visitors should know now, and what it looks like."""
    seen = await photos.of(tx, [one.id])
    return _with(Found(one), await advisories.active(tx), seen.get(one.id, ()))


async def advise(tx: Transaction, name: str, said: Said) -> tuple[Advisory, Destination | None]:
    """Tells visitors something, of a destination where one is named. Errors: DESTINATION_NOT_FOUND, as ``create``."""
    about = await known(tx, name) if name else None
    return await advisories.create(tx, said._replace(destination=about.id if about else None)), about


async def named(tx: Transaction, told: Sequence[Advisory]) -> list[tuple[Advisory, Destination | None]]:
    """Advisories with the destinations that they are about, where they are about one."""
    wanted = {one.destination for one in told if one.destination}
    found = await store.by_ids(tx, wanted) if wanted else {}
    return [(one, found.get(one.destination) if one.destination else None) for one in told]


async def enter_profile(tx: Transaction) -> None:
    """Enters the destinations of the city's profile that are new, and changes those whose rows say something else.

    What officers have set stands; what is no longer in the profile stays as it is.
    """
    rows = destinations_of(tx.runtime.city)
    await tx.one_at_a_time("profile of destinations")
    there = await store.by_codes(tx, [row.code for row in rows], lock=True)
    for row in rows:
        entered, before = _entered(tx, row), there.get(row.code)
        if before is None:
            await store.save(tx, entered)
            continue
        after = replace(entered, id=before.id, version=before.version, created_at=before.created_at,
                        updated_at=before.updated_at, corrected=before.corrected)  # fmt: skip
        if before.corrected:
            after = replace(after, content=before.content, timed=before.timed, closed=before.closed)
        if after != before:
            await store.save(tx, replace(after, version=before.version + 1, updated_at=tx.now))


def _with(found: Found, told: Sequence[Advisory], seen: Sequence[Photo]) -> Shown:
    one = found.destination
    return Shown(found, advisory_model.of(told, one.id, one.area), seen)


def _entered(tx: Transaction, row: DestinationRow) -> Destination:
    here = tx.runtime.city.locate(row.lon, row.lat)
    assert here is not None, "the profile holds nothing outside the city"
    content = row.content
    return Destination(
        id=ids.uuid7(),
        version=1,
        code=row.code,
        kind=row.kind,
        name=row.name,
        content=model.text_of(content),
        area=here.code,
        lon=row.lon,
        lat=row.lat,
        approximate=row.approximate,
        status=row.status,
        checked_on=row.checked,
        source=row.source,
        created_at=tx.now,
        updated_at=tx.now,
        timed=bool(content.hours),
    )
