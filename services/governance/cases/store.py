"""SQL of complaints; rooms that ask for them in ways of their own take `SELECT` (or `COLUMNS`) and `complaint`."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from services.governance.cases.model import Assignment, Channel, Class, Complaint, Location
from services.governance.deadlines.model import Clock, Deadlines
from services.governance.states.model import State
from services.kit.database import Transaction, Write

_FIXED = ("id", "code", "text", "channel", "created_at", "link_hash", "reporter", "anonymous", "exercise")
_CHANGING = (
    "version",
    "state",
    "class",
    "category",
    "area",
    "lon",
    "lat",
    "landmark",
    "secret",
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
    "used_up",
    "evidence_due",
    "evidence_told",
    "waiting_until",
    "handed_by",
    "due_at",
    "wake_at",
)
_COLUMNS = (*_FIXED, *_CHANGING)
COLUMNS = f"{', '.join(_COLUMNS)}, supporters, redact_time"
SELECT = f"SELECT {COLUMNS} FROM complaint"
_KINDS = {
    "id": "uuid",
    **dict.fromkeys(("version", "rule", "escalation"), "integer"),
    "rating": "smallint",
    **dict.fromkeys(("lon", "lat"), "double precision"),
    **dict.fromkeys(("secret", "anonymous", "exercise", "on_time", "refusal"), "boolean"),
    **dict.fromkeys(("provisional", "evidence_told"), "boolean"),
    **dict.fromkeys(("created_at", "updated_at", "resolved_at", "verification", "response"), "timestamptz"),
    **dict.fromkeys(("resolution", "auto_close", "reopen_until", "evidence_due"), "timestamptz"),
    **dict.fromkeys(("due_at", "wake_at", "used_up", "waiting_until"), "timestamptz"),
    "link_hash": "bytea",
    "time_left": "interval",
}
"""Types of the columns that are no text."""
_ADDED = ", ".join(f"${n}::{_KINDS.get(name, 'text')}[]" for n, name in enumerate(_COLUMNS, 1))
_INSERT = f"""
    INSERT INTO complaint ({", ".join(_COLUMNS)})
    SELECT {", ".join("string_to_array(breached, ',')" if name == "breached" else name for name in _COLUMNS)}
      FROM unnest({_ADDED}) AS added ({", ".join(_COLUMNS)})
"""
_UPDATE = f"""
    UPDATE complaint SET {", ".join(f"{name} = ${n}" for n, name in enumerate(_CHANGING, start=2))} WHERE id = $1
"""


def added(complaints: Sequence[Complaint]) -> Write:
    """The write that adds complaints. One whose code is taken raises UniqueViolationError."""
    rows = [{**values, "breached": ",".join(values["breached"])} for values in map(_values, complaints)]
    columns = tuple([row[name] for row in rows] for name in _COLUMNS) if rows else ()
    return Write(_INSERT, columns, rows=len(rows))


async def taken(tx: Transaction, codes: Sequence[str]) -> set[str]:
    """Those of the codes that complaints have."""
    rows = await tx.fetch("SELECT code FROM complaint WHERE code = ANY($1::text[])", codes)
    return {row["code"] for row in rows}


async def copy(tx: Transaction, complaints: Sequence[Complaint]) -> None:
    """Adds many at once, without their histories: for demonstration data."""
    rows = [(*map(_values(one).__getitem__, _COLUMNS), one.supporters) for one in complaints]
    await tx.connection.copy_records_to_table("complaint", columns=(*_COLUMNS, "supporters"), records=rows)


async def has_demo(tx: Transaction) -> bool:
    """Whether there is any complaint of the demonstration's."""
    found: bool = await tx.fetchval("SELECT EXISTS (SELECT FROM complaint WHERE channel = 'demo')")
    return found


async def update(tx: Transaction, complaint: Complaint) -> None:
    """Writes everything that can change; the row must be locked."""
    values = _values(complaint)
    await tx.execute(_UPDATE, complaint.id, *(values[name] for name in _CHANGING))


