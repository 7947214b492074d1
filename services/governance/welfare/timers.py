"""What falls due by itself at the emergency number."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.governance.assignments import actions as assignments
from services.governance.calls import actions as calls
from services.governance.calls import store as call_store
from services.governance.incidents import store as incidents
from services.governance.incidents.model import Clock
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.mentions import actions as mentions
from services.governance.protocol.model import found_of
from services.governance.units import model, store
from services.governance.units.model import Unit
from services.kit import due
from services.kit.database import Transaction
from services.kit.runtime import Runtime
from smartcity.governance.v1 import events_pb2


async def check(runtime: Runtime) -> None:
    """Asks units of which nothing is heard, tells of those that do not answer, and of clocks that ran out."""
    protocol = found_of(runtime.city)
    if protocol is None:
        return
    silent, answer = timedelta(minutes=protocol.silent_minutes), timedelta(minutes=protocol.answer_minutes)

    async def unheard(tx: Transaction, but: Collection[UUID]) -> Unit | None:
        return await store.unheard(tx, tx.now - silent, but)

    async def unanswered(tx: Transaction, but: Collection[UUID]) -> Unit | None:
        return await store.unanswered(tx, tx.now - answer, but)

    await due.each(runtime, "welfare check", unheard, _ask)
    await due.each(runtime, "welfare answer", unanswered, _tell)
    await due.each(runtime, "response clock", incidents.late_clock, _late)


async def erase(runtime: Runtime) -> None:
    """Erases who called, and what they told, of calls that ended long ago."""
    # Committed before a key is destroyed: after a crash between the two nobody would know what to take out.
    await due.each(runtime, "mentions of a caller", call_store.mentioned, mentions.take_out)
    await due.each(runtime, "caller", call_store.erasable, calls.erase)


async def _ask(tx: Transaction, unit: Unit) -> None:
    await store.save(tx, model.asked(unit, tx.now))
    incident = await assignments.work_of(tx, unit)
    exercise = incident is not None and incident.exercise
    await journal.note(tx, What.ASKED, unit.incident, unit.code, exercise=exercise)


async def _tell(tx: Transaction, unit: Unit) -> None:
    done, incident = model.silent(unit), await assignments.work_of(tx, unit)
    await store.save(tx, done)
    told = events_pb2.UnitSilent(unit=unit.code, agency=unit.agency, incident=str(incident.id) if incident else "")
    exercise = incident is not None and incident.exercise
    story = incident.story if incident else str(unit.id)
    tx.emit(told, aggregate=str(unit.id), version=done.version, correlation=story, exercise=exercise)
    await journal.note(tx, What.SILENT, unit.incident, unit.code, exercise=exercise)


async def _late(tx: Transaction, clock: Clock) -> None:
    incident = await incidents.get(tx, clock.incident)
    await incidents.save_clock(tx, replace(clock, late_told=True))
    exercise = incident is not None and incident.exercise
    await journal.note(tx, What.LATE, clock.incident, text=clock.service, exercise=exercise)
