"""SQL of permits and of the steps that they went."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.economy.permits.model import Move, Party, Permit, State
from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.kit.runtime import Runtime

_FIXED = ("code", "kind", "checker", "agency", "extends", "created_at")
_PERMITS = Table(Permit, "permit", fixed=_FIXED)
_NEWEST: Keyset[Permit] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
# What has no date sorts last; what is for days that begin before it is due, by the first of those.
_NEEDED = (
    "(CASE WHEN due_at IS NULL THEN 'infinity'::timestamptz"
    " ELSE least(due_at, first_day::timestamp AT TIME ZONE 'UTC') END)"
)
# What was never sent is nobody else's, also once it is withdrawn or has lapsed.
_SOONEST: Keyset[Permit] = Keyset(
    {_NEEDED: datetime, "id": UUID}, of=lambda one: (one.needed_at, one.id), only="submitted_at IS NOT NULL"
)
_EXTENDS = "state NOT IN ('refused', 'revoked', 'ended', 'withdrawn', 'lapsed')"
"""Not ``OVER``, written as the index of extensions has it: a parameter would not find that."""
STEPS_MOST = 60
_WAKES = "SELECT wake_at FROM permit WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1"
_SILENCE = """
SELECT due_at FROM permit WHERE state = $1 AND wake_at IS NOT NULL
 ORDER BY coalesce(due_at, 'infinity'::timestamptz), id LIMIT 1
"""
_FORGET = """
UPDATE permit SET owner = '', sealed = NULL, note = '',
       name = CASE WHEN paper.id IS NULL THEN '' ELSE name END,
       place = CASE WHEN paper.id IS NULL THEN '' ELSE place END,
       nib = CASE WHEN paper.id IS NULL THEN '' ELSE nib END
  FROM unnest($1::uuid[]) AS gone (id) LEFT JOIN permit_paper paper ON paper.id = gone.id
 WHERE permit.id = gone.id
"""
# Which document was looked at is no word of anybody's.
_FORGET_STEPS = """
UPDATE permit_step SET note = CASE WHEN move = 'read' THEN note ELSE '' END,
       by = CASE WHEN party = 'applicant' THEN '' ELSE by END
 WHERE permit = ANY($1::uuid[])
"""
get, save = _PERMITS.get, _PERMITS.save


@dataclass(frozen=True)
class Step:
    """Something that was done with a permit."""

    id: UUID
    permit: UUID
    move: str
    """A move; ``read``: an officer looked at a document; ``remind``: its end is near; ``refund``: its fee went back."""
    party: Party
    agency: str
    by: str
    note: str
    at: datetime


_STEPS = Table(Step, "permit_step")
note = _STEPS.add


async def add(tx: Transaction, one: Permit) -> bool:
    """Writes a new one; False where its number is taken, or it extends what another extends already."""
    return bool(await _PERMITS.add_all(tx, [one]))


async def note_once(tx: Transaction, one: Step) -> None:
    """Writes a step down that may be there already, by its id."""
    await _STEPS.add_all(tx, [one])


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Permit | None:
    """One by its number."""
    return await _PERMITS.first(tx, "code = $1", code, lock=lock)


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Permit]:
    """Some by their ids."""
    return {one.id: one for one in await _PERMITS.every(tx, "id = ANY($1)", list(wanted))}


async def extended(tx: Transaction, among: Collection[UUID], *, sent: bool = False) -> set[UUID]:
    """Those of some that another extends, or may yet; by one that was ``sent``, as a draft may never be."""
    sql = f"SELECT extends FROM permit WHERE extends = ANY($1) AND {_EXTENDS}"
    if sent:
        sql += " AND submitted_at IS NOT NULL"
    return {row["extends"] for row in await tx.fetch(sql, list(among))}


async def extension(tx: Transaction, id_: UUID, *, lock: bool = False) -> Permit | None:
    """What extends one, or may yet: another can be applied for once it is over, as long as the one before holds."""
    return await _PERMITS.first(tx, f"extends = $1 AND {_EXTENDS}", id_, lock=lock)


async def own(tx: Transaction, owner: str, states: Sequence[State], size: int, token: str) -> Page[Permit]:
    """Somebody's, the newest first."""
    return await _PERMITS.page(tx, _NEWEST, size, token, owner=owner, state=states)


async def desk(
    tx: Transaction, states: Sequence[State], size: int, token: str, *, checker: str = "", agency: str = ""
) -> Page[Permit]:
    """Those in some states, of who checks or who decides (empty: of any), the soonest needed first."""
    return await _PERMITS.page(tx, _SOONEST, size, token, checker=checker, agency=agency, state=states)


