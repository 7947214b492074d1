"""What gauges do to warnings: one function per use case."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from services.environment.criteria.model import Level, Step, Zone, highest
from services.environment.criteria.profile import criteria_of
from services.environment.raising import model, store
from services.environment.raising.store import Place
from services.environment.warnings import actions as warnings
from services.environment.warnings import store as kept
from services.environment.warnings.model import Change, Fate, FloodWarning, Proposal, State, decided, give_up, touched
from services.kit.database import Transaction


async def speaks(
    tx: Transaction, alarm: UUID, meaning: Sequence[tuple[Zone, Level]], story: str, *, exercise: bool
) -> None:
    """An alarm is open that means a level in some zones. Twice the same changes nothing."""
    for zone, level in meaning:
        place = Place(zone.id, exercise)
        await warnings.one_zone_at_a_time(tx, zone.id)
        await store.speaks(tx, alarm, place, level)
        await _follow(tx, zone, place, story)


async def falls_silent(tx: Transaction, alarm: UUID, story: str) -> None:
    """An alarm is over."""
    for place in await store.falls_silent(tx, alarm):
        zone = criteria_of(tx.runtime.city).zone(place.zone)
        if zone is not None:  # else the city has taken it out of its criteria: officers end its warning
            await warnings.one_zone_at_a_time(tx, zone.id)
            await _follow(tx, zone, place, story)


async def extend(tx: Transaction, place: Place) -> None:
    """A warning that ends soon holds on while the gauges that raised it still speak as gravely."""
    await warnings.one_zone_at_a_time(tx, place.zone)
    warning = await kept.live(tx, place.zone, exercise=place.exercise)
    spoken = highest(await store.spoken(tx, place))
    if warning is None or warning.expires_at is None or not warning.holds(tx.now):
        return
    soon = warning.expires_at <= tx.now + model.EXTENDED_BEFORE
    if warning.automatic and soon and spoken is warning.level:
        hours = criteria_of(tx.runtime.city).automatic.hours
        await warnings.take(tx, warning, Change(Step.UPDATE, warning.level, hours), automatic=True)


async def _follow(tx: Transaction, zone: Zone, place: Place, story: str) -> None:
    """Makes the zone's warning what its gauges say, or proposes it."""
    may = criteria_of(tx.runtime.city).automatic
    spoken = highest(await store.spoken(tx, place))
    warning = await kept.live(tx, zone.id, exercise=place.exercise)
    if warning is not None and warning.state is State.IN_FORCE and not warning.holds(tx.now):
        await warnings.expired(tx, warning)
        warning = None
    waits = await kept.waiting(tx, warning.id) if warning is not None else None
    wanted = model.wanted(warning, spoken, may.hours)
    if wanted is None:
        await _drop(tx, warning, waits)
    elif model.by_itself(warning, wanted, may.raises, may.lowers):
        await _take(tx, warning or _new(tx, zone, place, wanted, story), waits, wanted)
    elif warning is None:
        fresh = _new(tx, zone, place, wanted, story)
        await kept.save(tx, fresh)
        await kept.save_proposal(tx, warnings.proposed(tx, fresh, wanted, by=""))
    else:
        await _propose(tx, warning, waits, wanted)


async def _take(tx: Transaction, warning: FloodWarning, waits: Proposal | None, wanted: Change) -> None:
    """Takes the step. An officer who wants more than the gauge says is still waited for."""
    if waits is not None and model.still_higher(waits, wanted):
        await kept.save_proposal(tx, replace(waits, step=Step.UPDATE))
    elif waits is not None:
        await kept.save_proposal(tx, decided(waits, Fate.OVERTAKEN, tx.now))
    if not warning.messages:
        await kept.save(tx, warning)  # before what refers to it
    await warnings.take(tx, warning, wanted, automatic=True)


async def _propose(tx: Transaction, warning: FloodWarning, waits: Proposal | None, wanted: Change) -> None:
    """Lets the step wait for an officer, unless something as grave waits already."""
    if waits is not None and model.stands(waits, wanted):
        return
    if waits is not None:
        await kept.save_proposal(tx, decided(waits, Fate.OVERTAKEN, tx.now))
    await kept.save(tx, touched(warning, tx.now))
    await kept.save_proposal(tx, warnings.proposed(tx, warning, wanted, by=""))


async def _drop(tx: Transaction, warning: FloodWarning | None, waits: Proposal | None) -> None:
    """What a gauge proposed and says no more is not waited for; what an officer proposed is."""
    if warning is None or waits is None or waits.by:
        return
    await kept.save_proposal(tx, decided(waits, Fate.OVERTAKEN, tx.now))
    await kept.save(tx, give_up(warning, tx.now))


def _new(tx: Transaction, zone: Zone, place: Place, wanted: Change, story: str) -> FloodWarning:
    return warnings.new(tx, zone.id, zone.hazard, zone.areas, wanted, exercise=place.exercise, story=story)
