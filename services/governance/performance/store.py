"""SQL of performance: the events that were counted, what is owed of each case, the facts, and their sums."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.governance.performance.figures import Figures
from services.governance.performance.model import CaseState, Fact, Heard, Key, Kind, Sum, What
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page
from services.kit.database.transaction import Write

CORRECTIONS_MOST = 200
_KEEP = """
INSERT INTO performance_event (id, complaint, version, what, at, heard_at, code, agency, value, due)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[], $6::timestamptz[],
                     $7::text[], $8::text[], $9::integer[], $10::timestamptz[])
ON CONFLICT (id) DO NOTHING RETURNING id
"""
_STATES = (
    "SELECT complaint, agency, since, silent, overdue, due FROM performance_case WHERE complaint = ANY($1::uuid[])"
)
_SAVE_STATES = """
INSERT INTO performance_case (complaint, agency, since, silent, overdue, due, changed_at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::boolean[], $5::boolean[], $6::timestamptz[],
                     $7::timestamptz[])
ON CONFLICT (complaint) DO UPDATE
   SET agency = excluded.agency, since = excluded.since, silent = excluded.silent, overdue = excluded.overdue,
       due = excluded.due, changed_at = excluded.changed_at
"""
_ADD_FACTS = """
INSERT INTO performance_fact (event, kind, month, agency, correction, complaint, code, at, value)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::date[], $4::text[], $5::text[], $6::uuid[], $7::text[],
                     $8::timestamptz[], $9::integer[])
"""
_ADD_FIGURES = """
INSERT INTO performance_figure (month, agency, correction, kind, cases, total)
SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
ON CONFLICT (month, agency, correction, kind) DO UPDATE
   SET cases = performance_figure.cases + excluded.cases, total = performance_figure.total + excluded.total
"""
_MONTH = "SELECT agency, kind, cases, total FROM performance_figure WHERE month = $1 AND correction = ''"
_CORRECTIONS = f"""
SELECT correction, agency, kind, cases FROM performance_figure
 WHERE month = $1 AND correction > '' ORDER BY correction, agency, kind LIMIT {CORRECTIONS_MOST}
"""
_CORRECTIONS_OF = f"""
SELECT correction, agency, kind, cases FROM performance_figure
 WHERE month = $1 AND agency = $2 AND correction > '' ORDER BY correction, kind LIMIT {CORRECTIONS_MOST}
"""
_AGENCY = """
SELECT month, kind, cases, total FROM performance_figure
 WHERE agency = $1 AND month BETWEEN $2 AND $3 AND correction = '' ORDER BY month DESC
"""
_YEARS = """
SELECT extract(year FROM month)::integer AS year, kind, sum(cases)::bigint AS cases, sum(total)::bigint AS total
  FROM performance_figure WHERE correction = '' GROUP BY 1, 2 ORDER BY 1
"""
_BEHIND = """
SELECT f.event, f.code, f.at, f.correction, f.kind, f.value
  FROM performance_fact f JOIN complaint c ON c.id = f.complaint
 WHERE f.agency = $1 AND f.month = $2 AND f.kind = $3 AND NOT c.secret
"""
# The cases that something happened to in a month, each with all that ever did: what is owed at its begin is told by it.
_OF_MONTH = """
SELECT DISTINCT complaint FROM performance_event WHERE at >= $1 AND at < $2 AND complaint > $3
 ORDER BY complaint LIMIT $4
"""
_EVENTS = """
SELECT id, complaint, version, what, at, heard_at, code, agency, value, due FROM performance_event
 WHERE complaint = ANY($1::uuid[]) ORDER BY complaint, version, id
"""
EARLIEST = Keyset[Any]({"f.at": datetime, "f.event": UUID}, of=lambda row: (row["at"], row["event"]))


async def keep(tx: Transaction, events: Sequence[Heard]) -> set[UUID]:
    """Keeps events; answers with the ids of those that were not known."""
    if not events:
        return set()
    return {row["id"] for row in await tx.fetch(_KEEP, *_columns(events))}


async def states(tx: Transaction, complaints: Iterable[UUID]) -> dict[UUID, CaseState]:
    """What is owed of cases that are known."""
    rows = await tx.fetch(_STATES, list(complaints))
    return {
        row["complaint"]: CaseState(row["agency"], row["since"], row["silent"], row["overdue"], row["due"])
        for row in rows
    }


async def add(
    tx: Transaction, changed: Mapping[UUID, CaseState], facts: Sequence[Fact], figures: Mapping[Key, Sum]
) -> None:
    """Writes what cases owe now, adds the facts, and adds to the figures; in one round trip."""
    cases = [(id_, *_values(state), tx.now) for id_, state in sorted(changed.items())]
    await tx.together(
        Write(_SAVE_STATES, _columns(cases)),
        Write(_ADD_FACTS, _columns(facts)),
        Write(_ADD_FIGURES, _columns([(*key, one.cases, one.total) for key, one in sorted(figures.items())])),
    )


async def month(tx: Transaction, month: date) -> dict[str, Figures]:
    """The figures of a month by agency, as of its cut-off."""
    found: dict[str, dict[Kind, Sum]] = {}
    for row in await tx.fetch(_MONTH, month):
        found.setdefault(row["agency"], {})[Kind(row["kind"])] = Sum(row["cases"], row["total"])
    return {agency: Figures(of) for agency, of in found.items()}


async def corrections(tx: Transaction, month: date, agency: str = "") -> list[Any]:
    """What came after a month's cut-off, by name; of all agencies where none is given."""
    return await (tx.fetch(_CORRECTIONS_OF, month, agency) if agency else tx.fetch(_CORRECTIONS, month))


