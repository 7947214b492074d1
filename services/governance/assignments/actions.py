"""Sending units and moving them. A unit is always locked before its incident, and the journal is written last."""

from dataclasses import replace
from uuid import UUID

from services.governance.incidents import actions as incidents
from services.governance.incidents import model as incident_model
from services.governance.incidents import store as incident_store
from services.governance.incidents.model import Assignment, Incident
from services.governance.journal import actions as journal
from services.governance.journal import store as entries
from services.governance.journal.model import What
from services.governance.responses import actions as responses
from services.governance.units import actions as units
from services.governance.units import model, store
from services.governance.units.model import AT_WORK, State, Unit
from services.kit import ids
from services.kit.database import Transaction
from services.kit.rpc import etag as etags
from smartcity.governance.v1 import events_pb2

MOST_NOTES = 20
"""Notes that a crew is told, the newest."""


async def assign(tx: Transaction, code: str, etag: str, incident: str) -> Unit:
    """Sends a unit to an incident; one that is in a drill leaves it for what is real.

    Errors: UNIT_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, UNIT_NOT_FREE, INCIDENT_NOT_FOUND, INCIDENT_OVER.
    """
    unit = await units.known(tx, code, lock=True)
    etags.require(etag, unit.version)
    one = await incidents.known(tx, incident, lock=True)
    if not one.open:
        raise incident_model.over(one)
    if not one.exercise:
        unit = await _out_of_drill(tx, unit)
    done = model.sent(unit, one.id, tx.now)
    await store.save(tx, done)
    work = Assignment(ids.uuid7(), one.id, one.id, code, unit.service, tx.now)
    await incident_store.save_work(tx, work)
    for clock in await incident_store.clocks(tx, [one.id]):
        if clock.service == unit.service and clock.needed and clock.assigned_at is None:
            await incident_store.save_clock(tx, replace(clock, assigned_at=tx.now))
    after = await incidents.restand(tx, one.id)
    told = events_pb2.UnitAssigned(unit=code, agency=unit.agency, service=unit.service, incident=str(one.id))
    _emit(tx, done, after, told)
    await journal.note(tx, What.ASSIGNED, one.id, code, exercise=one.exercise)
    return done


async def move(tx: Transaction, code: str, etag: str, to: State) -> Unit:
    """A unit does something else, and its incident stands accordingly.

    Errors: UNIT_NOT_FOUND, NOT_YOURS, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION.
    """
    unit = await units.ours(tx, code)
    etags.require(etag, unit.version)
    return await _moved(tx, unit, model.move(unit, to, tx.now))


async def _moved(tx: Transaction, unit: Unit, done: Unit) -> Unit:
    """Saves what a unit does now, and lets its incident stand accordingly."""
    to = done.state
    await store.save(tx, done)
    incident = await _worked(tx, unit, to) if unit.incident is not None else None
    told = events_pb2.UnitMoved(
        unit=unit.code, agency=unit.agency, state=to.value, incident=str(incident.id) if incident else ""
    )
    story = incident or await _left(tx, unit, to)
    _emit(tx, done, story, told)
    exercise = story is not None and story.exercise
    await journal.note(tx, What.MOVED, incident.id if incident else None, unit.code, to.value, exercise=exercise)
    return done


async def confirm(tx: Transaction, code: str, etag: str = "") -> Unit:
    """The crew is well. Errors: UNIT_NOT_FOUND, NOT_YOURS, STALE_ETAG."""
    unit = await units.ours(tx, code)
    etags.match(etag, unit.version)
    done = model.confirmed(unit, tx.now)
    await store.save(tx, done)
    if unit.asked_at is not None:
        incident = await work_of(tx, unit)
        exercise = incident is not None and incident.exercise
        await journal.note(tx, What.ANSWERED, unit.incident, code, exercise=exercise)
    return done


async def own(tx: Transaction) -> tuple[Unit | None, Incident | None]:
    """The caller's unit, and what it was sent to."""
    unit = await store.of_crew(tx, tx.caller.subject)
    if unit is None or unit.crewed_by != units.crew_of(tx.caller):
        return None, None
    return unit, await work_of(tx, unit)


