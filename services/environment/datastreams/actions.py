"""What can be done with a datastream: one function per use case."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from services.environment.datastreams import model, store
from services.environment.datastreams.model import Correction, CorrectionKind, Datastream, Property, Reading
from services.environment.things import actions as things
from services.environment.things.model import Thing
from services.kit import ids
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import conflict, not_found, precondition
from services.kit.rpc import etag as etags


class Shown(NamedTuple):
    """A datastream with its thing, its latest reading as it is shown, and its corrections, the newest first."""

    datastream: Datastream
    thing: Thing
    latest: Reading | None
    corrections: Sequence[Correction] = ()


class Added(NamedTuple):
    """What a datastream is to be."""

    name: str
    property: Property
    sensor: str
    feature: str
    least: float
    most: float
    period: int
    made_up: bool = False
    """Only what a city's profile names can be."""


async def get(tx: Transaction, name: str) -> Shown:
    """A datastream with its corrections. Errors: DATASTREAM_NOT_FOUND."""
    datastream = await known(tx, name)
    return await _shown(tx, datastream, await things.known(tx, str(datastream.thing)))


async def page(
    tx: Transaction, of: Sequence[str], properties: Sequence[Property], size: int, token: str
) -> Page[Shown]:
    """Datastreams as they were added: those of one thing with their corrections, those of several in one page.

    Errors: THING_NOT_FOUND, PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID.
    """
    only = [one.id for one in await things.every(tx, of)] if of else []
    if len(only) > 1:
        several = await store.of_things(tx, only)
        found = Page([one for one in several if not properties or one.property in properties])
    else:
        found = await store.page(tx, only[0] if only else None, properties, size, token)
    numbers = [one.number for one in found.rows]
    latest, corrections = await store.latest(tx, numbers), await store.corrections_of(tx, numbers)
    known = await things.by_ids(tx, {one.thing for one in found.rows})
    whole = len(only) == 1
    return Page(
        [_made(one, known[one.thing], latest, corrections.get(one.number, ()), whole) for one in found.rows],
        found.token,
    )


async def add(tx: Transaction, name: str, added: Added) -> Shown:
    """Adds a datastream to a thing.

    Errors: as ``things.own``, THING_RETIRED, NAME_TAKEN, TOO_MANY_DATASTREAMS, RANGE_INVALID.
    """
    thing = await things.own(tx, name, lock=True)
    if thing.retired:
        raise precondition("THING_RETIRED", "A retired thing measures nothing; register another one.", state="retired")
    model.checked_range(added.least, added.most)
    there = await store.of_thing(tx, thing.id)
    if any(one.name == added.name for one in there):
        raise conflict("NAME_TAKEN", "The thing has a datastream of this name already.", field="name")
    if len(there) >= model.MOST_OF_A_THING:
        message = f"A thing has at most {model.MOST_OF_A_THING} datastreams; register another thing for the rest."
        raise precondition("TOO_MANY_DATASTREAMS", message, most=str(model.MOST_OF_A_THING))
    return Shown(await enter(tx, thing, added), thing, None)


async def enter(tx: Transaction, thing: Thing, added: Added) -> Datastream:
    """Writes a new datastream."""
    number = await store.next_number(tx)
    datastream = Datastream(ids.uuid7(), number, 1, thing.id, *added, created_at=tx.now, updated_at=tx.now)
    await store.save(tx, datastream)
    return datastream


async def correct(
    tx: Transaction, name: str, etag: str, kind: CorrectionKind, since: datetime, factor: float, shift: float, why: str
) -> Shown:
    """Corrects a datastream from an hour on.

    Errors: DATASTREAM_NOT_FOUND, as ``things.own``, ETAG_REQUIRED, STALE_ETAG, SINCE_INVALID, TOO_MANY_CORRECTIONS.
    """
    datastream = await known(tx, name, lock=True)
    thing = await things.own(tx, str(datastream.thing))
    etags.require(etag, datastream.version)
    since = model.checked_since(since, tx.now)
    if len(await store.corrections(tx, [datastream.number])) >= model.MOST_CORRECTIONS:
        message = f"A datastream has at most {model.MOST_CORRECTIONS} corrections; add another one for its sensor."
        raise precondition("TOO_MANY_CORRECTIONS", message, most=str(model.MOST_CORRECTIONS))
    correction = Correction(ids.uuid7(), datastream.number, kind, since, factor, shift, why, tx.caller.subject, tx.now)
    await store.correct(tx, correction)
    changed = model.changed(datastream, tx.now)
    await store.save(tx, changed)
    return await _shown(tx, changed, thing)


async def known(tx: Transaction, name: str, *, lock: bool = False) -> Datastream:
    """A datastream by its id. Errors: DATASTREAM_NOT_FOUND."""
    datastream = await store.find(tx, name, lock=lock)
    if datastream is None:
        message = "There is no such datastream; the list is at /v1/datastreams."
        raise not_found("DATASTREAM_NOT_FOUND", message, field="datastream")
    return datastream


async def every(tx: Transaction, names: Sequence[str]) -> list[Datastream]:
    """Datastreams by their ids, in this order. Errors: DATASTREAM_NOT_FOUND."""
    found = await store.by_ids(tx, names)
    for place, name in enumerate(names):
        if name not in found:
            message = "There is no such datastream; the list is at /v1/datastreams."
            raise not_found("DATASTREAM_NOT_FOUND", message, field=f"datastreams[{place}]")
    return [found[name] for name in names]


async def _shown(tx: Transaction, datastream: Datastream, thing: Thing) -> Shown:
    numbers = [datastream.number]
    corrections = await store.corrections(tx, numbers)
    return _made(datastream, thing, await store.latest(tx, numbers), corrections, True)


def _made(
    datastream: Datastream, thing: Thing, latest: Mapping[int, Reading], corrections: Sequence[Correction], whole: bool
) -> Shown:
    calibrations = [one for one in corrections if one.kind is CorrectionKind.CALIBRATION]
    newest = latest.get(datastream.number)
    if newest is not None:
        newest = newest._replace(value=model.corrected(newest.value, newest.at, calibrations))
    return Shown(datastream, thing, newest, corrections if whole else ())
