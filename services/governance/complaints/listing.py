"""The officers' list: filtered, most urgent due date first, page by page."""

from dataclasses import replace

from services.governance.complaints import access, store
from services.governance.complaints.model import Complaint, moves
from services.governance.complaints.store import Filter
from services.governance.complaints.story import Story
from services.kit import codes
from services.kit.caller import Scope
from services.kit.database import Transaction, paging
from services.kit.errors import invalid


async def page(tx: Transaction, wanted: Filter, size: int, token: str) -> tuple[list[Story], str]:
    """One page of stories without history, and the token of the next (empty on the last). Officers see their agency's.

    Errors: INVALID PAGE_SIZE_INVALID, PAGE_TOKEN_INVALID, CATEGORY_UNKNOWN, AREA_UNKNOWN.
    """
    size = paging.page_size(size)
    found = _checked(tx, wanted)
    if found is None:
        return [], ""
    complaints = await store.page(tx, found, paging.after(token, found), size + 1)
    stories = [_brief(tx, complaint) for complaint in complaints[:size]]
    if len(complaints) <= size:
        return stories, ""
    last = stories[-1].complaint
    return stories, paging.token((last.deadlines.next_due, last.id), found)


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
