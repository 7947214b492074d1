"""What gauges do to warnings: one function per use case."""

from dataclasses import replace

from services.environment.criteria.model import Level, Step, Zone, highest
from services.environment.criteria.profile import criteria_of
from services.environment.raising import model, store
from services.environment.raising.model import Wants
from services.environment.warnings import actions as warnings
from services.environment.warnings import store as kept
from services.environment.warnings.model import (
    ENDS,
    Change,
    Fate,
    FloodWarning,
    Proposal,
    State,
    asking,
    decided,
    give_up,
    touched,
)
from services.kit.database import Transaction


async def follow(tx: Transaction, zone: Zone, story: str) -> None:
    """Makes the zone's warning what its gauges say as far as that needs no human, and asks for the rest.

    A warning that it raises belongs to the ``story``. Twice the same changes nothing.
    """
    await warnings.one_zone_at_a_time(tx, zone.id)
    warning = await kept.live(tx, zone.id, exercise=False)
    if warning is None or not warning.over(tx.now):
        await _follow(tx, zone, warning, story)
    else:
        await _follow_on(tx, zone, warning, story)


async def extend(tx: Transaction, zone: Zone) -> None:
    """A warning that ends soon holds on while the gauges that raised it still speak as gravely."""
    await warnings.one_zone_at_a_time(tx, zone.id)
    warning = await kept.live(tx, zone.id, exercise=False)
    if warning is None or warning.expires_at is None or not warning.holds(tx.now):
        return
    soon = warning.expires_at <= tx.now + model.EXTENDED_BEFORE
    if soon and model.speaks_on(warning, highest(await store.spoken(tx, zone))):
        hours = criteria_of(tx.runtime.city).automatic.hours
        await warnings.take(tx, warning, Change(Step.UPDATE, warning.level, hours), automatic=True)


async def expire(tx: Transaction, over: FloodWarning) -> None:
    """Ends a warning whose time is over. Where gauges speak still, another follows it."""
    await warnings.one_zone_at_a_time(tx, over.zone)
    warning = await kept.by_id(tx, over.id, lock=True)
    if warning is None or not warning.over(tx.now):
        return
    zone = criteria_of(tx.runtime.city).zone(warning.zone)
    if zone is None or warning.exercise:
        await warnings.expired(tx, warning)
    else:
        await _follow_on(tx, zone, warning, warning.correlation)


async def _follow_on(tx: Transaction, zone: Zone, warning: FloodWarning, story: str) -> None:
    """Ends a warning of the zone whose time is over, and follows its gauges anew. An officer who wants more than they
    do is still waited for.
    """
    waited = await kept.waiting(tx, warning.id)
    await warnings.expired(tx, warning)
    wants = await _follow(tx, zone, None, story)
    if waited is None or not waited.by or waited.step in ENDS or not model.still_waits(waited, wants, None):
        return
    if wants.asked is None or wants.asked.level.rank < waited.level.rank:
        await _wait_on(tx, zone, waited)


async def _wait_on(tx: Transaction, zone: Zone, waited: Proposal) -> None:
    """What an officer wants outlives the warning that it was about: it waits about the zone's next, or is that."""
    warning = await kept.live(tx, zone.id, exercise=False)
    held = _held(warning)
    wanted = replace(waited.change, step=Step.RAISE if held is None else Step.UPDATE)
    if warning is None:
        warning = warnings.new(tx, zone.id, zone.hazard, zone.areas, wanted, exercise=False)
    await kept.save_proposal(tx, decided(waited, Fate.OVERTAKEN, tx.now, reason=f"It waits on: {warning.id}"))
    await _ask(tx, warning, wanted, waited)


async def _follow(tx: Transaction, zone: Zone, warning: FloodWarning | None, story: str) -> Wants:
    """Does what the zone's gauges want of its live warning; what that was."""
    spoken = highest(await store.spoken(tx, zone))
    unmeasured = highest(await store.unmeasured(tx, zone, warning.created_at)) if warning is not None else None
    if warning is not None and warning.unmeasured is not model.is_unmeasured(spoken, unmeasured):
        warning = replace(touched(warning, tx.now), unmeasured=not warning.unmeasured)
        await kept.save(tx, warning)
    wants = model.wanted(warning, spoken, criteria_of(tx.runtime.city).automatic, unmeasured)
    first = wants.taken or wants.asked
    if first is None:
        await _drop(tx, warning, unmeasured)
        return wants
    if warning is None:
        warning = warnings.new(tx, zone.id, zone.hazard, zone.areas, first, exercise=False, story=story)
    if wants.taken is not None:
        warning = await _take(tx, zone, warning, wants.taken, wants)
    if wants.asked is not None:
        await _ask(tx, warning, wants.asked)
    return wants


async def _take(tx: Transaction, zone: Zone, warning: FloodWarning, change: Change, wants: Wants) -> FloodWarning:
    """Takes a step, and lets go what waits and makes no sense after it."""
    waits = await kept.waiting(tx, warning.id)
    stays = waits is not None and model.still_waits(waits, wants, _held(warning))
    if waits is not None:
        goes_on = replace(waits, step=waits.step if waits.step in ENDS else Step.UPDATE)
        left = goes_on if stays and change.step not in ENDS else decided(waits, Fate.OVERTAKEN, tx.now)
        await kept.save_proposal(tx, left)
    done = await warnings.take(tx, warning, change, automatic=True)
    if waits is not None and stays and change.step in ENDS:
        await _wait_on(tx, zone, waits)
    return done


async def _ask(tx: Transaction, warning: FloodWarning, wanted: Change, waited: Proposal | None = None) -> None:
    """Lets a step wait for an officer, unless something as grave waits already; ``waited``: whose it is, since when."""
    waits = await kept.waiting(tx, warning.id)
    if waits is not None and model.stands(waits, wanted, _held(warning)):
        return
    if waits is not None:
        await kept.save_proposal(tx, decided(waits, Fate.OVERTAKEN, tx.now))
    await kept.save(tx, asking(warning, wanted, tx.now))
    asked = warnings.proposed(tx, warning, wanted, by=waited.by if waited else "")
    await kept.save_proposal(tx, replace(asked, created_at=waited.created_at) if waited else asked)


def _held(warning: FloodWarning | None) -> Level | None:
    """The level that is in force."""
    return warning.level if warning is not None and warning.state is State.IN_FORCE else None


async def _drop(tx: Transaction, warning: FloodWarning | None, unmeasured: Level | None) -> None:
    """What a gauge proposed and says no more is not waited for; what an officer proposed is, and what a gauge would
    say yet for all that anybody knows.
    """
    waits: Proposal | None = await kept.waiting(tx, warning.id) if warning is not None else None
    if warning is None or waits is None or waits.by or model.stands_unmeasured(waits, unmeasured, _held(warning)):
        return
    await kept.save_proposal(tx, decided(waits, Fate.OVERTAKEN, tx.now))
    await kept.save(tx, give_up(warning, tx.now))
