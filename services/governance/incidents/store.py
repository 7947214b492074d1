"""SQL of incidents, their clocks and the work of units on them."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.governance.incidents.model import OPEN, Assignment, Clock, Home, Incident, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

INCIDENTS = Table(Incident, "incident", fixed=("number", "exercise", "warning", "story", "created_at", "paper"))
CLOCKS = Table(Clock, "incident_clock", fixed=("service", "paper"))
WORK = Table(Assignment, "unit_assignment", fixed=("origin", "unit", "service", "assigned_at"))
_NEWEST: Keyset[Incident] = Keyset({"number": int}, of=lambda one: (one.number,), descending=True)
_URGENT: Keyset[Incident] = Keyset(
    {"exercise::integer": int, "priority": int, "number": int},
    of=lambda one: (int(one.exercise), one.priority, one.number),
)
save, save_clock, save_work = INCIDENTS.save, CLOCKS.save, WORK.save
MOST = 200
"""Of what is open at once, and is looked at together."""

_OPEN = "state IN ('waiting', 'dispatched', 'on_scene', 'cleared')"
_COUNT = f"SELECT count(*)::integer FROM (SELECT FROM incident WHERE {_OPEN} AND NOT exercise LIMIT 10000) AS part"
# In an order of an index: a generic plan may expect any state to be half of the table, and read all of that.
_COUNT_OF = """
SELECT count(*)::integer
  FROM (SELECT FROM incident WHERE state = ANY($1) ORDER BY state, number LIMIT 10000) AS part
"""
# What a paper form told of is mostly over when it is entered: whoever does has the time of the clock to close it.
_CALLS = """
(NOT incident_clock.paper OR EXISTS (
    SELECT FROM incident home WHERE home.id = coalesce(incident_clock.origin, incident_clock.incident)
       AND incident_clock.due_at + (home.created_at - home.called_at) < $1))
"""
_LATE = f"""
SELECT count(*)::integer FROM (
    SELECT FROM incident_clock JOIN incident i ON i.id = incident_clock.incident
     WHERE incident_clock.open AND assigned_at IS NULL AND due_at < $1 AND unneeded_in IS NULL AND {_CALLS}
       AND NOT i.exercise LIMIT 1000) AS part
