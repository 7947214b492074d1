"""SQL of warnings and of what is proposed about them."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from services.environment.criteria.model import Hazard
from services.environment.warnings.model import Fate, FloodWarning, Proposal, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table

NOW_MOST = 300
"""Warnings in force that are shown at once."""
OVERTAKEN_MOST = 20
"""Overtaken proposals that are shown at once."""
WAITED = timedelta(days=7)
"""What waited longer before it was overtaken is not told of."""
BATCH = 100
"""Rows that a timer looks at in one go."""

_WARNINGS = Table(FloodWarning, "warning", fixed=("zone", "hazard", "areas", "exercise", "correlation", "created_at"))
_PROPOSALS = Table(Proposal, "warning_proposal", fixed=("warning", "by", "created_at"))
_FIRST: Keyset[FloodWarning] = Keyset(
    {"standing": int, "raised_at": datetime, "id": UUID},
    of=lambda one: (int(one.state is State.IN_FORCE), one.raised_at, one.id),
    descending=True,
)
_NEWEST: Keyset[Proposal] = Keyset(
    {"created_at": datetime, "id": UUID}, of=lambda one: (one.created_at, one.id), descending=True
)
# Rules of gauges that can speak, as criteria name them.
_AWAKE = """
SELECT (SELECT code FROM thing WHERE id = r.thing) AS thing,
       (SELECT name FROM datastream WHERE number = r.datastream) AS datastream, r.name AS rule
  FROM rule AS r
 WHERE r.thing = ANY(ARRAY(SELECT id FROM thing WHERE code = ANY($1) AND NOT retired)) AND NOT r.paused
"""
by_id, save = _WARNINGS.get, _WARNINGS.save
save_proposal = _PROPOSALS.save


async def awake(tx: Transaction, things: Collection[str]) -> set[tuple[str, str, str]]:
    """The rules of gauges that can speak: code of the thing, name of the datastream, name of the rule."""
    return {(row["thing"], row["datastream"], row["rule"]) for row in await tx.fetch(_AWAKE, sorted(things))}


async def page(tx: Transaction, size: int, token: str) -> Page[FloodWarning]:
    """Published warnings, those in force first, the newest first."""
    return await _WARNINGS.page(tx, _FIRST, size, token, published=True)


async def in_force(tx: Transaction) -> list[FloodWarning]:
    """Warnings whose time is not over: real ones before drills, that which ends last first."""
    tail = "state = 'in_force' AND expires_at > $1 ORDER BY exercise, expires_at DESC LIMIT $2"
    return await _WARNINGS.every(tx, tail, tx.now, NOW_MOST)


async def live(tx: Transaction, zone: str, *, exercise: bool) -> FloodWarning | None:
    """The zone's warning that is proposed or in force, locked."""
    tail = "zone = $1 AND exercise = $2 AND live AND zone <> ''"
    return await _WARNINGS.first(tx, tail, zone, exercise, lock=True)


async def live_of(tx: Transaction, hazard: Hazard, areas: Collection[str], *, exercise: bool) -> FloodWarning | None:
    """The warning of just these chosen areas that is proposed or in force."""
    tail = "hazard = $1 AND exercise = $2 AND live AND zone = '' AND areas @> $3 AND areas <@ $3 ORDER BY id"
    return await _WARNINGS.first(tx, tail, hazard.value, exercise, list(areas))


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, FloodWarning]:
    """Warnings by their ids."""
    return {one.id: one for one in await _WARNINGS.every(tx, "id = ANY($1)", list(wanted))}


async def over(tx: Transaction) -> list[FloodWarning]:
    """Warnings in force whose time is over."""
    tail = "state = 'in_force' AND expires_at <= $1 ORDER BY expires_at LIMIT $2"
    return await _WARNINGS.every(tx, tail, tx.now, BATCH)


async def waiting(tx: Transaction, warning: UUID) -> Proposal | None:
    """What is proposed about a warning and not decided."""
    return await _PROPOSALS.first(tx, "warning = $1 AND fate = 'waiting'", warning)


async def overtaken(tx: Transaction, since: datetime) -> list[Proposal]:
    """What officers proposed and waits no more, since warnings went on without it, the newest first."""
    tail = """fate = 'overtaken' AND by <> '' AND reason = '' AND created_at >= $1 AND decided_at >= $2
        ORDER BY created_at DESC, id DESC LIMIT $3"""
    return await _PROPOSALS.every(tx, tail, since - WAITED, since, OVERTAKEN_MOST)


async def all_waiting(tx: Transaction, size: int, token: str) -> Page[Proposal]:
    """All that waits for a decision, the newest first."""
    return await _PROPOSALS.page(tx, _NEWEST, size, token, fate=Fate.WAITING)
