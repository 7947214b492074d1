"""SQL of the officers' list."""

from typing import Any

from services.governance.cases.model import Complaint
from services.governance.cases.store import SELECT, complaint
from services.governance.records.model import Filter
from services.kit.database import Transaction, paging

_FAR = "'infinity'::timestamptz"


async def page(tx: Transaction, wanted: Filter, after: paging.Place | None, size: int) -> list[Complaint]:
    """Complaints by their due date, those without one last; `after` is due date and id of the last one seen."""
    parts: list[str] = []
    values: list[Any] = [size]
    for text, value in (
        ("agency = {}", wanted.agency),
        ("category = {}", wanted.category),
        ("starts_with(area, {})", wanted.area),
        ("due_at < {}", tx.now if wanted.overdue else None),
        ("code = {}", wanted.code),
    ):
        if value:
            values.append(value)
            parts.append(text.format(f"${len(values)}"))
    if after is not None:
        values.extend(after)
        last = f"(coalesce(${len(values) - 1}::timestamptz, {_FAR}), ${len(values)}::uuid)"
        parts.append(f"(coalesce(due_at, {_FAR}), id) > {last}")
    # One list for each state: within one the index has the order already.
    states = dict.fromkeys(wanted.states)
    lists = ["open"] if not states else [f"state = ${len(values) + n}" for n, _ in enumerate(states, 1)]
    values.extend(state.value for state in states)
    tail = f"ORDER BY coalesce(due_at, {_FAR}), id LIMIT $1"
    each = [f"({SELECT} WHERE {' AND '.join([one, *parts])} {tail})" for one in lists]
    sql = each[0] if len(each) == 1 else f"SELECT * FROM ({' UNION ALL '.join(each)}) AS complaint {tail}"
    return [complaint(row) for row in await tx.fetch(sql, *values)]