"""
# By the index for each: a join of unknown many may read all of the table.
_BELOW = f"""
WITH RECURSIVE below AS (
    SELECT one.id, top FROM unnest($1::uuid[]) AS top, LATERAL (
        SELECT id FROM incident WHERE merged_into = top ORDER BY number LIMIT {MOST}) AS one
    UNION
    SELECT one.id, top FROM below, LATERAL (
        SELECT id FROM incident WHERE merged_into = below.id ORDER BY number LIMIT {MOST}) AS one
)
SELECT id, top FROM below ORDER BY id, top LIMIT $2
"""
# The way of each, by the primary key alone.
_OPEN_ABOVE = f"""
WITH RECURSIVE up AS (
    SELECT one.merged_into, one.state, below FROM unnest($1::uuid[]) AS below, LATERAL (
        SELECT merged_into, state FROM incident WHERE id = below LIMIT 1) AS one
    UNION
    SELECT one.merged_into, one.state, below FROM up, LATERAL (
        SELECT merged_into, state FROM incident WHERE id = up.merged_into LIMIT 1) AS one
)
SELECT DISTINCT below FROM up WHERE {_OPEN} LIMIT $2
"""
_SHUT = "UPDATE incident_clock SET open = false WHERE incident = $1"
_NOTES = f"SELECT note FROM incident WHERE id = ANY($1) AND note <> '' ORDER BY number LIMIT {MOST}"
_HOMES = "SELECT id, called_at, priority, merged_into FROM incident WHERE id = ANY($1)"


async def get(tx: Transaction, id_: UUID, *, lock: bool = False) -> Incident | None:
    """One by its id."""
    return await INCIDENTS.get(tx, id_, lock=lock)


async def of_warning(tx: Transaction, warning: str) -> list[Incident]:
    """Those that a warning of a flood opened, the newest first: each time that it rose and nobody worked on it."""
    return await INCIDENTS.every(tx, f"warning = $1 AND warning <> '' ORDER BY number DESC LIMIT {MOST}", warning)


async def page(tx: Transaction, states: Sequence[State], size: int, token: str, *, urgent: bool) -> Page[Incident]:
    """Those in these states (none: any), the newest first; or what is real first, the most ``urgent`` of it first."""
    if urgent:  # by an index of each state
        return await INCIDENTS.page(tx, _URGENT, size, token, state=states or [*State])
    return await INCIDENTS.page(tx, _NEWEST, size, token, state=states)


async def count(tx: Transaction, states: Collection[State]) -> int:
    """How many are in these states (none: any)."""
    found: int = await tx.fetchval(_COUNT_OF, [one.value for one in states or State])
    return found


async def open_ones(tx: Transaction, exercise: bool) -> list[Incident]:
    """All that are open, the newest first: real ones, or those of drills."""
    return await INCIDENTS.every(tx, f"{_OPEN} AND exercise = $1 ORDER BY number DESC LIMIT {MOST}", exercise)


async def below(tx: Transaction, incident: UUID) -> list[UUID]:
    """All that were merged into one, or into those."""
    return [row["id"] for row in await tx.fetch(_BELOW, [incident], MOST)]


async def below_each(tx: Transaction, incidents: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """All that were merged into some, or into those: into which of the some."""
    found: dict[UUID, list[UUID]] = {}
    for id_, top in await tx.fetch(_BELOW, list(incidents), 5 * MOST):
        found.setdefault(id_, []).append(top)
    return found


async def open_above(tx: Transaction, incidents: Collection[UUID]) -> set[UUID]:
    """Those of some that are open, or that were merged into what is, however often."""
    return {row["below"] for row in await tx.fetch(_OPEN_ABOVE, list(incidents), MOST)}


async def of_ids(tx: Transaction, incidents: Collection[UUID]) -> list[Incident]:
    """Those of these ids, the oldest first."""
    return await INCIDENTS.every(tx, f"id = ANY($1) ORDER BY number LIMIT {MOST}", list(incidents))


async def notes(tx: Transaction, incidents: Collection[UUID]) -> list[str]:
    """What was known of them when they were opened, the oldest first."""
    return [row["note"] for row in await tx.fetch(_NOTES, list(incidents))]


async def clocks(tx: Transaction, incidents: Collection[UUID]) -> list[Clock]:
    """Their clocks."""
    return await CLOCKS.every(
        tx, f"incident = ANY($1) ORDER BY incident, due_at, service LIMIT {5 * MOST}", list(incidents)
    )


async def work(tx: Transaction, incidents: Collection[UUID]) -> list[Assignment]:
    """What units did and do about them, the oldest first."""
    tail = f"incident = ANY($1) ORDER BY incident, assigned_at LIMIT {5 * MOST}"
    return await WORK.every(tx, tail, list(incidents))


async def homes(tx: Transaction, incidents: Collection[UUID]) -> dict[UUID, Home]:
    """What their clocks go by."""
    rows = await tx.fetch(_HOMES, list(incidents))
    return {row["id"]: Home(row["called_at"], row["priority"], row["merged_into"]) for row in rows}


async def work_from(tx: Transaction, origins: Collection[UUID]) -> list[Assignment]:
    """What units did and do that were sent to these, whatever they were merged into."""
    return await WORK.every(tx, f"origin = ANY($1) ORDER BY origin LIMIT {5 * MOST}", list(origins))


async def live_work(tx: Transaction, unit: str) -> Assignment | None:
    """What a unit does now."""
    return await WORK.first(tx, "unit = $1 AND ended_at IS NULL", unit, lock=True)


async def last_work(tx: Transaction, unit: str) -> Assignment | None:
    """What a unit was sent to last."""
    return await WORK.first(tx, "unit = $1 ORDER BY assigned_at DESC", unit)


async def shut_clocks(tx: Transaction, incident: UUID) -> None:
    """The clocks there matter no more."""
    await tx.execute(_SHUT, incident)


async def late_clock(tx: Transaction, but: Collection[UUID]) -> Clock | None:
    """A clock that has run out before a unit was sent, and of which nobody was told."""
    return await CLOCKS.first(
        tx, "open AND assigned_at IS NULL AND NOT late_told AND unneeded_in IS NULL AND due_at < $1"
        f" AND {_CALLS} AND NOT id = ANY($2) ORDER BY due_at", tx.now, list(but), lock=True,
    )  # fmt: skip


async def count_open(tx: Transaction) -> int:
    """How many real ones are open."""
    found: int = await tx.fetchval(_COUNT)
    return found


async def count_late(tx: Transaction, now: datetime) -> int:
    """Clocks of real incidents that ran out before a unit was sent; of paper forms, since those were entered."""
    found: int = await tx.fetchval(_LATE, now)
    return found


assert {state.value for state in OPEN} == {"waiting", "dispatched", "on_scene", "cleared"}, "as in _OPEN"