async def set_deadlines(tx: Transaction, complaint: Complaint) -> None:
    """Writes when its evidence is due, and what that changes; the row must be locked."""
    values = _values(complaint)
    names = ("evidence_due", "evidence_told", "wake_at")
    changed = ", ".join(f"{name} = ${n}" for n, name in enumerate(names, start=2))
    await tx.execute(f"UPDATE complaint SET {changed} WHERE id = $1", complaint.id, *map(values.__getitem__, names))


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Complaint | None:
    """The complaint of a code; locked until the transaction ends when it is to be changed."""
    row = await tx.fetchrow(f"{SELECT} WHERE code = $1{' FOR NO KEY UPDATE' if lock else ''}", code)
    return complaint(row) if row else None


async def by_id(tx: Transaction, identity: UUID, *, lock: bool = False) -> Complaint | None:
    """The same, by its id."""
    row = await tx.fetchrow(f"{SELECT} WHERE id = $1{' FOR NO KEY UPDATE' if lock else ''}", identity)
    return complaint(row) if row else None


async def stands_behind(tx: Transaction, identity: UUID, login: str) -> bool:
    """Whether somebody joined a case with their login, or reported what is a duplicate of it."""
    sql = "SELECT true FROM supporter WHERE complaint_id = $1 AND subject = $2"
    return bool(await tx.fetchval(sql, identity, login))


async def marks(tx: Transaction, identity: UUID) -> list[str]:
    """Those of logins that joined a case and were erased."""
    sql = "SELECT subject FROM supporter WHERE complaint_id = $1 AND starts_with(subject, 'left:')"
    return [row["subject"] for row in await tx.fetch(sql, identity)]


async def redact(tx: Transaction, identity: UUID) -> None:
    """Takes the words of a complaint out; its row must be locked."""
    await tx.execute(
        "UPDATE complaint SET text = '', public_text = '', landmark = '', redact_time = $2 WHERE id = $1",
        identity,
        tx.now,
    )


def _values(complaint: Complaint) -> Mapping[str, Any]:
    location, assignment, deadlines = complaint.location, complaint.assignment, complaint.deadlines
    own = {
        name: getattr(complaint, name)
        for name in (
            *_FIXED,
            "version",
            "secret",
            "public_text",
            "updated_at",
            "escalation",
            "rating",
            "duplicate_of",
            "resolved_at",
            "on_time",
            "refusal",
            "handed_by",
        )
    }
    return {
        **own,
        "channel": complaint.channel.value,
        "state": complaint.state.value,
        "class": complaint.kind.value,
        "category": complaint.category,
        "area": location.area,
        "lon": location.lon,
        "lat": location.lat,
        "landmark": location.landmark,
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
        # Apart from the others, whose list the version before reads too.
        "breached": sorted(deadlines.breached - {Clock.EVIDENCE}),
        "evidence_told": Clock.EVIDENCE in deadlines.breached,
        "evidence_due": deadlines.evidence,
        "time_left": deadlines.left,
        "used_up": deadlines.used_up,
        "waiting_until": deadlines.waiting,
        "due_at": deadlines.next_due,
        "wake_at": deadlines.wake,
    }


def complaint(row: Any) -> Complaint:
    """The complaint of a row of `SELECT`."""
    state = State(row["state"])
    return Complaint(
        state=state,
        kind=Class(row["class"]),
        channel=Channel(row["channel"]),
        location=Location(row["area"], row["lon"], row["lat"], row["landmark"]),
        assignment=Assignment(row["agency"], row["rule"], row["why_id"], row["why_en"]),
        deadlines=Deadlines(
            verification=row["verification"],
            response=row["response"],
            resolution=row["resolution"],
            auto_close=row["auto_close"],
            reopen_until=row["reopen_until"],
            provisional=row["provisional"],
            breached=frozenset(Clock(name) for name in (*row["breached"], *["evidence"] * row["evidence_told"])),
            left=row["time_left"],
            used_up=row["used_up"],
            evidence=row["evidence_due"],
            # The version before, by which a case goes on, leaves it as it was.
            waiting=row["waiting_until"] if state is State.WAITING_FOR_REPORTER else None,
        ),
        redacted_at=row["redact_time"],
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
    "handed_by",
)