async def of_agency(tx: Transaction, agency: str, first: date, last: date) -> dict[date, Figures]:
    """The months of an agency, the latest first."""
    found: dict[date, dict[Kind, Sum]] = {}
    for row in await tx.fetch(_AGENCY, agency, first, last):
        found.setdefault(row["month"], {})[Kind(row["kind"])] = Sum(row["cases"], row["total"])
    return {month: Figures(of) for month, of in found.items()}


async def years(tx: Transaction) -> dict[int, Figures]:
    """The years of all agencies together, as of the cut-offs, the earliest first."""
    found: dict[int, dict[Kind, Sum]] = {}
    for row in await tx.fetch(_YEARS):
        found.setdefault(row["year"], {})[Kind(row["kind"])] = Sum(row["cases"], row["total"])
    return {year: Figures(of) for year, of in found.items()}


async def behind(tx: Transaction, agency: str, month: date, kind: Kind, size: int, token: str) -> Page[Any]:
    """The cases behind a figure, the earliest first; none that are secret now. Errors: PAGE_TOKEN_INVALID."""
    wanted = (agency, month.isoformat(), kind.value)
    after = EARLIEST.after(token, wanted)
    going_on = f" AND {EARLIEST.sql(4)}" if after is not None else ""
    sql = f"{_BEHIND}{going_on} ORDER BY {EARLIEST.order} LIMIT {size + 1}"
    rows = await tx.fetch(sql, agency, month, kind.value, *(after or ()))
    return EARLIEST.cut(rows, size, wanted)


async def cases_of_month(tx: Transaction, start: datetime, end: datetime, after: UUID, most: int) -> list[UUID]:
    """Cases that something happened to in a time, in the order of their ids after one of them."""
    return [row["complaint"] for row in await tx.fetch(_OF_MONTH, start, end, after, most)]


async def events(tx: Transaction, complaints: Sequence[UUID]) -> list[Heard]:
    """All that is kept of cases, each in its order."""
    return [Heard(**{**dict(row), "what": What(row["what"])}) for row in await tx.fetch(_EVENTS, list(complaints))]


async def figures(tx: Transaction, month: date) -> dict[Key, Sum]:
    """All figures of a month, corrections among them."""
    sql = "SELECT month, agency, correction, kind, cases, total FROM performance_figure WHERE month = $1"
    rows = await tx.fetch(sql, month)
    return {
        (row["month"], row["agency"], row["correction"], Kind(row["kind"])): Sum(row["cases"], row["total"])
        for row in rows
    }


async def clear(tx: Transaction, month: date) -> None:
    """Takes away the facts and figures of a month, which are counted again in the same transaction."""
    await tx.execute("DELETE FROM performance_fact WHERE month = $1", month)
    await tx.execute("DELETE FROM performance_figure WHERE month = $1", month)


async def forget(tx: Transaction, before: datetime, month: date) -> None:
    """Deletes events and states of cases before a time, and facts of months before one; the figures stay."""
    await tx.execute("DELETE FROM performance_event WHERE at > '-infinity' AND at < $1", before)
    await tx.execute("DELETE FROM performance_fact WHERE month > '-infinity' AND month < $1", month)
    await tx.execute("DELETE FROM performance_case WHERE changed_at > '-infinity' AND changed_at < $1", before)


def _columns(rows: Sequence[Any]) -> tuple[object, ...]:
    """The columns of rows or dataclasses; nothing for none."""
    plain = [tuple(row) if isinstance(row, tuple) else _values(row) for row in rows]
    return tuple(map(list, zip(*plain, strict=True)))


def _values(row: Any) -> tuple[object, ...]:
    """What a dataclass holds, as it is: ``astuple`` copies each value, which took a third of counting."""
    return tuple(getattr(row, one.name) for one in fields(row))