async def under_way(tx: Transaction, owner: str, states: Collection[State]) -> int:
    """How many somebody has in some states."""
    sql = "SELECT count(*)::integer FROM permit WHERE owner = $1 AND owner <> '' AND state = ANY($2::text[])"
    found: int = await tx.fetchval(sql, owner, [one.value for one in states])
    return found


async def steps(tx: Transaction, permit: UUID) -> Sequence[Step]:
    """The newest of one, in the order of their times: what has its id from elsewhere may have come later."""
    found = await _STEPS.every(tx, "permit = $1 ORDER BY id DESC LIMIT $2", permit, STEPS_MOST)
    return sorted(found, key=lambda one: (one.at, one.id))


async def looked(tx: Transaction, one: Step, since: datetime) -> bool:
    """Whether the same officer was noted for having looked at the same since then."""
    sql = (
        "SELECT EXISTS (SELECT FROM permit_step WHERE permit = $1 AND move = $2 AND by = $3 AND note = $4 AND at > $5)"
    )
    found: bool = await tx.fetchval(sql, one.permit, one.move, one.by, one.note, since)
    return found


async def anything_due(runtime: Runtime) -> bool:
    """Whether something falls due by itself."""
    at: datetime | None = await runtime.pool.fetchval(_WAKES)
    return at is not None and at <= runtime.clock()


async def due(tx: Transaction, but: Collection[UUID]) -> Permit | None:
    """One with something that falls due, the longest ago, locked; but for these."""
    tail = "wake_at <= $1 AND id <> ALL($2::uuid[]) ORDER BY wake_at"
    return await _PERMITS.first(tx, tail, tx.now, list(but), lock=True)


async def next_silence(tx: Transaction, states: Collection[State]) -> datetime | None:
    """When the clock runs out that does so the soonest of those whose end is consent: on help it never is, and not on
    what extends a stopped one.
    """
    found = [await tx.fetchval(_SILENCE, state.value) for state in sorted(states)]
    return min((at for at in found if at is not None), default=None)


async def note_payment(tx: Transaction, id_: UUID, payment: str) -> None:
    """Its fee can be paid by this payment; empty: by none."""
    await tx.execute("UPDATE permit SET payment = $2 WHERE id = $1", id_, payment)


async def over_of(tx: Transaction, owner: str, states: Collection[State], most: int) -> list[UUID]:
    """Those of somebody that are in some states, locked: they stay so until they are erased."""
    sql = "SELECT id FROM permit WHERE owner = $1 AND state = ANY($2::text[]) ORDER BY id LIMIT $3 FOR NO KEY UPDATE"
    return [row["id"] for row in await tx.fetch(sql, owner, [one.value for one in states], most)]


async def drafts(tx: Transaction, owner: str, most: int) -> list[Permit]:
    """Those that somebody never sent, locked."""
    return await _PERMITS.every(
        tx, "owner = $1 AND owner <> '' AND state = 'draft' ORDER BY id LIMIT $2 FOR NO KEY UPDATE", owner, most
    )


async def owned(tx: Transaction, owner: str) -> int:
    """How many are somebody's."""
    found: int = await tx.fetchval("SELECT count(*)::integer FROM permit WHERE owner = $1", owner)
    return found


async def newest_of(tx: Transaction, owner: str, most: int) -> list[UUID]:
    """Somebody's, the newest first."""
    sql = "SELECT id FROM permit WHERE owner = $1 ORDER BY id DESC LIMIT $2"
    return [row["id"] for row in await tx.fetch(sql, owner, most)]


async def forget(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Erases whose some were, and what they and officers wrote. What stands on a paper stays, and for as long as they
    would have been kept who decided and who looked.
    """
    await tx.execute(_FORGET, list(ids))
    await tx.execute(_FORGET_STEPS, list(ids))


async def let_go(tx: Transaction, id_: UUID) -> None:
    """Erases who did what with one that is forgotten, once its time is over too."""
    await tx.execute("UPDATE permit_step SET note = '', by = '' WHERE permit = $1", id_)
    await tx.execute("UPDATE permit SET wake_at = NULL WHERE id = $1", id_)


def step(id_: UUID, one: Permit, move: Move | str, party: Party, agency: str, by: str, words: str) -> Step:
    """What was done with one that was just changed."""
    return Step(id_, one.id, str(move), party, agency, by, words, one.updated_at)