async def known_of(tx: Transaction, one: Incident) -> str:
    """What a crew is told of its incident and of what was merged into it: what was known at first, and what dispatchers
    have noted since, a line each.
    """
    merged = await incident_store.below(tx, one.id)
    lines = [one.note, *(await incident_store.notes(tx, merged))[:MOST_NOTES]]
    lines += await entries.noted(tx, [one.id, *merged], MOST_NOTES)
    return "\n".join(line for line in dict.fromkeys(lines) if line)


async def work_of(tx: Transaction, unit: Unit) -> Incident | None:
    """What a unit works on."""
    return await incident_store.get(tx, unit.incident) if unit.incident is not None else None


async def _out_of_drill(tx: Transaction, unit: Unit) -> Unit:
    """It leaves a drill that it is in. What is real is locked before: after the journal nobody waits for a lock."""
    drill = await work_of(tx, unit)
    return await _moved(tx, unit, model.left(unit, tx.now)) if drill is not None and drill.exercise else unit


async def _worked(tx: Transaction, unit: Unit, to: State) -> Incident | None:
    """Writes into the unit's work how far it is; the first of its service to arrive stops the clock."""
    work = await incident_store.live_work(tx, unit.code)
    if work is None:
        return None
    now = tx.now
    if to is State.EN_ROUTE:
        work = replace(work, departed_at=work.departed_at or now, arrived_at=None)
    elif to is State.ON_SCENE:
        work = replace(work, departed_at=work.departed_at or now, arrived_at=now)
    elif to not in AT_WORK:
        work = replace(work, ended_at=now)
    incident = await incident_store.get(tx, work.incident, lock=True)
    assert incident is not None
    await incident_store.save_work(tx, work)
    after = await incidents.restand(tx, incident.id)
    if to is State.ON_SCENE:
        await _arrived(tx, after, work.service)
    elif to is State.EN_ROUTE and unit.state is State.ON_SCENE:
        await _not_there(tx, after)
    elif to not in AT_WORK and work.arrived_at is None:
        await _recalled(tx, incident.id, work.service)
    return after


async def _left(tx: Transaction, unit: Unit, to: State) -> Incident | None:
    """What a unit is back from: its way home is part of that, and after a drill no more real than the drill; what puts
    it out of service is.
    """
    back = unit.state is State.RETURNING and to is State.AVAILABLE
    work = await incident_store.last_work(tx, unit.code) if back else None
    return await incident_store.get(tx, work.incident) if work is not None else None


async def _arrived(tx: Transaction, incident: Incident, service: str) -> None:
    """The first unit of a service is there: its clocks stop, and the first of them counts."""
    clocks = await incident_store.clocks(tx, [incident.id])
    waits = (one for one in clocks if one.service == service and one.needed and one.arrived_at is None)
    waited = incident_model.in_order(waits)
    if not waited:
        return
    stopped = [replace(one, arrived_at=tx.now, assigned_at=one.assigned_at or tx.now, open=False) for one in waited]
    for one in stopped:
        await incident_store.save_clock(tx, one)
    await responses.arrived(tx, incident, stopped[0])


async def _not_there(tx: Transaction, incident: Incident) -> None:
    """Who was told to be there was not: the clock runs again, and the arrival counts no more."""
    await responses.take_up(tx, incident.id)
    await incidents.reset_clocks(tx, incident)
    await responses.withdraw(tx, incident)
    await responses.settle(tx, incident)


async def _recalled(tx: Transaction, incident: UUID, service: str) -> None:
    """It left before it was there: where nobody else of its service is sent, the clock waits for a unit again."""
    if any(one.service == service and one.ended_at is None for one in await incident_store.work(tx, [incident])):
        return
    for clock in await incident_store.clocks(tx, [incident]):
        if clock.service == service and clock.arrived_at is None:
            await incident_store.save_clock(tx, incident_model.waiting(clock))


def _emit(
    tx: Transaction, unit: Unit, incident: Incident | None, message: events_pb2.UnitAssigned | events_pb2.UnitMoved
) -> None:
    story = incident.story if incident else str(unit.id)
    exercise = incident is not None and incident.exercise
    tx.emit(message, aggregate=str(unit.id), version=unit.version, correlation=story, exercise=exercise)
