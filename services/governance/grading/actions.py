"""What grading an incident anew does."""

from services.governance.incidents import actions as incidents
from services.governance.incidents import events, model, store
from services.governance.incidents.model import Incident
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.responses import actions as responses
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import etag as etags


async def grade(tx: Transaction, id_: str, etag: str, kind: str, priority: int, service: str, reason: str) -> Incident:
    """Another kind, priority, or one more service; clocks that run keep the time that they have run.

    Errors: INCIDENT_NOT_FOUND, STALE_ETAG, ETAG_REQUIRED, INCIDENT_OVER, GRADING_EMPTY and those of the protocol.
    """
    protocol = protocol_of(tx.runtime.city)
    one = await incidents.known(tx, id_, lock=True)
    etags.require(etag, one.version)
    of = protocol.kind(kind) if kind else None
    level = protocol.priority(priority or (of.priority if of else one.priority)).level
    after = model.regraded(one, of.id if of else "", level, tx.now)
    wanted = {*(of.services if of else ()), *([protocol.service(service).id] if service else ())}
    have = {clock.service for clock in await store.clocks(tx, [one.id]) if clock.home == one.id}
    if not wanted - have and (after.kind, after.priority) == (one.kind, one.priority):
        raise invalid("GRADING_EMPTY", "Name another `kind` or `priority`, or a `service` more.", field="kind")
    await responses.take_up(tx, one.id)
    for name in sorted(wanted - have):
        await store.save_clock(tx, model.clock(ids.uuid7(), after, name, protocol.target(level)))
    await store.save(tx, after)
    await responses.settle(tx, after)
    events.emit(tx, after, events.graded(after))
    await journal.note(tx, What.GRADED, one.id, text=reason, exercise=one.exercise)
    return after
