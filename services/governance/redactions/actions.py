"""Taking words and photos out of a case: the reporter their own at once, staff with a second person."""

from dataclasses import replace

from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import Case, Complaint, acting_as
from services.governance.grants import actions as grants
from services.governance.history import store as entries
from services.governance.history.model import Entry
from services.governance.keys import digests
from services.governance.notifications import actions as notifications
from services.governance.photos import actions as evidence
from services.governance.photos import store as photos
from services.governance.photos.model import Photo, chosen
from services.governance.records import actions as records
from services.governance.records.model import Change, EventKind, Step, TakenOut
from services.governance.redactions import model, store
from services.governance.redactions.model import Reason, Redaction, Wanted
from services.governance.resources import resources
from services.governance.states.model import Party
from services.kit import ids
from services.kit.database import Transaction
from services.kit.errors import forbidden, not_found
from services.kit.ids import uuid7
from services.kit.interest import require_disinterested

_STAFF = frozenset({Party.VERIFIER})


async def redact(tx: Transaction, code: str, link_key: str, wanted: Wanted) -> Redaction:
    """Takes out what the reporter wants of their own, or takes note of what staff want, for somebody else to approve.

    Errors: COMPLAINT_NOT_FOUND, FORBIDDEN REDACTION_NOT_YOURS, INVALID REDACTION_EMPTY, REDACTION_REASON_REQUIRED,
    ENTRY_UNKNOWN, PHOTO_UNKNOWN, CONFLICT REDACTION_ASKED.
    """
    case = await cases.find(tx, code, link_key, lock=True)
    staff = Party.REPORTER not in case.parties
    if staff and Party.VERIFIER not in case.parties:
        message = "Only the reporter, and verifiers two together, take something out of a case: give its link key."
        raise forbidden("REDACTION_NOT_YOURS", message, field="link_key")
    model.check(wanted, staff=staff)
    pictures = chosen(await photos.of(tx, case.complaint.id), wanted.photos)
    if not staff:
        model.own(pictures)
    history = await entries.history(tx, case.complaint.id)
    numbers = model.notes(history, _numbers(history, wanted, staff=staff), staff=staff)
    redaction = Redaction(
        id=uuid7(),
        complaint_id=case.complaint.id,
        reason=(wanted.reason or Reason.AUTHOR).value,
        words=wanted.words,
        photos=tuple(photo.id for photo in pictures),
        entries=numbers,
        by=acting_as(tx.caller, _STAFF) if staff else "reporter",
        asker=tx.caller.subject,
        create_time=tx.now,
    )
    if staff:
        model.check_new(redaction, await store.of(tx, case.complaint.id), tx.now)
        await store.save(tx, redaction)
        return redaction
    return await _take_out(tx, case, redaction, pictures)


async def approve(tx: Transaction, code: str, identity: str) -> Redaction:
    """Takes out what somebody else asked for.

    Errors: COMPLAINT_NOT_FOUND, NOT_FOUND REDACTION_NOT_FOUND, PRECONDITION REDACTION_NOT_WAITING, OWN_MATTER.
    """
    case = await cases.find(tx, code, lock=True)
    known = ids.parse(identity)
    redaction = await store.get(tx, known) if known else None
    if redaction is None or redaction.complaint_id != case.complaint.id:
        raise not_found("REDACTION_NOT_FOUND", "This case has no such redaction.", field="id")
    model.check_waiting(redaction, tx.now)
    require_disinterested(tx.caller, redaction.asker)
    await cases.require_disinterested(tx, case.complaint)
    there = {photo.id: photo for photo in await photos.of(tx, case.complaint.id)}
    pictures = [there[one] for one in redaction.photos if one in there]
    return await _take_out(tx, case, replace(redaction, approver=tx.caller.subject), pictures)


async def listed(tx: Transaction, code: str) -> list[Redaction]:
    """The redactions of a case, the newest first. Errors: COMPLAINT_NOT_FOUND."""
    return await store.of(tx, (await cases.find(tx, code)).complaint.id)


def _numbers(history: list[Entry], wanted: Wanted, *, staff: bool) -> set[int]:
    """With the report's words go the notes that its reporter wrote later, where they ask for it themselves."""
    own = {entry.number for entry in history if entry.by == "reporter" and entry.note}
    return {*wanted.entries, *(own if wanted.words and not staff else ())}


def _words(complaint: Complaint) -> dict[str, str]:
    found = {
        "kata-kata / words": complaint.text,
        "dirilis / released": complaint.public_text,
        "patokan / landmark": complaint.location.landmark,
    }
    return {name: text for name, text in found.items() if text}


async def _take_out(tx: Transaction, case: Case, redaction: Redaction, pictures: list[Photo]) -> Redaction:
    complaint, secret = case.complaint, resources(tx.runtime).link_secret
    words = redaction.words and _has_words(complaint)
    texts = _words(complaint) if words else {}
    texts |= {f"foto / photo {number}": photo.sha256 for number, photo in enumerate(pictures, start=1)}
    note = model.record({name: digests.of_case(secret, complaint.id, "out", text) for name, text in texts.items()})
    await entries.redact(tx, complaint.id, redaction.entries)
    await photos.redact(tx, complaint.id, [photo.id for photo in pictures])
    await notifications.forget_notes(tx, complaint.id)
    after = complaint
    if words:
        await complaints.redact(tx, complaint.id)
        await grants.end(tx, [complaint.id])
        after = replace(
            complaint,
            text="",
            public_text="",
            location=replace(complaint.location, landmark=""),
            redacted_at=tx.now,
        )
    after = await evidence.settled(tx, after)
    out = TakenOut(words, len(pictures), len(redaction.entries))
    step = Step(EventKind.REDACTED, complaint.state, complaint.state, note, taken_out=out)
    by = "reporter" if redaction.by == "reporter" else acting_as(tx.caller, _STAFF)
    await records.save(tx, case, Change(after, (step,)), by)
    done = replace(redaction, done_time=tx.now)
    await store.save(tx, done)
    await _end_empty(tx, after, done)
    return done


async def _end_empty(tx: Transaction, complaint: Complaint, done: Redaction) -> None:
    """What others asked for waits no more where nothing of it is left to take out."""
    others = [one for one in await store.of(tx, complaint.id) if one.state(tx.now) is model.State.WAITING]
    others = [one for one in others if one.id != done.id]
    if not others:
        return
    history, pictures = await entries.history(tx, complaint.id), await photos.of(tx, complaint.id)
    for one in others:
        if not model.left(one, history, pictures, words=_has_words(complaint)):
            await store.save(tx, replace(one, done_time=tx.now))


def _has_words(complaint: Complaint) -> bool:
    """Whether words can be taken out: what was made public after they were goes too."""
    return complaint.redacted_at is None or complaint.released
