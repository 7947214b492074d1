"""What can be done with hand-offs."""

from services.governance.handoffs import model, store
from services.governance.handoffs.model import HandOff
from services.governance.incidents import actions as incidents
from services.governance.incidents import events
from services.governance.incidents import model as incident_model
from services.governance.incidents import store as incident_store
from services.governance.incidents.model import Incident
from services.governance.journal import actions as journal
from services.governance.journal.model import What
from services.governance.protocol.model import protocol_of
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import conflict, not_found
from services.kit.rpc import etag as etags
from smartcity.governance.v1 import events_pb2


async def ask(tx: Transaction, incident: str, etag: str, party: str, note: str) -> Incident:
    """Hands an incident off.

    Errors: INCIDENT_NOT_FOUND, STALE_ETAG, INCIDENT_OVER, PARTY_UNKNOWN, HAND_OFF_ASKED.
    """
    to = protocol_of(tx.runtime.city).party(party)
    one = await incidents.known(tx, incident, lock=True)
    etags.match(etag, one.version)
    if not one.open:
        raise incident_model.over(one)
    before = await store.asked_of(tx, [one.id, *await incident_store.below(tx, one.id)], to.id)
    if before is not None:
        message = (
            "They were told of it already and have not answered yet; note their answer, call them again, or withdraw "
            "that hand-off."
        )
        raise conflict("HAND_OFF_ASKED", message, field="party", since=before.created_at.isoformat(timespec="seconds"))
    made = model.asked(ids.uuid7(), one.id, to.id, to.minutes, tx.now, exercise=one.exercise)
    after = incident_model.touched(one, tx.now)
    await incident_store.save(tx, after)
    await store.save(tx, made)
    events.emit(tx, after, events_pb2.IncidentHandedOff(id=str(one.id), hand_off=str(made.id), party=to.id))
    text = f"{to.id}: {note}" if note else to.id
    await journal.note(tx, What.HANDED_OFF, one.id, text=text, exercise=one.exercise)
    return after


async def incident_of(tx: Transaction, id_: str) -> str:
    """Of which incident one is. Errors: HAND_OFF_NOT_FOUND."""
    return str((await _known(tx, id_)).incident)


async def acknowledge(tx: Transaction, id_: str, etag: str, reference: str) -> Incident:
    """They have it. Errors: HAND_OFF_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG and those of the model."""
    seen = await _known(tx, id_)
    incident = await incidents.known(tx, str(seen.incident), lock=True)  # always before its hand-offs
    one = await store.get(tx, seen.id, lock=True)
    assert one is not None
    etags.require(etag, one.version)
    await store.save(tx, model.acknowledged(one, reference, tx.now))
    after = incident_model.touched(incident, tx.now)
    await incident_store.save(tx, after)
    await journal.note(
        tx, What.ACKNOWLEDGED, one.incident, text=f"{one.party}: {reference}", exercise=one.exercise
    )  # fmt: skip
    return after


async def withdraw(tx: Transaction, id_: str, etag: str, reason: str, *, party_told: bool) -> Incident:
    """They are not to come after all.

    Errors: HAND_OFF_NOT_FOUND, ETAG_REQUIRED, STALE_ETAG, INCIDENT_OVER and those of the model.
    """
    seen = await _known(tx, id_)
    # What its incident goes on in is held as well: nobody closes that meanwhile by a hand-off that is withdrawn.
    (top,) = await incidents.ends(tx, [await incidents.known(tx, str(seen.incident))])
    incident = await incidents.known(tx, str(seen.incident))
    one = await store.get(tx, seen.id, lock=True)
    assert one is not None
    etags.require(etag, one.version)
    if model.is_kept(one, open_=top.open):
        raise incident_model.over(top)
    await store.save(tx, model.withdrawn(one, tx.now, party_told=party_told))
    after = incident_model.touched(incident, tx.now)
    await incident_store.save(tx, after)
    events.emit(tx, after, events_pb2.HandOffWithdrawn(id=str(after.id), hand_off=str(one.id), party=one.party))
    await journal.note(tx, What.WITHDRAWN, after.id, text=f"{one.party}: {reason}", exercise=one.exercise)
    return after


async def escalate(tx: Transaction, one: HandOff) -> None:
    """Nobody has acknowledged it in time: dispatchers are told, again and again."""
    incident = await incident_store.get(tx, one.incident)
    assert incident is not None
    after = model.escalated(one, tx.now)
    await store.save(tx, after)
    told = events_pb2.HandOffEscalated(id=str(one.incident), hand_off=str(one.id), escalations=after.escalations)
    tx.emit(told, aggregate=str(one.id), version=after.version, correlation=incident.story, exercise=one.exercise)
    await journal.note(tx, What.ESCALATED, one.incident, text=one.party, exercise=one.exercise)


async def _known(tx: Transaction, id_: str) -> HandOff:
    given = ids.parse(id_)
    found = await store.get(tx, given) if given else None
    if found is None:
        raise not_found("HAND_OFF_NOT_FOUND", "There is no hand-off with this id.", field="id")
    return found
