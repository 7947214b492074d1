"""What becomes of an arrival: it is told, and counted for the day."""

from dataclasses import replace
from uuid import UUID

from services.governance.incidents import actions, events
from services.governance.incidents import store as incidents
from services.governance.incidents.model import Clock, Home, Incident
from services.governance.protocol.model import protocol_of
from services.governance.responses import model, store
from services.kit.database import Transaction
from smartcity.governance.v1 import events_pb2


async def arrived(tx: Transaction, incident: Incident, clock: Clock) -> None:
    """Somebody is there, by this clock.

    Drills do not count, nor what a paper form told of: its unit was there long before somebody could say so here.
    """
    assert clock.arrived_at is not None
    done = replace(clock, told_at=clock.arrived_at, told=clock.told + 1)
    await incidents.save_clock(tx, done)
    told = await _told(tx, incident, done)
    tx.emit(told, aggregate=str(done.id), version=done.told, correlation=incident.story, exercise=incident.exercise)
    await _count(tx, incident, done, told, 1)


async def settle(tx: Transaction, one: Incident) -> None:
    """The clocks there stand where the units say; who is found to be there already has arrived by them, too."""
    await actions.reset_clocks(tx, one)
    for clock in model.untold(await incidents.clocks(tx, [one.id])):
        await arrived(tx, one, clock)


async def take_up(tx: Transaction, incident: UUID) -> None:
    """What arrived there is noted as told where a process of the version before told it, before anything is merged."""
    for clock in model.told_before(await incidents.clocks(tx, [incident])):
        await incidents.save_clock(tx, clock)


async def withdraw(tx: Transaction, one: Incident) -> None:
    """What was merged there, or into which it was, is a matter of its own again, or nobody had come after all: arrivals
    that were not there are counted no more, and who is waited for again is waited for since the first call.
    """
    for clock in await incidents.clocks(tx, [one.id]):
        if wrong := model.withdrawn(clock):
            await _count(tx, one, clock, await _told(tx, one, replace(clock, arrived_at=clock.told_at)), -1)
        if wrong or model.waits_again(clock):
            await incidents.save_clock(tx, model.uncounted(clock, await _home(tx, clock)))


async def take_back(tx: Transaction, one: Incident, clock: Clock) -> Clock:
    """The clock, whose arrival is counted no more where one was told: its call is another one. ``settle`` tells it."""
    if clock.told_at is None:
        return clock
    await _count(tx, one, clock, await _told(tx, one, replace(clock, arrived_at=clock.told_at)), -1)
    return replace(clock, told_at=None)


async def _told(tx: Transaction, incident: Incident, clock: Clock) -> events_pb2.IncidentResponded:
    called = clock.since(await _home(tx, clock))
    return events.responded(incident, clock, called, protocol_of(tx.runtime.city).service(clock.service).agency)


async def _home(tx: Transaction, clock: Clock) -> Home:
    return (await incidents.homes(tx, [clock.home]))[clock.home]


async def _count(
    tx: Transaction, incident: Incident, clock: Clock, told: events_pb2.IncidentResponded, arrivals: int
) -> None:
    if incident.exercise or clock.paper or clock.told_at is None:
        return
    day = clock.told_at.astimezone(tx.runtime.city.timezone).date()
    await store.add(tx, day, clock.service, clock.priority, told.target_seconds, told.seconds, arrivals)
