"""What can be done with calls."""

from dataclasses import replace
from datetime import datetime, timedelta

from services.governance.callers import actions as callers
from services.governance.calls import model, store
from services.governance.calls.model import Call, Closing
from services.governance.cases.model import Channel
from services.governance.filing import actions as filing
from services.governance.filing.model import Filing
from services.governance.grading import actions as grading
from services.governance.incidents import actions as incidents
from services.governance.incidents import model as incident_model
from services.governance.incidents import store as incident_store
from services.governance.incidents.model import Incident
from services.governance.journal import actions as journal
from services.governance.journal import store as entries
from services.governance.journal.model import What
from services.governance.paper import actions as paper
from services.governance.protocol.model import protocol_of
from services.governance.sites.model import Site, Where, put_right, site
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid, not_found
from services.kit.impersonal import is_personal
from services.kit.rpc import etag as etags
from smartcity.governance.v1 import events_pb2


async def take(
    tx: Transaction, words: str, name: str, phone: str, where: Where, *, exercise: bool, paper_number: int,
    received: datetime | None,
) -> Call:  # fmt: skip
    """Takes a call; ``where`` is a position, the code of a kelurahan and a place, of which none must be told.

    Who called is sealed before anything is written that others wait for, as the number of a call is until the commit.

    Errors: NO_EMERGENCY_NUMBER, CONTACT_INVALID, OUTSIDE_CITY, AREA_UNKNOWN, PAPER_NUMBER_UNKNOWN, PAPER_NUMBER_ORDER,
    CALL_TIME_INVALID.
    """
    protocol_of(tx.runtime.city)
    at = site(tx.runtime.city, *where) if any(where) else Site("", "")
    came = model.received(bool(paper_number), received, tx.now)
    identity = ids.uuid7()
    caller = await callers.seal(tx, identity, name, phone)
    if paper_number:
        await paper.enter(tx, paper_number)
    made = Call(
        id=identity,
        version=1,
        number=paper_number or await entries.next_number(tx, "call"),
        state=model.State.WAITING,
        words=words,
        place=at.place,
        area=at.area,
        lon=at.lon,
        lat=at.lat,
        has_caller=caller is not None,
        paper=bool(paper_number),
        exercise=exercise,
        received_at=came,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await store.save(tx, made)
    if caller is not None:
        await callers.keep(tx, identity, caller)
    await journal.note(tx, What.CALL_TAKEN, text=str(made.number), exercise=exercise)
    return made


async def open_incident(
    tx: Transaction, call: str, kind: str, priority: int, where: Where, note: str, *, exercise: bool,
) -> Incident:  # fmt: skip
    """Opens an incident: of a call, whose place, time and being a drill it takes over, or by hand. What is told of the
    place besides puts it right.

    Errors: EMERGENCY_CALL_NOT_FOUND, INVALID_TRANSITION, LOCATION_REQUIRED, OUTSIDE_CITY, AREA_UNKNOWN and those of the
    protocol.
    """
    protocol = protocol_of(tx.runtime.city)
    protocol.kind(kind)
    of = await known(tx, call, lock=True) if call else None
    at = _where(tx, of, where) if of else site(tx.runtime.city, *where)
    if not (at.place or at.area):
        raise invalid("LOCATION_REQUIRED", "Nobody told where it is; ask, and say it here.", field="place")
    drill = of.exercise if of else exercise
    made = await incidents.open_one(
        tx, kind, priority, at, note, exercise=drill, call=of.received_at if of else None, paper=bool(of and of.paper)
    )
    if of is not None:
        await _link(tx, of, made, protocol.keep_days)
    return made


async def link(tx: Transaction, id_: str, etag: str, incident: str) -> Call:
    """It tells of an incident that is known. Of calls that are no paper forms the earliest counts.

    Errors: EMERGENCY_CALL_NOT_FOUND, INCIDENT_NOT_FOUND, INCIDENT_OVER, DRILL_NOT_REAL and as ``close``.
    """
    call = await known(tx, id_, lock=True)
    etags.require(etag, call.version)
    one = await incidents.known(tx, incident, lock=True)
    if not one.open:
        raise incident_model.over(one)
    incident_model.require_alike(call.exercise, one.exercise)
    if call.received_at < one.called_at and not (call.paper or one.paper):
        await grading.called_earlier(tx, one, call.received_at)
    return await _link(tx, call, one, protocol_of(tx.runtime.city).keep_days)


async def unlink(tx: Transaction, id_: str, etag: str) -> Call:
    """It was about something else than its incident: it waits again, and counts there no more, also where that has
    ended or was merged.

    Errors: EMERGENCY_CALL_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    call = await known(tx, id_, lock=True)
    etags.require(etag, call.version)
    done = model.unlinked(call, tx.now)
    one = await incidents.known(tx, str(call.incident))
    (top,) = await incidents.ends(tx, [one])
    await store.save(tx, done)
    one = await incidents.known(tx, str(one.id))
    first = min(await store.first_of(tx, one.id) or one.created_at, one.created_at)
    if first > one.called_at and not (call.paper or one.paper):
        await grading.called_later(tx, one, top, first)
    await journal.note(tx, What.CALL_UNLINKED, one.id, text=str(done.number), exercise=one.exercise)
    return done


async def close(tx: Transaction, id_: str, etag: str, closing: Closing, complaint: str, place: str = "") -> Call:
    """It was no incident; a complaint is filed as one, without who called: they may add themselves with its code.

    Errors: EMERGENCY_CALL_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, INVALID_TRANSITION, COMPLAINT_REQUIRED, COMPLAINT_FILED
    and those of filing.
    """
    call = await known(tx, id_, lock=True)
    etags.require(etag, call.version)
    keep = timedelta(days=protocol_of(tx.runtime.city).keep_days)
    model.closed(call, closing, "", keep, tx.now)
    if call.complaint and (complaint or place):
        message = f"This call is complaint {call.complaint} already: add there what was told since, and leave this out."
        raise invalid("COMPLAINT_FILED", message, field="complaint")
    code = call.complaint
    if closing is Closing.COMPLAINT and not code:  # one that was opened again has become one already
        code = await _file(tx, call, complaint, place)
    done = model.closed(call, closing, code, keep, tx.now)
    await store.save(tx, done)
    told = events_pb2.EmergencyCallClosed(id=str(done.id), closing=closing.value)
    tx.emit(told, aggregate=str(done.id), version=done.version, correlation=str(done.id), exercise=done.exercise)
    await journal.note(tx, What.CALL_CLOSED, text=f"{done.number} {closing.value}", exercise=done.exercise)
    return done


async def reopen(tx: Transaction, id_: str, etag: str) -> Call:
    """It was closed by mistake, and waits again; a complaint that it became stays.

    Errors: EMERGENCY_CALL_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model.
    """
    call = await known(tx, id_, lock=True)
    etags.require(etag, call.version)
    done = model.reopened(call, tx.now)
    await store.save(tx, done)
    told = events_pb2.EmergencyCallReopened(id=str(done.id), closing=call.closing.value)
    tx.emit(told, aggregate=str(done.id), version=done.version, correlation=str(done.id), exercise=done.exercise)
    await journal.note(tx, What.CALL_REOPENED, text=f"{done.number} {call.closing.value}", exercise=done.exercise)
    return done


async def call_back(tx: Transaction, id_: str, etag: str, *, reached: bool) -> Call:
    """Somebody tried to call back. Errors: EMERGENCY_CALL_NOT_FOUND, STALE_ETAG and those of the model."""
    call = await known(tx, id_, lock=True)
    etags.match(etag, call.version)
    done = model.called_back(call, tx.now, reached=reached)
    await store.save(tx, done)
    await journal.note(
        tx, What.CALL_BACK, done.incident, text=f"{done.number} {'reached' if reached else 'unanswered'}",
        exercise=done.exercise,
    )  # fmt: skip
    return done


async def erase(tx: Transaction, call: Call) -> None:
    """Nothing personal is left of a call."""
    await callers.erase(tx, [call.id])
    await store.save(tx, model.erased(call, tx.now))


async def require_unnamed(tx: Transaction, incident: str, **words: str) -> None:
    """Refuses numbers and addresses in words about an incident of which a caller is erased: nobody takes them out then.

    Errors: INCIDENT_NOT_FOUND, CALLER_ERASED.
    """
    one = await incidents.known(tx, incident)
    told = [field for field, text in words.items() if is_personal(text)]
    if await store.erased(tx, [one.id, *await incident_store.below(tx, one.id)]) and told:
        message = (
            "Who called about this is erased, and nobody takes them out of what is written now: leave out every NIK, "
            "telephone and account number and every e-mail address, and name nobody."
        )
        raise invalid("CALLER_ERASED", message, field=told[0])


async def known(tx: Transaction, id_: str, *, lock: bool = False) -> Call:
    """One by its id. Errors: EMERGENCY_CALL_NOT_FOUND."""
    given = ids.parse(id_)
    found = await store.get(tx, given, lock=lock) if given else None
    if found is None:
        raise not_found("EMERGENCY_CALL_NOT_FOUND", "There is no call with this id.", field="id")
    return found


def _where(tx: Transaction, call: Call, where: Where) -> Site:
    """Where the incident of a call is: there, or as was told since."""
    if not any(where) or where == (None, call.area, call.place):
        return call.site
    return put_right(tx.runtime.city, call.site, site(tx.runtime.city, *where))


async def _link(tx: Transaction, call: Call, incident: Incident, keep_days: int) -> Call:
    done = model.linked(call, incident.id, timedelta(days=keep_days), tx.now)
    await store.save(tx, done)
    await journal.note(tx, What.CALL_LINKED, incident.id, text=str(done.number), exercise=incident.exercise)
    return done


async def _file(tx: Transaction, call: Call, words: str, place: str) -> str:
    """Files a complaint in the words of the dispatcher; answers with its code."""
    if not words:
        raise invalid("COMPLAINT_REQUIRED", "Say in a few words what the complaint is about.", field="complaint")
    at = call.site
    brought = Filing(
        text=words, position=at.point, area_code="" if at.point else at.area, landmark=at.place or place,
        channel=Channel.API, exercise=call.exercise,
    )  # fmt: skip
    found = filing.judged(tx, replace(tx.caller, roles=frozenset({"system"})), brought)
    if isinstance(found, DomainError):
        raise found
    complaint = filing.coded(tx, found, 0)
    record = filing.filed(tx, replace(tx.caller, subject="", roles=frozenset({"system"})), brought, complaint, None)
    await filing.write(tx, [record])
    return complaint.code
