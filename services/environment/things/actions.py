"""What can be done with a thing: one function per use case."""

from collections.abc import Collection, Sequence
from uuid import UUID

from google.protobuf.message import Message

from services.environment.things import events, model, store
from services.environment.things.model import Kind, Location, Site, Thing
from services.kit import ids
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, forbidden, invalid, not_found
from services.kit.rpc import etag as etags

_NO_THING = "There is no such thing; the list is at /v1/things."


async def get(tx: Transaction, name: str) -> tuple[Thing, list[Location]]:
    """A thing by its id or code, and where it stands and stood. Errors: THING_NOT_FOUND."""
    thing = await known(tx, name)
    return thing, await store.locations(tx, thing)


async def page(
    tx: Transaction, kinds: Sequence[Kind], area: str, size: int, token: str, *, agency: str = "", retired: bool
) -> Page[Thing]:
    """Things by their codes. Errors: AREA_UNKNOWN, AGENCY_UNKNOWN, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    areas = _areas(tx.runtime.city, area) if area else []
    if agency and agency not in tx.runtime.city.agencies:
        raise invalid("AGENCY_UNKNOWN", "The city has no such agency.", field="agency")
    return await store.page(tx, kinds, areas, size, token, agency=agency, retired=retired)


async def page_locations(tx: Transaction, size: int, token: str) -> Page[Location]:
    """Where all things stand and stood. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    return await store.page_locations(tx, size, token)


async def register(
    tx: Transaction, code: str, kind: Kind, name: str, description: str, lon: float, lat: float
) -> Thing:
    """Registers a thing for the caller's agency. Errors: NOT_YOURS, CODE_INVALID, OUTSIDE_THE_CITY, CODE_TAKEN."""
    if not tx.caller.agency:
        raise forbidden("NOT_YOURS", "Your login names no agency; ask an administrator to add it.")
    if ids.parse(code) is not None:
        raise invalid("CODE_INVALID", "This code reads like an id; choose one that says what it is.", field="code")
    site = _site(tx, lon, lat)
    await tx.one_at_a_time(f"thing {code}")
    if await store.find(tx, code) is not None:
        raise conflict("CODE_TAKEN", "Another thing of the city has this code; choose one of its own.", field="code")
    thing = Thing(
        id=ids.uuid7(),
        version=1,
        code=code,
        kind=kind,
        name=name,
        description=description,
        agency=tx.caller.agency,
        area=site.area,
        lon=site.lon,
        lat=site.lat,
        created_at=tx.now,
        updated_at=tx.now,
    )
    return await enter(tx, thing)


async def enter(tx: Transaction, thing: Thing) -> Thing:
    """Writes a new thing, and tells of it."""
    await _save(tx, thing, events.registered(thing, tx.runtime.city))
    await store.stands(tx, model.location(thing, tx.now))
    return thing


async def move(tx: Transaction, name: str, etag: str, lon: float, lat: float, note: str) -> Thing:
    """Says where a thing stands. Errors: as ``own``, OUTSIDE_THE_CITY and those of the model."""
    thing = model.move(await _locked(tx, name, etag), _site(tx, lon, lat), tx.now)
    await _save(tx, thing, events.moved(thing, tx.runtime.city))
    await store.stands(tx, model.location(thing, tx.now, note))
    return thing


async def retire(tx: Transaction, name: str, etag: str, reason: str) -> Thing:
    """Retires a thing; its devices are revoked when the event arrives. Errors: as ``own``, and those of the model."""
    thing = model.retire(await _locked(tx, name, etag), reason, tx.now)
    return await _save(tx, thing, events.retired(thing))


async def known(tx: Transaction, name: str, *, lock: bool = False) -> Thing:
    """A thing by its id or code. Errors: THING_NOT_FOUND."""
    thing = await store.find(tx, name, lock=lock)
    if thing is None:
        raise not_found("THING_NOT_FOUND", _NO_THING, field="thing")
    return thing


async def every(tx: Transaction, names: Sequence[str]) -> list[Thing]:
    """Things by their ids or codes, each once. Errors: THING_NOT_FOUND."""
    found = await store.find_all(tx, names)
    known = {one.code for one in found} | {one.id for one in found}
    if any((ids.parse(name) or name) not in known for name in names):
        raise not_found("THING_NOT_FOUND", _NO_THING, field="thing")
    return found


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Thing]:
    """Things by their ids."""
    return await store.by_ids(tx, wanted)


async def of_kind(tx: Transaction, name: str, kind: Kind) -> Thing | None:
    """A thing by its id or code, where it is of that kind."""
    thing = await store.find(tx, name)
    return thing if thing is not None and thing.kind is kind else None


async def own(tx: Transaction, name: str, *, lock: bool = False) -> Thing:
    """A thing that is the caller's to change. Errors: THING_NOT_FOUND, FORBIDDEN NOT_YOURS."""
    thing = await known(tx, name, lock=lock)
    require_own(tx, thing)
    return thing


def require_own(tx: Transaction, thing: Thing) -> None:
    """Lets pass a thing that the caller's agency runs. Errors: FORBIDDEN NOT_YOURS."""
    if not tx.allows(thing.agency):
        raise forbidden("NOT_YOURS", "Only the agency that runs this thing can do this.")


async def _locked(tx: Transaction, name: str, etag: str) -> Thing:
    thing = await own(tx, name, lock=True)
    etags.require(etag, thing.version)
    return thing


def _areas(city: City, code: str) -> list[str]:
    """The areas within which things stand; none where every thing stands in it."""
    found = city.area(code)
    if found is None:
        raise invalid("AREA_UNKNOWN", "No area of the city has this code.", field="area")
    if not found.parent:
        return []
    return [one.code for one in city.children(code)] or [code]


def _site(tx: Transaction, lon: float, lat: float) -> Site:
    area = tx.runtime.city.locate(lon, lat)
    if area is None:
        raise invalid("OUTSIDE_THE_CITY", "This point lies outside the city.", field="location")
    return Site(area.code, lon, lat)


async def _save(tx: Transaction, thing: Thing, event: Message) -> Thing:
    await store.save(tx, thing)
    tx.emit(event, aggregate=str(thing.id), version=thing.version, correlation=str(thing.id))
    return thing
