"""SQL of complaints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.governance.complaints.clocks import Clock, Deadlines
from services.governance.complaints.model import Assignment, Channel, Class, Complaint, Place, State
from services.governance.receipts.model import Entry
from services.kit.database import Transaction, paging
from services.kit.runtime import Runtime

_FIXED = ("id", "code", "text", "channel", "created_at", "link_hash", "reporter", "secret", "anonymous", "exercise")
_MOVING = (
    "version",
    "state",
    "class",
    "category",
    "area",
    "lon",
    "lat",
    "landmark",
    "public_text",
    "agency",
    "rule",
    "why_id",
    "why_en",
    "updated_at",
    "escalation",
    "rating",
    "duplicate_of",
    "resolved_at",
    "on_time",
    "refusal",
    "verification",
    "response",
    "resolution",
    "auto_close",
    "reopen_until",
    "provisional",
    "breached",
    "time_left",
    "due_at",
    "wake_at",
)
_COLUMNS = (*_FIXED, *_MOVING)
_SELECT = f"SELECT {', '.join(_COLUMNS)}, supporters FROM complaint"
_ENTRY = (
    "number",
    "at",
    "type",
    "by",
    "state",
    "note",
    "salt",
    "note_digest",
    "previous_hash",
    "hash",
    "trace_id",
    "public",
    "photos",
)
_PLACES = ", ".join(f"${place}" for place in range(1, len(_COLUMNS) + 1))
_ENTRY_PLACES = ", ".join(f"${len(_COLUMNS) + place}" for place in range(1, len(_ENTRY) + 1))
_INSERT = f"""
    WITH filed AS (
        INSERT INTO complaint ({", ".join(_COLUMNS)}) VALUES ({_PLACES}) ON CONFLICT (code) DO NOTHING RETURNING id
    )
    INSERT INTO entry (complaint_id, {", ".join(_ENTRY)}) SELECT id, {_ENTRY_PLACES} FROM filed RETURNING number
"""
_UPDATE = f"""
    UPDATE complaint SET {", ".join(f"{name} = ${place}" for place, name in enumerate(_MOVING, start=2))} WHERE id = $1
