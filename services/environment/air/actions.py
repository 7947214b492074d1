"""What can be done with the air index: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from services.environment.air import events, model, store
from services.environment.air.ispu import Category, Table
from services.environment.air.model import Hour, Station
from services.environment.air.table import table_of
from services.environment.things import actions as things
from services.environment.things.model import Kind, Thing
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found

_MOST_DUE = 200
"""Stations that are looked at in one go."""


class Shown(NamedTuple):
    """A station with its present air; None while it has measured nothing."""

    thing: Thing
    air: Station | None


def table(tx: Transaction) -> Table | None:
    """What indices are read off; None where the city has none."""
    return table_of(tx.runtime.city)


async def page(tx: Transaction, size: int, token: str) -> Page[Shown]:
    """Stations by their codes. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    found = await things.page(tx, [Kind.AIR_STATION], "", size, token, retired=False)
    air = await store.of(tx, [one.id for one in found.rows])
    return Page([Shown(one, air.get(one.id)) for one in found.rows], found.token)


async def get(tx: Transaction, name: str, start: datetime | None, end: datetime | None) -> tuple[Shown, Sequence[Hour]]:
    """A station and its indices, the oldest first. Errors: AIR_STATION_NOT_FOUND, TIME_INVALID."""
    thing = await things.known(tx, name)
    if thing.kind is not Kind.AIR_STATION:
        message = "This thing is no air station; the list is at /v1/air."
        raise not_found("AIR_STATION_NOT_FOUND", message, field="station")
    first, last = model.span(start, end, tx.now)
    air = (await store.of(tx, [thing.id])).get(thing.id)
    return Shown(thing, air), await store.history(tx, thing.id, first, last)


async def due(tx: Transaction) -> list[UUID]:
    """Some of the stations whose indices are to be made."""
    return await store.due(tx, model.newest(tx.now), _MOST_DUE) if table(tx) else []


async def make(tx: Transaction, station: UUID) -> None:
    """Makes the indices of a station that are to be made next, a bounded number of them.

    The station is locked before the thing is read, as ``moved`` does, so that the air is told where the thing stands.
    """
    read_off, newest = table(tx), model.newest(tx.now)
    before, first = await store.locked(tx, station, newest - model.FURTHEST)
    thing = await things.known(tx, str(station))
    if read_off is None or first > newest:
        return
    if thing.retired:
        await store.go_on(tx, station, None)
        await _end(tx, thing, before)
        return
    last = min(newest, first + model.STEP)
    means = await store.means(tx, station, read_off.nodes.keys(), first, last)
    await store.write(tx, station, model.hours(read_off, means))
    await store.go_on(tx, station, last + model.HOUR)
    if last == newest:
        await _show(tx, thing, before, model.present(read_off, before, last, means.get(last, [])))


async def moved(tx: Transaction, station: UUID) -> None:
    """The air that was told of a station that stands elsewhere now is told again, of there."""
    before = await store.known(tx, station)
    if before is None or before.hour is None or before.hour.category is None:
        return
    thing = await things.known(tx, str(station))
    after = replace(before, version=before.version + 1)
    await store.save(tx, after)
    _tell(tx, thing, after, before.hour, before.hour.category)


async def take_up(tx: Transaction) -> None:
    """Retired stations whose air is told still come due: while versions change, one before this may pass them over."""
    await store.take_up(tx)


async def prune(tx: Transaction) -> bool:
    """Forgets some of the indices that are past their age; answers whether there were any."""
    return await store.prune(tx, tx.now - timedelta(days=tx.runtime.settings.air_days))


async def _show(tx: Transaction, thing: Thing, before: Station, after: Station) -> None:
    await store.save(tx, after)
    assert after.hour is not None
    if after.version > before.version:
        _tell(tx, thing, after, after.hour, before.hour.category if before.hour else None)


async def _end(tx: Transaction, thing: Thing, before: Station) -> None:
    """A thing that measures no more has no present air: who was told of its air is told that it is known no more."""
    if before.hour is None or before.hour.category is None:
        return
    after = Station(before.thing, before.version + 1, None, [])
    await store.save(tx, after)
    _tell(tx, thing, after, Hour(model.newest(tx.now), None, None, None), before.hour.category)


def _tell(tx: Transaction, thing: Thing, station: Station, hour: Hour, before: Category | None) -> None:
    event = events.changed(thing, tx.runtime.city, hour, before)
    tx.emit(event, aggregate=f"air {thing.id}", version=station.version, correlation=str(thing.id))
