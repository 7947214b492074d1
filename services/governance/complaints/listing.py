"""The officers' list: filtered, most urgent due date first, page by page."""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, replace
from datetime import datetime
from uuid import UUID

from services.governance.complaints import access, store
from services.governance.complaints import code as codes
from services.governance.complaints.model import Complaint, moves
from services.governance.complaints.store import Filter
from services.governance.complaints.story import Story
from services.kit.caller import Scope
from services.kit.database import Transaction
from services.kit.errors import DomainError, invalid

DEFAULT, MOST = 50, 200


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> tuple[list[Story], str]:
    """One page of stories without history, and the token of the next (empty on the last). Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, CATEGORY_UNKNOWN, AREA_UNKNOWN.
    """
    if not 0 <= size <= MOST:
        raise invalid("PAGE_SIZE_INVALID", f"A page holds 1 to {MOST} complaints.", field="page_size")
    size = size or DEFAULT
    found = _checked(tx, wanted)
    if found is None:
        return [], ""
    complaints = await store.page(tx, found, _after(token, found) if token else None, size + 1)
    stories = [_brief(tx, complaint) for complaint in complaints[:size]]
    more = len(complaints) > size
    return stories, _token(stories[-1].complaint, found) if more else ""


def _checked(tx: Transaction, wanted: Filter) -> Filter | None:
    """The filter within the caller's scope; None when nothing can match."""
    city = tx.runtime.city
    if tx.scope is not Scope.ANY:
        if not tx.caller.agency or wanted.agency not in {"", tx.caller.agency}:
            return None
        wanted = replace(wanted, agency=tx.caller.agency)
    if wanted.agency and city.agency(wanted.agency) is None:
        raise invalid("AGENCY_UNKNOWN", "There is no such agency; the list is at /v1/agencies.", field="agency")
    if wanted.category and city.category(wanted.category) is None:
        raise invalid("CATEGORY_UNKNOWN", "There is no such category; the list is at /v1/categories.", field="category")
    if wanted.area and city.area(wanted.area) is None:
        raise invalid("AREA_UNKNOWN", "There is no such area; the codes are at /v1/areas.", field="area_code")
    if wanted.code:
        code = codes.parse(city.code_prefix, wanted.code)
        return replace(wanted, code=code) if code else None
    return wanted


def _brief(tx: Transaction, complaint: Complaint) -> Story:
    parties = access.parties(tx.caller, complaint)
    return Story(complaint, parties, tuple(moves(complaint, parties)))


def _token(last: Complaint, wanted: Filter) -> str:
    due = last.deadlines.next_due
    place = [due.isoformat() if due else None, str(last.id), _fingerprint(wanted)]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _after(token: str, wanted: Filter) -> tuple[datetime | None, UUID]:
    try:
        due, identity, fingerprint = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        place = (datetime.fromisoformat(due) if due is not None else None, UUID(identity))
        aware = place[0] is None or place[0].tzinfo is not None
    except (binascii.Error, ValueError, TypeError, AttributeError) as error:
        raise _refused("It is not a token of this list.") from error
    if fingerprint != _fingerprint(wanted) or not aware:
        raise _refused("It belongs to another filter.")
    return place


def _refused(why: str) -> DomainError:
    return invalid("PAGE_TOKEN_INVALID", f"{why} Start again without `page_token`.", field="page_token")


def _fingerprint(wanted: Filter) -> str:
    return hashlib.sha256(repr(sorted(asdict(wanted).items())).encode()).hexdigest()[:12]
