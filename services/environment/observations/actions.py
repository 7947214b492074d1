"""What can be done with readings: one function per use case."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from services.environment.datastreams import actions as datastreams
from services.environment.datastreams import store as streams
from services.environment.datastreams.model import OUT_OF_RANGE, Datastream, Reading, corrected
from services.environment.observations import model, store
from services.environment.observations.model import Bucket, Span, Taken
from services.environment.things import actions as things
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import invalid, precondition

_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Stored(NamedTuple):
    """What became of readings: how many are new, how many were known, how many of the new ones are out of range."""

    new: int
    known: int
    out_of_range: int


class Brought(NamedTuple):
    """Readings of one datastream, by its name within the thing."""

    name: str
    unit: str
    readings: Sequence[tuple[datetime, float]]


async def page(
    tx: Transaction,
    name: str,
    start: datetime | None,
    end: datetime | None,
    size: int,
    token: str,
    *,
    oldest: bool = False,
) -> tuple[Datastream, Page[Reading]]:
    """Readings as they are shown, the newest first unless asked otherwise.

    Errors: DATASTREAM_NOT_FOUND, PAGE_SIZE_INVALID, ...
    """
    datastream = await datastreams.known(tx, name)
    found = await store.page(tx, datastream, start or _FIRST, end or _LAST, size, token, oldest=oldest)
    calibrations = (await streams.calibrations(tx, [datastream.number])).get(datastream.number, [])
    shown = [one._replace(value=corrected(one.value, one.at, calibrations)) for one in found.rows]
    return datastream, Page(shown, found.token)


async def count(tx: Transaction, name: str, start: datetime | None, end: datetime | None) -> int:
    """How many readings there are, counted up to one more than ``model.MOST_COUNTED``. Errors: DATASTREAM_NOT_FOUND."""
    datastream = await datastreams.known(tx, name)
    return await store.count(tx, datastream, start or _FIRST, end or _LAST, model.MOST_COUNTED + 1)


async def series(
    tx: Transaction, names: Sequence[str], start: datetime | None, end: datetime | None, seconds: int
) -> tuple[Span, list[tuple[Datastream, list[Bucket]]]]:
    """Sums of datastreams, in the order asked for, each the oldest first.

    Errors: DATASTREAM_NOT_FOUND and those of ``model.span``.
    """
    span = model.span(start, end, seconds, tx.now, len(names))
    of = await datastreams.every(tx, names)
    numbers = [one.number for one in of]
    calibrations = await streams.calibrations(tx, numbers)
    begun = [(number, one.since) for number, each in calibrations.items() for one in each]
    sums = await store.sums(tx, numbers, span, begun)
    return span, [(one, model.buckets(sums[one.number], calibrations.get(one.number, []))) for one in of]


async def upload(tx: Transaction, thing: str, brought: Sequence[Brought]) -> Stored:
    """Stores readings of a thing. Errors: as ``things.own``, THING_RETIRED, DATASTREAM_UNKNOWN, and the model's."""
    of = await things.own(tx, thing)
    if of.retired:
        raise precondition("THING_RETIRED", "A retired thing measures nothing.", state="retired")
    if sum(len(one.readings) for one in brought) > model.MOST_READINGS:
        message = f"At most {model.MOST_READINGS} readings fit into one upload; send the rest in another."
        raise invalid("TOO_MANY_READINGS", message, field="series")
    known = {one.name: one for one in await streams.of_thing(tx, of.id)}
    taken = [one for place, each in enumerate(brought) for one in _taken(each, place, known, tx.now, _kept(tx))]
    new = (await store.put(tx, taken)).new
    return Stored(len(new), len(taken) - len(new), sum(one.flags & OUT_OF_RANGE for one in new))


async def make_room(tx: Transaction) -> None:
    """Makes room for what is measured next. Each process does it as it starts, and several may."""
    await tx.one_at_a_time("weeks of readings")
    await store.make_weeks(tx, model.weeks(tx.now, _kept(tx)))


async def drop_old(tx: Transaction) -> None:
    """Drops the weeks of readings that are past their age."""
    await store.drop_weeks(tx, model.first_kept(tx.now, _kept(tx)).astimezone(UTC).date())


async def sum_up(tx: Transaction) -> int:
    """Sums up some of the hours that have ended, and answers how many."""
    return await store.roll(tx, tx.now - model.SETTLED)


def _kept(tx: Transaction) -> timedelta:
    return timedelta(weeks=tx.runtime.settings.reading_weeks)


def _taken(brought: Brought, place: int, known: dict[str, Datastream], now: datetime, kept: timedelta) -> list[Taken]:
    datastream = known.get(brought.name)
    where = f"series[{place}]"
    if datastream is None:
        names = ", ".join(sorted(known)) or "none"
        message = f"The thing has no datastream of this name. It has: {names}."
        raise invalid("DATASTREAM_UNKNOWN", message, field=f"{where}.name")
    model.checked_unit(datastream, brought.unit, f"{where}.unit")
    for number, (at, _) in enumerate(brought.readings):
        model.checked_time(at, now, kept, f"{where}.readings[{number}].time")
    return [model.in_bulk(datastream, at, value) for at, value in brought.readings]
