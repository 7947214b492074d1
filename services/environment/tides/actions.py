"""What can be done with the tides: one function per use case."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from services.environment.alarms.model import Kind as RuleKind
from services.environment.criteria.profile import criteria_of
from services.environment.datastreams import store as streams
from services.environment.datastreams.model import CorrectionKind, Datastream
from services.environment.harmonics.model import Forecast, Question
from services.environment.observations import store as observations
from services.environment.observations.model import HOUR_S, Span, buckets
from services.environment.rules import store as rules
from services.environment.rules.model import Rule
from services.environment.things import actions as things
from services.environment.things.model import Kind, Thing
from services.environment.tides import model, store
from services.environment.tides.model import Limit, Tide
from services.kit.database import Transaction
from services.kit.database.table import Page
from services.kit.errors import not_found

_MOST_DUE = 20
"""Gauges that are looked at in one go."""


class Shown(NamedTuple):
    """A gauge with its tide, what measures it, and what its heights mean; none of them while it measures no level."""

    thing: Thing
    tide: Tide | None
    datastream: Datastream | None
    limits: Sequence[Limit]


class Material(NamedTuple):
    """What a forecast is made of; no question where there are too few hours."""

    tide: Tide
    question: Question | None
    zero: float
    """How high the gauge's zero lies over the city's reference now."""


async def page(tx: Transaction, size: int, token: str) -> Page[Shown]:
    """Tide gauges by their codes. Errors: PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID."""
    found = await things.page(tx, [Kind.TIDE_GAUGE], "", size, token, retired=False)
    return Page(await _shown(tx, found.rows), found.token)


async def get(tx: Transaction, name: str) -> Shown:
    """A tide gauge with its forecast. Errors: THING_NOT_FOUND, TIDE_GAUGE_NOT_FOUND."""
    thing = await things.known(tx, name)
    if thing.kind is not Kind.TIDE_GAUGE or thing.retired:
        message = "This thing is no tide gauge in service; the list is at /v1/tides."
        raise not_found("TIDE_GAUGE_NOT_FOUND", message, field="gauge")
    (shown,) = await _shown(tx, [thing])
    return shown


async def due(tx: Transaction) -> list[UUID]:
    """Some of the gauges whose forecast is to be made."""
    return await store.due(tx, _MOST_DUE)


async def material(tx: Transaction, gauge: UUID) -> Material | None:
    """What the forecast of a gauge is made of: its own hours, over one reference. None: it is out of service."""
    thing, tide = await things.known(tx, str(gauge)), await store.get(tx, gauge)
    if thing.retired or tide is None:
        return None
    (datastream,) = [one for one in await streams.of_thing(tx, gauge) if one.number == tide.datastream]
    until = tx.now.replace(minute=0, second=0, microsecond=0)
    corrections = await streams.corrections(tx, [datastream.number])
    datums = [one for one in corrections if one.kind is CorrectionKind.DATUM]
    calibrations = [one for one in corrections if one.kind is CorrectionKind.CALIBRATION]
    span = Span(until - model.REACH, until, HOUR_S)
    begun = [(datastream.number, one.since) for one in calibrations]
    sums = await observations.sums(tx, [datastream.number], span, begun)
    # A year of hours, each looked up among what may be hundreds of corrections: others are served meanwhile.
    hours = await asyncio.to_thread(buckets, sums[datastream.number], calibrations)
    known = await asyncio.to_thread(model.levels, hours, datums)
    asked = await asyncio.to_thread(model.question, known, datastream.period, thing.lat, tx.now)
    return Material(model.looked_at(tide, known), asked, model.zero(datums, tx.now))


async def keep(tx: Transaction, made_of: Material, found: Forecast | None) -> None:
    """Stores a forecast, or why there is none; None: it could not be made."""
    asked, tide = made_of.question, made_of.tide
    before = await store.get(tx, tide.id, lock=True)
    if before is None or before.version != tide.version - 1:
        return  # somebody else was here first
    if asked is None:
        await store.save(tx, model.too_short(tide, tx.now))
    elif found is None:
        await store.save(tx, model.failed(before, tx.now))
    else:
        await store.save(tx, model.forecast(tide, asked, found, made_of.zero, tx.now))


async def rest(tx: Transaction, gauge: UUID) -> None:
    """A gauge that is out of service has no forecast any more."""
    await store.rest(tx, gauge)


async def _shown(tx: Transaction, gauges: Sequence[Thing]) -> list[Shown]:
    ids = [one.id for one in gauges]
    tides = await store.of(tx, ids)
    numbered = {one.number: one for one in await streams.of_things(tx, ids)}
    held_to: dict[int, list[Rule]] = defaultdict(list)
    for rule in await rules.of_things(tx, ids):
        held_to[rule.datastream].append(rule)
    shown = []
    for thing in gauges:
        tide = tides.get(thing.id)
        datastream = numbered[tide.datastream] if tide else None
        found = _limits(tx, thing, datastream, held_to[datastream.number]) if datastream else []
        shown.append(Shown(thing, tide, datastream, found))
    return shown


def _limits(tx: Transaction, thing: Thing, datastream: Datastream, held_to: Sequence[Rule]) -> list[Limit]:
    """What the city's criteria say of the thresholds that the gauge is held to, upwards and not paused."""
    upwards = [one for one in held_to if one.kind is RuleKind.THRESHOLD and not one.below and not one.paused]
    named = [(one.name, one.bound, one.made_up) for one in upwards]
    return model.limits(criteria_of(tx.runtime.city).zones, thing.code, datastream.name, named)
