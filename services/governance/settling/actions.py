"""Merging, un-merging and closing: what it means for the units, clocks and hand-offs of an incident."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

import asyncpg

from services.governance.grading import actions as grading
from services.governance.handoffs import store as handoffs
from services.governance.handoffs.model import HandOff
from services.governance.handoffs.model import State as HandOffState
from services.governance.incidents import actions as incidents
from services.governance.incidents import events, model, store
from services.governance.incidents.model import Assignment, Incident, Outcome
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.responses import actions as responses
from services.governance.settling import model as closing
from services.governance.settling.model import Facts, Report
from services.governance.units import model as unit_model
from services.governance.units import store as units
from services.kit.database import Transaction
from services.kit.errors import precondition
from services.kit.rpc import etag as etags


async def merge(tx: Transaction, id_: str, etag: str, into: str) -> Incident:
    """An incident is the same matter as another: who works on it works on that from now on, and what it needs is needed
    there. Its timeline stays its own.

    Errors: INCIDENT_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    seen = await incidents.known(tx, id_)
    crews = await _locked(tx, await store.work(tx, [seen.id]))
    one, other = await incidents.locked(tx, id_, into)
    etags.require(etag, one.version)
    done = model.merged(one, other, tx.now)
    _require_all(crews, await store.work(tx, [one.id]))
    await store.save(tx, done)
    for each in (one, other):
        await responses.take_up(tx, each.id)
    for clock in await store.clocks(tx, [one.id]):
        await store.save_clock(tx, model.moved(clock, other.id))
    await _divert(tx, crews, other)
    after = model.touched(await incidents.restand(tx, other.id), tx.now)
    await store.save(tx, after)
    await responses.settle(tx, after)
    events.emit(tx, done, events.merged(done))
    await journal.note(tx, What.MERGED, one.id, text=str(other.number), exercise=one.exercise)
    return after


async def unmerge(tx: Transaction, id_: str, etag: str) -> Incident:
    """It was not the same matter after all: what it and all that was merged into it need, and the units that were sent
    to those, return to it.

    Errors: as ``merge``, INCIDENT_NOT_MERGED, HAND_OFF_CLOSED_IT.
    """
    seen = await incidents.known(tx, id_)
    crews = await _locked(tx, await store.work_from(tx, await _family(tx, seen)))
    top = await incidents.whole(tx, seen)
    one, other, top = await incidents.locked(tx, id_, str(seen.merged_into or seen.id), str(top.id))
    etags.require(etag, one.version)
    done = model.unmerged(one, tx.now)
    if (await incidents.whole(tx, one)).id != top.id:
        raise asyncpg.SerializationError("what it was merged into was merged, or came back, meanwhile")
    family = await _family(tx, one)
    await _require_had(tx, top, family)
    work = await store.work_from(tx, family)
    _require_all(crews, work)
    await store.save(tx, done)
    await _divert(tx, [(unit, each) for unit, each in crews if each.origin in family], done)
    for each in work:  # what has ended is its own again, too
        if each.ended_at is not None and each.incident not in family:
            await store.save_work(tx, replace(each, incident=one.id))
    for clock in await store.clocks(tx, [top.id]):
        if clock.home in family:
            await store.save_clock(tx, model.returned(clock, one.id, family))
    for left in sorted({top.id, *(each.incident for _, each in crews)} - {one.id}):
        rest = await incidents.restand(tx, left)
        await incidents.reset_clocks(tx, rest)
        await responses.withdraw(tx, rest)
        await responses.settle(tx, rest)
    after = await incidents.restand(tx, one.id)
    await incidents.reset_clocks(tx, after)
    await responses.withdraw(tx, after)
    await grading.regain(tx, after)
    await responses.settle(tx, after)
    events.emit(tx, after, events.unmerged(after))
    await journal.note(tx, What.UNMERGED, one.id, text=str(other.number), exercise=one.exercise)
    return after


async def close(tx: Transaction, id_: str, etag: str, report: Report) -> Incident:
    """It has ended, with all that was merged into it. Errors: as ``incidents.known``, STALE_ETAG and of the model."""
    one = await incidents.known(tx, id_, lock=True)
    etags.require(etag, one.version)
    working = [each.unit for each in await store.work(tx, [one.id]) if each.ended_at is None]
    offs = _told(await handoffs.of(tx, await _family(tx, one)))
    facts = Facts(working, offs[HandOffState.ASKED], offs[HandOffState.ACKNOWLEDGED])
    done = closing.closed(one, report, facts, tx.now)
    await store.save(tx, done)
    await store.shut_clocks(tx, one.id)
    events.emit(tx, done, events.closed(tx.runtime.city, done))
    await journal.note(tx, What.CLOSED, one.id, text=report.outcome.value, exercise=one.exercise)
    return done


async def _require_had(tx: Transaction, top: Incident, leaving: Sequence[UUID]) -> None:
    """What was closed as somebody's is had by them also without those that leave it. Errors: HAND_OFF_CLOSED_IT."""
    if top.outcome is not Outcome.HANDED_OFF:
        return
    others = [each for each in await _family(tx, top) if each not in leaving]
    if not _told(await handoffs.of(tx, others))[HandOffState.ACKNOWLEDGED]:
        message = "What it was merged into was closed as handed off, by the hand-off of this one: it stays there."
        raise precondition("HAND_OFF_CLOSED_IT", message, state=top.state.value)


def _told(offs: Iterable[HandOff]) -> Counter[HandOffState]:
    return Counter(each.told for each in offs)


async def _family(tx: Transaction, one: Incident) -> list[UUID]:
    """It, and all that was merged into it."""
    return [one.id, *await store.below(tx, one.id)]


Crews = Sequence[tuple[unit_model.Unit, Assignment]]


async def _locked(tx: Transaction, work: Sequence[Assignment]) -> Crews:
    """Units that work, locked by their codes, before the incidents are."""
    found: list[tuple[unit_model.Unit, Assignment]] = []
    for each in sorted((one for one in work if one.ended_at is None), key=lambda one: one.unit):
        unit = await units.by_code(tx, each.unit, lock=True)
        now = await store.live_work(tx, each.unit)
        if unit is not None and now is not None and now.id == each.id:
            found.append((unit, now))
    return found


def _require_all(crews: Crews, work: Sequence[Assignment]) -> None:
    """A unit that was sent just before the incident was locked must be locked before it: the caller asks again.

    Raises asyncpg.SerializationError.
    """
    if {each.id for each in work if each.ended_at is None} - {each.id for _, each in crews}:
        raise asyncpg.SerializationError("a unit was sent meanwhile")


async def _divert(tx: Transaction, crews: Crews, to: Incident) -> None:
    for unit, work in crews:
        await units.save(tx, unit_model.diverted(unit, to.id))
        await store.save_work(tx, replace(work, incident=to.id))