"""

_FAR = "'infinity'::timestamptz"


async def insert(tx: Transaction, complaint: Complaint, entry: Entry) -> bool:
    """Adds a complaint with the first entry of its history, in one statement. False when its code is taken."""
    values = _values(complaint)
    row = [values[name] for name in _COLUMNS] + [getattr(entry, name) for name in _ENTRY]
    return await tx.fetchval(_INSERT, *row) is not None


async def copy(tx: Transaction, complaints: Sequence[Complaint]) -> None:
    """Adds many at once, without their histories: for demonstration data."""
    rows = [(*map(_values(one).__getitem__, _COLUMNS), one.supporters) for one in complaints]
    await tx.connection.copy_records_to_table("complaint", columns=(*_COLUMNS, "supporters"), records=rows)


async def update(tx: Transaction, complaint: Complaint) -> None:
    """Writes everything that can change."""
    values = _values(complaint)
    await tx.execute(_UPDATE, complaint.id, *(values[name] for name in _MOVING))


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Complaint | None:
    """The complaint of a code; locked until the transaction ends when it is to be changed."""
    row = await tx.fetchrow(f"{_SELECT} WHERE code = $1{' FOR NO KEY UPDATE' if lock else ''}", code)
    return _complaint(row) if row else None


async def anything_due(runtime: Runtime) -> bool:
    """Whether something fell due by itself; asked without a transaction, each second, mostly for nothing."""
    # Not EXISTS: for any time at all, a plan would expect a third of the table to be due and read it from the start.
    sql = "SELECT min(wake_at) < $1 FROM complaint"
    return bool(await runtime.pool.fetchval(sql, runtime.clock()))


async def due(tx: Transaction, skip: Sequence[UUID]) -> Complaint | None:
    """The complaint for which something fell due by itself longest ago, locked; not these, not one locked elsewhere."""
    row = await tx.fetchrow(
        f"{_SELECT} WHERE wake_at < $1 AND id <> ALL($2::uuid[]) ORDER BY wake_at LIMIT 1"
        " FOR NO KEY UPDATE SKIP LOCKED",
        tx.now,
        list(skip),
    )
    return _complaint(row) if row else None


@dataclass(frozen=True)
class Filter:
    """Which complaints to list; an empty field does not narrow."""

    states: tuple[State, ...] = ()
    """All open ones when empty."""
    agency: str = ""
    category: str = ""
    area: str = ""
    overdue: bool = False
    code: str = ""


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
        place = f"(coalesce(${len(values) - 1}::timestamptz, {_FAR}), ${len(values)}::uuid)"
        parts.append(f"(coalesce(due_at, {_FAR}), id) > {place}")
    # One list for each state: within one the index has the order already.
    states = dict.fromkeys(wanted.states)
    lists = ["open"] if not states else [f"state = ${len(values) + n}" for n, _ in enumerate(states, 1)]
    values.extend(state.value for state in states)
    tail = f"ORDER BY coalesce(due_at, {_FAR}), id LIMIT $1"
    each = [f"({_SELECT} WHERE {' AND '.join([one, *parts])} {tail})" for one in lists]
    sql = each[0] if len(each) == 1 else f"SELECT * FROM ({' UNION ALL '.join(each)}) AS complaint {tail}"
    return [_complaint(row) for row in await tx.fetch(sql, *values)]


async def near(
    tx: Transaction, area: str, box: tuple[float, float, float, float] | None, since: datetime, most: int = 300
) -> list[Complaint]:
    """Open complaints since then that are no secret and no drill, within the box (west, south, east, north) or area."""
    west, south, east, north = box or (None, None, None, None)
    rows = await tx.fetch(
        f"""
        {_SELECT} WHERE open AND NOT secret AND NOT exercise AND created_at >= $1
            AND ((lat BETWEEN $3 AND $5 AND lon BETWEEN $2 AND $4) OR (area = $6 AND area <> ''
                 AND (lat IS NULL OR $3::float8 IS NULL)))
        ORDER BY created_at DESC LIMIT $7
        """,
        since,
        west,
        south,
        east,
        north,
        area,
        most,
    )
    return [_complaint(row) for row in rows]


async def join(tx: Transaction, complaint_id: UUID, supporter_id: UUID, subject: str) -> bool:
    """Adds a supporter. False when that subject joined before."""
    added = await tx.fetchval(
        """
        WITH added AS (
            INSERT INTO supporter (id, complaint_id, subject, joined_at) VALUES ($2, $1, $3, $4)
            ON CONFLICT (complaint_id, subject) DO NOTHING RETURNING complaint_id
        )
        UPDATE complaint SET supporters = supporters + 1 FROM added WHERE id = added.complaint_id RETURNING supporters
        """,
        complaint_id,
        supporter_id,
        subject,
        tx.now,
    )
    return added is not None


async def absorb(tx: Transaction, original: Complaint, duplicate: Complaint) -> None:
    """The reporter and the supporters of a duplicate support the original from now on."""
    await tx.execute(
        "UPDATE complaint SET supporters = supporters + 1 + $2 WHERE id = $1", original.id, duplicate.supporters
    )


def _values(complaint: Complaint) -> Mapping[str, Any]:
    place, assignment, deadlines = complaint.place, complaint.assignment, complaint.deadlines
    own = {
        name: getattr(complaint, name)
        for name in (
            *_FIXED,
            "version",
            "public_text",
            "updated_at",
            "escalation",
            "rating",
            "duplicate_of",
            "resolved_at",
            "on_time",
            "refusal",
        )
    }
    return {
        **own,
        "channel": complaint.channel.value,
        "state": complaint.state.value,
        "class": complaint.kind.value,
        "category": complaint.category,
        "area": place.area,
        "lon": place.lon,
        "lat": place.lat,
        "landmark": place.landmark,
        "agency": assignment.agency,
        "rule": assignment.rule,
        "why_id": assignment.why_id,
        "why_en": assignment.why_en,
        "verification": deadlines.verification,
        "response": deadlines.response,
        "resolution": deadlines.resolution,
        "auto_close": deadlines.auto_close,
        "reopen_until": deadlines.reopen_until,
        "provisional": deadlines.provisional,
        "breached": sorted(deadlines.breached),
        "time_left": deadlines.left,
        "due_at": deadlines.next_due,
        "wake_at": deadlines.wake,
    }


def _complaint(row: Any) -> Complaint:
    return Complaint(
        state=State(row["state"]),
        kind=Class(row["class"]),
        channel=Channel(row["channel"]),
        place=Place(row["area"], row["lon"], row["lat"], row["landmark"]),
        assignment=Assignment(row["agency"], row["rule"], row["why_id"], row["why_en"]),
        deadlines=Deadlines(
            verification=row["verification"],
            response=row["response"],
            resolution=row["resolution"],
            auto_close=row["auto_close"],
            reopen_until=row["reopen_until"],
            provisional=row["provisional"],
            breached=frozenset(Clock(name) for name in row["breached"]),
            left=row["time_left"],
        ),
        **{name: row[name] for name in _PLAIN},
    )


_PLAIN = (
    "id",
    "code",
    "version",
    "category",
    "text",
    "created_at",
    "updated_at",
    "link_hash",
    "reporter",
    "secret",
    "anonymous",
    "exercise",
    "public_text",
    "escalation",
    "supporters",
    "rating",
    "duplicate_of",
    "resolved_at",
    "on_time",
    "refusal",
)
