"""What grading an incident anew does."""

from collections.abc import Callable
from datetime import datetime

from services.governance.grading import model
from services.governance.incidents import actions as incidents
from services.governance.incidents import events, store
from services.governance.incidents import model as incident_model
from services.governance.incidents.model import Home, Incident
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.responses import actions as responses
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import etag as etags


async def grade(tx: Transaction, id_: str, etag: str, kind: str, priority: int, service: str, reason: str) -> Incident:
    """Another kind, priority, or one more service; clocks that run keep the time that they have run, those of what was
    merged into it, too.

    Errors: INCIDENT_NOT_FOUND, STALE_ETAG, ETAG_REQUIRED, INCIDENT_OVER, GRADING_EMPTY and those of the protocol.
    """
    protocol = protocol_of(tx.runtime.city)
    one = await incidents.known(tx, id_, lock=True)
    etags.require(etag, one.version)
    of = protocol.kind(kind) if kind else None
    level = protocol.priority(priority or (of.priority if of else one.priority)).level
    after = incident_model.regraded(one, of.id if of else "", level, tx.now)
    wanted = {*(of.services if of else ()), *([protocol.service(service).id] if service else ())}
    have = {clock.service for clock in await store.clocks(tx, [one.id]) if clock.home == one.id}
    if not wanted - have and (after.kind, after.priority) == (one.kind, one.priority):
        raise invalid("GRADING_EMPTY", "Name another `kind` or `priority`, or a `service` more.", field="kind")
    await responses.take_up(tx, one.id)
    for name in sorted(wanted - have):
        await store.save_clock(tx, incident_model.clock(ids.uuid7(), after, name, protocol.target(level)))
    if after.priority != one.priority:
        await _retime(tx, after, lambda home: after.priority)
    await store.save(tx, after)
    await responses.settle(tx, after)
    events.emit(tx, after, events.graded(after))
    await journal.note(tx, What.GRADED, one.id, text=reason, exercise=one.exercise)
    return after


async def called_earlier(tx: Transaction, one: Incident, first: datetime) -> None:
    """An earlier call is about it, too: that counts, as where incidents are merged."""
    await responses.take_up(tx, one.id)
    for clock in await store.clocks(tx, [one.id]):
        if clock.home == one.id:
            await store.save_clock(tx, model.earlier(clock, first, one.called_at))
    await store.save(tx, incident_model.called_earlier(one, first, tx.now))
    await responses.settle(tx, await incidents.restand(tx, one.id))


async def regain(tx: Transaction, one: Incident) -> None:
    """It is a matter of its own again: what was graded where it had been merged into is due as it was graded itself,
    and of what was merged into it what is more urgent counts.
    """
    await _retime(tx, one, lambda home: min(home.priority, one.priority))
    await incidents.reset_clocks(tx, one)


async def _retime(tx: Transaction, one: Incident, level: Callable[[Home], int]) -> None:
    """Clocks there that run are due by the priority that is told for their home."""
    protocol, clocks = protocol_of(tx.runtime.city), await store.clocks(tx, [one.id])
    homes = await store.homes(tx, {each.home for each in clocks})
    for each in clocks:
        home = homes[each.home]
        if model.runs(each) and (priority := level(home)) != each.priority:
            due = home.called_at + protocol.target(priority)
            await store.save_clock(tx, model.retimed(each, priority, due, tx.now))
