"""What can be done to the words and the sorting of a case: release, correct, and hide."""

from collections.abc import Sequence
from dataclasses import replace

from services.governance.cases import actions as cases
from services.governance.cases.model import Case, Class, Complaint, acting_as, require_desk
from services.governance.deadlines.model import terms
from services.governance.filing.model import known_area
from services.governance.moderation import model
from services.governance.moderation.model import Owed, Sorting
from services.governance.notifications import actions as notifications
from services.governance.notifications.model import Kind
from services.governance.photos import actions as photos
from services.governance.records import actions as records
from services.governance.records.model import CaseRecord
from services.governance.routing.model import choose, routed
from services.governance.states.model import Party, State
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.errors import forbidden, invalid

_VERIFIER = frozenset({Party.VERIFIER})


async def release(
    tx: Transaction, code: str, etag: str, public_text: str, photo_ids: Sequence[str], withheld: Sequence[str] = ()
) -> CaseRecord:
    """A verifier decides what the public may read and see: exactly these words and photos.

    Evidence that is neither shown nor withheld goes on waiting: it may have come since they looked.

    Errors: VERIFIER_REQUIRED, OWN_MATTER, STALE_ETAG, PHOTO_UNKNOWN, EVIDENCE_TWICE, WORDS_TAKEN_OUT.
    """
    case = await _for_verifier(tx, code, etag)
    shown = await photos.release(tx, case.complaint, photo_ids, withheld)
    change = model.release(shown, public_text, records.context(tx, case.complaint, case.parties))
    return await records.save(tx, case, change, acting_as(tx.caller, _VERIFIER))


async def review(
    tx: Transaction, code: str, etag: str, photo_ids: Sequence[str], withheld: Sequence[str]
) -> CaseRecord:
    """A verifier decides what evidence the public sees; the words stay as they are.

    Errors: VERIFIER_REQUIRED, OWN_MATTER, STALE_ETAG, PHOTO_UNKNOWN, EVIDENCE_TWICE, EVIDENCE_MISSING.
    """
    case = await _for_verifier(tx, code, etag)
    reviewed, shown, hidden = await photos.review(tx, case.complaint, photo_ids, withheld)
    change = model.review(reviewed, shown, hidden, tx.now)
    return await records.save(tx, case, change, acting_as(tx.caller, _VERIFIER))


async def _for_verifier(tx: Transaction, code: str, etag: str) -> Case:
    case = await cases.find(tx, code, lock=True)
    if Party.VERIFIER not in case.parties:
        raise forbidden("VERIFIER_REQUIRED", "Only a verifier can make words and photos public.")
    await cases.require_disinterested(tx, case.complaint)
    await records.require_seen(tx, case.complaint, etag)
    return case


async def correct(tx: Transaction, code: str, etag: str, category: str, area_code: str) -> CaseRecord:
    """Corrects category or location; the agency follows from the rules, unless the case was handed over.

    Errors: NOT_YOUR_AGENCY, OWN_MATTER, STALE_ETAG, CORRECTION_TOO_LATE, CORRECTION_EMPTY, CATEGORY_UNKNOWN,
    AREA_UNKNOWN.
    """
    case = await cases.find(tx, code, lock=True)
    require_desk(case)
    await cases.require_disinterested(tx, case.complaint)
    await records.require_seen(tx, case.complaint, etag)
    complaint, city = case.complaint, tx.runtime.city
    if not category and not area_code:
        raise invalid("CORRECTION_EMPTY", "Name a new `category` or a new `area_code`.", field="category")
    chosen = choose(city, category or complaint.category, "")
    location = complaint.location
    if area_code and area_code != location.area:
        # The point that lies elsewhere is no longer where the matter is.
        location = replace(location, area=known_area(city, area_code).code, lon=None, lat=None)
    if chosen.id == complaint.category and location == complaint.location:
        raise invalid("CORRECTION_EMPTY", "The case has this category and this place already.", field="category")
    right = Sorting(chosen.id, Class(chosen.class_), location, routed(city, chosen.id, location.area))
    owed = Owed(await cases.owed_since(tx, complaint), terms(city, complaint.category))
    context = records.context(tx, replace(complaint, category=chosen.id), case.parties)
    change = model.correct(complaint, right, owed, _ruled(city, complaint), context)
    if chosen.private and not complaint.secret:
        change = replace(change, complaint=model.hide(change.complaint, context))
    record = await records.save(tx, case, change, acting_as(tx.caller, case.parties))
    after = record.complaint
    if after.state is State.ASSIGNED and after.agency != complaint.agency:
        await notifications.notify(tx, after, Kind.ASSIGNED)
    return record


def _ruled(city: City, complaint: Complaint) -> str:
    """The agency that the rules lead to for the case as it is; none where the profile lost its category or area."""
    try:
        return routed(city, complaint.category, complaint.location.area).agency
    except ValueError:
        return ""


async def hide(tx: Transaction, complaint: Complaint) -> CaseRecord:
    """Keeps a case of a private category from the public, and tells so; it must be locked."""
    case = Case(complaint, frozenset({Party.SYSTEM}))
    change = model.hidden(complaint, records.context(tx, complaint, case.parties))
    return await records.save(tx, case, change, "system")
