"""SQL of what is read of cases: one with all that belongs to it, and the officers' list."""

from typing import Any, NamedTuple

from services.governance.cases.model import Complaint
from services.governance.cases.store import COLUMNS, SELECT, complaint
from services.governance.flood_cases import store as floods
from services.governance.flood_cases.model import Link
from services.governance.history import store as entries
from services.governance.history.model import Entry
from services.governance.photos import store as photos
from services.governance.photos.model import Photo
from services.governance.records.model import Filter
from services.kit.database import Transaction, paging

_FAR = "'infinity'::timestamptz"
_WHOLE = f"""
SELECT {COLUMNS},
       {entries.ENTRIES.nested(f"complaint_id = complaint.id {entries.OLDEST_FIRST}")} AS history,
       {photos.PHOTOS.nested(f"complaint_id = complaint.id {photos.OLDEST_FIRST}")} AS photos,
       {floods.LINKS.nested("complaint_id = complaint.id ORDER BY linked_at")} AS floods,
       EXISTS (SELECT FROM contact WHERE subject = complaint.id AND erase_time IS NULL) AS has_contact,
       EXISTS (SELECT FROM contact WHERE subject = complaint.id AND has_email AND mail = 'confirmed') AS mailed,
       EXISTS (SELECT FROM supporter WHERE complaint_id = complaint.id AND subject = $2 AND $2 <> '') AS stands_behind,
       ARRAY(SELECT subject FROM supporter
              WHERE complaint_id = complaint.id AND starts_with(subject, 'left:') AND $2 <> '') AS marks
  FROM complaint WHERE code = $1
"""


class Whole(NamedTuple):
    """A complaint with all that belongs to it."""

    complaint: Complaint
    history: list[Entry]
    """Oldest first, as photos are."""
    photos: list[Photo]
    has_contact: bool
    mailed: bool
    floods: list[Link]
    stands_behind: bool
    """Whether it is a login's that was asked about."""
    marks: list[str]
    """Of those who joined it and were erased; none where no login was asked about."""


async def whole(tx: Transaction, code: str, login: str) -> Whole | None:
    """The complaint of a code, in one statement; ``login``: of whom to say whether they stand behind it."""
    row = await tx.fetchrow(_WHOLE, code, login)
    if row is None:
        return None
    return Whole(
        complaint(row),
        entries.ENTRIES.unnested(row["history"]),
        photos.PHOTOS.unnested(row["photos"]),
        row["has_contact"],
        row["mailed"],
        floods.LINKS.unnested(row["floods"]),
        row["stands_behind"],
        row["marks"],
    )


async def page(tx: Transaction, wanted: Filter, after: paging.Place | None, size: int) -> list[Complaint]:
    """Complaints by their due date, those without one last; `after` is due date and id of the last one seen.

    Where evidence is asked for, by the date until which a verifier looks at it.
    """
    due = "evidence_due" if wanted.evidence else "due_at"
    order = "evidence_due" if wanted.evidence else f"coalesce(due_at, {_FAR})"
    parts: list[str] = []
    values: list[Any] = [size]
    for text, value in (
        ("agency = {}", wanted.agency),
        ("category = {}", wanted.category),
        ("starts_with(area, {})", wanted.area),
        (f"{due} < {{}}", tx.now if wanted.overdue else None),
        ("code = {}", wanted.code),
        ("id IN (SELECT complaint_id FROM flood_case WHERE warning = {}::text::uuid)", wanted.warning),
    ):
        if value:
            values.append(value)
            parts.append(text.format(f"${len(values)}"))
    if after is not None:
        values.extend(after)
        last = f"(coalesce(${len(values) - 1}::timestamptz, {_FAR}), ${len(values)}::uuid)"
        parts.append(f"({order}, id) > {last}")
    # One list for each state: within one the index has the order already. Whoever names one case wants it in any state.
    states = dict.fromkeys(wanted.states)
    anything = "evidence_due IS NOT NULL" if wanted.evidence else "true" if wanted.code or wanted.warning else "open"
    lists = [f"state = ${len(values) + n}" for n, _ in enumerate(states, 1)] or [anything]
    values.extend(state.value for state in states)
    tail = f"ORDER BY {order}, id LIMIT $1"
    each = [f"({SELECT} WHERE {' AND '.join([one, *parts])} {tail})" for one in lists]
    sql = each[0] if len(each) == 1 else f"SELECT * FROM ({' UNION ALL '.join(each)}) AS complaint {tail}"
    return [complaint(row) for row in await tx.fetch(sql, *values)]
