"""What grading an incident anew does."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from services.governance.grading import model
from services.governance.grading.model import Grading
from services.governance.incidents import actions as incidents
from services.governance.incidents import events, store
from services.governance.incidents import model as incident_model
from services.governance.incidents.model import Clock, Home, Incident
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.governance.responses import actions as responses
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import invalid
from services.kit.rpc import etag as etags


async def grade(tx: Transaction, id_: str, etag: str, asked: Grading, reason: str) -> Incident:
    """Another kind, priority, services more or less. Clocks that run keep the time that they have run; those of what
    was merged into it, too.

    Errors: INCIDENT_NOT_FOUND, STALE_ETAG, ETAG_REQUIRED, INCIDENT_OVER, GRADING_EMPTY, those of the model and of the
    protocol.
    """
    protocol = protocol_of(tx.runtime.city)
    one = await incidents.known(tx, id_, lock=True)
    etags.require(etag, one.version)
    of = protocol.kind(asked.kind) if asked.kind else None
    wanted = asked.priority or (of.priority if of else 0)
    level = protocol.priority(wanted).level if wanted else one.priority  # the protocol may have its own no more
    after = incident_model.regraded(one, of.id if of else "", level, tx.now)
    told = await _need(tx, after, asked, of.services if of else ())
    if not told and (after.kind, after.priority) == (one.kind, one.priority):
        message = "Name another `kind` or `priority`, a `service` more, or `unneeded_services`."
        raise invalid("GRADING_EMPTY", message, field="kind")
    if after.priority != one.priority:
        await _retime(tx, after, lambda each, _: model.graded(each, after.priority))
    await store.save(tx, after)
    await responses.settle(tx, after)
    events.emit(tx, after, events.graded(after))
    changes = " ".join(filter(None, (*model.changes(one, after), told)))
    text = f"{reason} ({changes})" if changes else reason
    await journal.note(tx, What.GRADED, one.id, text=text, exercise=one.exercise)
    return after


async def _need(tx: Transaction, one: Incident, asked: Grading, of_kind: Sequence[str]) -> str:
    """It needs other services, each with a clock of its own; answers with which, as the journal tells it."""
    protocol = protocol_of(tx.runtime.city)
    await responses.take_up(tx, one.id)
    clocks, wanted = await store.clocks(tx, [one.id]), model.wanted(asked, of_kind)
    waited_for = {each.service for each in clocks}  # of which the protocol may have some no more
    for name in filter(None, (asked.service, *(asked.unneeded - waited_for))):
        protocol.service(name)
    model.require_free(await store.work(tx, [one.id]), asked.unneeded)
    more, less = model.missing(clocks, wanted, one.id), model.dropped(clocks, asked.unneeded, one.id)
    for clock in (*less, *model.revived(clocks, more, one.id)):
        await store.save_clock(tx, clock)
    for name in sorted(more - {each.service for each in clocks if each.home == one.id}):
        made = incident_model.clock(ids.uuid7(), one, name, protocol.target(one.priority))
        await store.save_clock(tx, made)
    return " ".join(
        [*(f"+{name}" for name in sorted(more)), *(f"-{name}" for name in sorted({c.service for c in less}))]
    )


async def called_earlier(tx: Transaction, one: Incident, first: datetime) -> None:
    """An earlier call is about it, too: that counts, as where incidents are merged."""
    await responses.take_up(tx, one.id)
    for clock in await store.clocks(tx, [one.id]):
        if clock.home == one.id:
            await store.save_clock(tx, model.earlier(clock, first, one.called_at))
    await store.save(tx, incident_model.called_first(one, first, tx.now))
    await responses.settle(tx, await incidents.restand(tx, one.id))


async def called_later(tx: Transaction, one: Incident, top: Incident, first: datetime) -> None:
    """Its first call was about something else: it counts from another, wherever it goes on (``top``).

    Both must be locked.
    """
    await responses.take_up(tx, top.id)
    for clock in await store.clocks(tx, [top.id]):
        if clock.home == one.id and clock.called_at is None:
            taken = await responses.take_back(tx, top, clock)
            await store.save_clock(tx, model.later(taken, first, one.called_at, tx.now))
    await store.save(tx, incident_model.called_first(one, first, tx.now))
    await responses.settle(tx, await incidents.restand(tx, top.id))


async def regain(tx: Transaction, one: Incident) -> None:
    """It is a matter of its own again: what was graded where it had been merged into is due as it was graded itself."""
    await _retime(tx, one, model.regained)


async def _retime(tx: Transaction, one: Incident, level: Callable[[Clock, Mapping[UUID, Home]], int]) -> None:
    """Each clock there is due by the priority that is told for it."""
    protocol, clocks = protocol_of(tx.runtime.city), await store.clocks(tx, [one.id])
    homes = await store.homes(tx, {one.id, *await store.below(tx, one.id), *(each.home for each in clocks)})
    for each in clocks:
        if (priority := level(each, homes)) != each.priority:
            due = each.since(homes[each.home]) + protocol.target(priority)
            await store.save_clock(tx, model.retimed(each, priority, due, tx.now))
