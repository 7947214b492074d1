"""What can be done with photos. Who may is decided by the complaint's own rules before these are called."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from services.governance.cases import actions as cases
from services.governance.cases import store as complaints
from services.governance.cases.model import Complaint
from services.governance.deadlines.model import DeadlineCalculator, terms
from services.governance.photos import model, store
from services.governance.photos.model import Photo, Room
from services.kit.database import Transaction
from services.kit.errors import conflict, invalid, not_found


async def room(tx: Transaction, complaint: Complaint, ids: Sequence[str], *, evidence: bool) -> Room:
    """How many more photos the reporter, or (`evidence`) the agency, may add, and which of these are there."""
    since = await cases.owed_since(tx, complaint)
    return model.room(await store.of(tx, complaint.id), ids, since, evidence=evidence)


async def paths(tx: Transaction, ids: Sequence[UUID]) -> list[str]:
    """Where the recorded ones among these photos lie."""
    return await store.paths(tx, ids)


async def add(tx: Transaction, complaint: Complaint, photo: Photo, *, agency: str = "") -> Photo:
    """Records a photo that the gateway stored. The complaint must be locked, so that the count holds.

    Evidence waits for a verifier from now on, unless nobody but those of the case ever sees it.

    Errors: INVALID PHOTO_INVALID, PRECONDITION TOO_MANY_PHOTOS, CONFLICT PHOTO_EXISTS.
    """
    model.check(photo)
    since = await cases.owed_since(tx, complaint)
    model.check_left(await store.of(tx, complaint.id), since, evidence=photo.evidence)
    if not await store.insert(tx, complaint.id, photo, agency):
        raise conflict("PHOTO_EXISTS", "There is a photo with this id already. Give each photo an id of its own.")
    if photo.waits and not complaint.secret:
        city = tx.runtime.city
        days = terms(city, complaint.category)
        due = DeadlineCalculator(city.calendar).evidence_added(complaint.deadlines, tx.now, days)
        await complaints.set_deadlines(tx, replace(complaint, deadlines=due))
    return photo


async def evidence(tx: Transaction, complaint: Complaint, photo_ids: Sequence[str]) -> list[Photo]:
    """The case's evidence photos of these ids, of what was done since it was filed or last reopened.

    Errors: INVALID PHOTO_UNKNOWN when one is not evidence of this case, EVIDENCE_OF_BEFORE.
    """
    since = await cases.owed_since(tx, complaint)
    return model.proving(await store.of(tx, complaint.id), photo_ids, since)


async def visible(tx: Transaction, complaint_id: UUID, *, inside: bool) -> tuple[Photo, ...]:
    """The case's photos, oldest first; those inside (reporter, handling agency, verifier, admin) see them all."""
    return shown(await store.of(tx, complaint_id), inside=inside)


def shown(photos: Iterable[Photo], *, inside: bool) -> tuple[Photo, ...]:
    """Which of the photos that were read are ``visible``."""
    return tuple(photo for photo in photos if inside or photo.released)


async def find(tx: Transaction, complaint_id: UUID, photo_id: str, *, inside: bool) -> Photo:
    """One photo of the case. Errors: NOT_FOUND PHOTO_UNKNOWN, also where it is not released."""
    for photo in await visible(tx, complaint_id, inside=inside):
        if str(photo.id) == photo_id.lower():
            return photo
    raise not_found("PHOTO_UNKNOWN", "There is no such photo, or it is not released.")


async def release(
    tx: Transaction, complaint: Complaint, photo_ids: Sequence[str], withheld: Sequence[str]
) -> Complaint:
    """Lets everybody see exactly these photos of the case; answers it as it is then.

    Errors: INVALID PHOTO_UNKNOWN, INVALID EVIDENCE_TWICE.
    """
    photos = await store.of(tx, complaint.id)
    shown, hidden = model.decided(photos, photo_ids, withheld)
    await store.keep_back(tx, complaint.id)
    return await _decide(tx, complaint, shown, hidden)


async def review(
    tx: Transaction, complaint: Complaint, photo_ids: Sequence[str], withheld: Sequence[str]
) -> tuple[Complaint, int, int]:
    """Shows and withholds evidence of the case; answers it as it is then, and how many photos were shown and withheld.

    Errors: INVALID PHOTO_UNKNOWN, INVALID EVIDENCE_TWICE, INVALID EVIDENCE_MISSING.
    """
    photos = await store.of(tx, complaint.id)
    shown, hidden = model.decided(photos, photo_ids, withheld, only_evidence=True)
    if not shown and not hidden:
        raise invalid("EVIDENCE_MISSING", "Name what you looked at in `photos` or `withheld`.", field="photos")
    return await _decide(tx, complaint, shown, hidden), len(shown), len(hidden)


async def settled(tx: Transaction, complaint: Complaint) -> Complaint:
    """The complaint without a date for evidence, if none waits."""
    if complaint.deadlines.evidence is None or any(one.waits for one in await store.of(tx, complaint.id)):
        return complaint
    calculator = DeadlineCalculator(tx.runtime.city.calendar)
    return replace(complaint, deadlines=calculator.evidence_reviewed(complaint.deadlines))


async def _decide(tx: Transaction, complaint: Complaint, shown: list[Photo], hidden: list[Photo]) -> Complaint:
    await store.decide(tx, complaint.id, [photo.id for photo in shown], released=True)
    await store.decide(tx, complaint.id, [photo.id for photo in hidden], released=False)
    return await settled(tx, complaint)
