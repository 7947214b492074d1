"""SQL of proposals, their steps and what they are linked to."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Keyset, Page, Table
from services.society.proposals.model import (
    A_PERSON,
    MOST_LINKS,
    MOST_WAITING,
    WORK,
    LinkKind,
    Proposal,
    State,
    Step,
    StepKind,
)

_PROPOSALS = Table(
    Proposal, "proposal", fixed=("code", "area", "lon", "lat", "author", "network", "supporters", "created_at")
)
_STEPS = Table(Step, "proposal_step")
_NEWEST: Keyset[Proposal] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
_OLDEST: Keyset[Proposal] = Keyset({"id": UUID}, of=lambda one: (one.id,))
_POPULAR: Keyset[Proposal] = Keyset(
    {"supporters": int, "id": UUID}, of=lambda one: (one.supporters, one.id), descending=True
)
_SHOWN = 100
"""Steps that a proposal shows."""
FORGOTTEN = 500
"""Proposals whose words are taken away at once."""

get, save, add_all, note = _PROPOSALS.get, _PROPOSALS.save, _PROPOSALS.add_all, _STEPS.add

_WAITING = """
SELECT count(*)::integer FROM (SELECT FROM proposal WHERE process = $1 AND state = 'waiting' LIMIT $2) AS part
"""
# In one statement, so that an erasure meanwhile takes none from both.
_OF_AUTHOR = """
SELECT count(*)::integer + coalesce((SELECT made FROM proposal_made WHERE process = $1 AND person = $4), 0)
  FROM (SELECT FROM proposal WHERE process = $1 AND author = $2 LIMIT $3) AS part
"""
_OF_NETWORK = (
    "SELECT count(*)::integer FROM (SELECT FROM proposal WHERE process = $1 AND network = $2 LIMIT $3) AS part"
)
# LIMIT, so that any plan looks each of them up.
_LAST_OF_EACH = """id IN (
    SELECT last.id FROM unnest($1::uuid[]) AS wanted (proposal)
     CROSS JOIN LATERAL (SELECT one.id FROM proposal_step AS one WHERE one.proposal = wanted.proposal
                          ORDER BY one.id DESC LIMIT 1) AS last)
"""
_LINK = """
INSERT INTO proposal_link (kind, reference, proposal, created_at) SELECT $2, $3, $1, $4
 WHERE (SELECT count(*) FROM (SELECT FROM proposal_link WHERE proposal = $1 LIMIT $5) AS part) < $5
ON CONFLICT DO NOTHING
"""
_END_LINK = """
UPDATE proposal_link SET ended_at = $4 WHERE kind = $1 AND reference = $2 AND proposal = $3 AND ended_at IS NULL
"""
_ALL_ENDED = """
SELECT coalesce(bool_and(ended_at IS NOT NULL), false) FROM proposal_link WHERE proposal = $1 AND kind = ANY($2::text[])
"""
_DECIDED = "SELECT EXISTS (SELECT FROM ballot_result WHERE id = $1 AND NOT withheld)"
# From it down, since who was erased is known by a digest of each alone. OFFSET, so that any plan looks each of them up.
_TAKES_IN = """
WITH RECURSIVE joined (id, author) AS (
    SELECT id, author FROM proposal WHERE merged_into = $1
    UNION
    SELECT one.id, one.author FROM joined
     CROSS JOIN LATERAL (SELECT id, author FROM proposal WHERE merged_into = joined.id OFFSET 0) AS one
)
SELECT id, author FROM joined WHERE author IS NOT NULL
"""
_DUE = "SELECT due_at FROM proposal WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1"
_COUNT = "SELECT state, sum(proposals)::integer AS proposals FROM proposal_tally GROUP BY state"
_FORGET = """
UPDATE proposal SET title = '', words = '', lon = NULL, lat = NULL WHERE id IN (
    SELECT id FROM proposal WHERE state IN ('refused', 'withdrawn') AND words <> '' AND updated_at < $1
     ORDER BY updated_at LIMIT $2 FOR NO KEY UPDATE SKIP LOCKED)
"""
# By itself, since a process of the version before leaves it where it takes the words.
_FORGET_NOTES = """
UPDATE proposal_step SET note = '' WHERE id IN (
    SELECT id FROM proposal_step WHERE kind = 'withdrawn' AND note <> '' AND at < $1 ORDER BY at LIMIT $2
       FOR NO KEY UPDATE SKIP LOCKED)
"""
# While versions change, a process of before this was known may have taken one back, or joined it to another.
_HIDE = """
UPDATE proposal AS one SET never_shown = true
 WHERE state IN ('withdrawn', 'merged') AND NOT never_shown AND updated_at > $1 AND updated_at < 'infinity'
   AND NOT EXISTS (SELECT FROM proposal_step WHERE proposal = one.id AND kind = 'published')
"""
# Both bounds, so that any plan takes it for the short stretch of the index that it is.
_FORGET_NETWORKS = """
UPDATE proposal SET network = NULL WHERE network IS NOT NULL AND created_at > '-infinity' AND created_at < $1
"""


async def by_code(tx: Transaction, code: str, *, lock: bool = False) -> Proposal | None:
    """One by its code."""
    return await _PROPOSALS.first(tx, "code = $1", code, lock=lock)


async def page(
    tx: Transaction,
    process: UUID | None,
    states: Sequence[State],
    agency: str,
    size: int,
    token: str,
    *,
    popular: bool,
    shown: bool = False,
) -> Page[Proposal]:
    """Those in these states, of a process (None: of any) and an agency (empty: of any); ``shown``: without what was
    over before it was published.
    """
    order = _POPULAR if popular else _OLDEST if states == (State.WAITING,) else _NEWEST
    never_shown = False if shown else None
    return await _PROPOSALS.page(
        tx, order, size, token, process=process, state=states, agency=agency, never_shown=never_shown
    )


async def steps(tx: Transaction, proposal: UUID) -> Sequence[Step]:
    """The newest of one, in their order."""
    found = await _STEPS.every(tx, "proposal = $1 ORDER BY id DESC LIMIT $2", proposal, _SHOWN)
    return found[::-1]


async def was_published(tx: Transaction, proposal: UUID) -> bool:
    """Whether everybody could see one before."""
    sql = "SELECT EXISTS (SELECT FROM proposal_step WHERE proposal = $1 AND kind = 'published')"
    found: bool = await tx.fetchval(sql, proposal)
    return found


async def was_told(tx: Transaction, proposal: UUID, kind: StepKind, reference: str) -> bool:
    """Whether something has happened to one before."""
    sql = "SELECT EXISTS (SELECT FROM proposal_step WHERE proposal = $1 AND kind = $2 AND reference = $3)"
    found: bool = await tx.fetchval(sql, proposal, kind.value, reference)
    return found


async def accepted(tx: Transaction, process: UUID, most: int) -> Sequence[Proposal]:
    """Those of a process that are accepted, the oldest first."""
    return await _PROPOSALS.every(tx, "process = $1 AND state = 'accepted' ORDER BY id LIMIT $2", process, most)


async def decided(tx: Transaction, ballot: UUID | None) -> bool:
    """Whether a process' ballot was counted and decided; of too few votes nothing is told, and officers do."""
    found: bool = await tx.fetchval(_DECIDED, ballot)
    return found


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Proposal]:
    """Proposals by their ids."""
    return {one.id: one for one in await _PROPOSALS.every(tx, "id = ANY($1)", list(wanted))}


async def steps_by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Step]:
    """Steps by their ids."""
    return {one.id: one for one in await _STEPS.every(tx, "id = ANY($1)", list(wanted))}


async def newest_steps(tx: Transaction, proposals: Collection[UUID]) -> dict[UUID, Step]:
    """The last of each."""
    return {one.proposal: one for one in await _STEPS.every(tx, _LAST_OF_EACH, list(proposals))}


async def waiting(tx: Transaction, process: UUID) -> int:
    """How many of a process wait, up to as many as may."""
    found: int = await tx.fetchval(_WAITING, process, MOST_WAITING)
    return found


async def of_author(tx: Transaction, process: UUID, author: bytes, made: bytes) -> int:
    """How many somebody with a login made in a process, those among them that were erased by another digest."""
    found: int = await tx.fetchval(_OF_AUTHOR, process, author, A_PERSON, made)
    return found


async def of_network(tx: Transaction, process: UUID, network: bytes) -> int:
    """How many were made in a process from a network without a login, up to as many as may."""
    found: int = await tx.fetchval(_OF_NETWORK, process, network, A_PERSON)
    return found


async def takes_in(tx: Transaction, proposal: UUID) -> dict[UUID, bytes]:
    """Whose is what is joined to a proposal, at whatever remove, where somebody with a login made it."""
    return {row["id"]: row["author"] for row in await tx.fetch(_TAKES_IN, proposal)}


async def link(tx: Transaction, proposal: UUID, kind: LinkKind, reference: str) -> bool:
    """Links one to something. False where it is already, or to too many things."""
    return await tx.execute(_LINK, proposal, kind.value, reference, tx.now, MOST_LINKS) == "INSERT 0 1"


async def linked(tx: Transaction, kind: LinkKind, reference: str) -> list[UUID]:
    """Proposals that are linked to something, some at most."""
    sql = "SELECT proposal FROM proposal_link WHERE kind = $1 AND reference = $2 ORDER BY proposal LIMIT 100"
    return [row["proposal"] for row in await tx.fetch(sql, kind.value, reference)]


async def end_link(tx: Transaction, kind: LinkKind, reference: str, proposal: UUID) -> bool:
    """What a proposal is linked to has ended; whether all work has that it is linked to, and it is linked to some."""
    await tx.execute(_END_LINK, kind.value, reference, proposal, tx.now)
    found: bool = await tx.fetchval(_ALL_ENDED, proposal, list(WORK))
    return found


async def support(tx: Transaction, proposal: UUID, more: int) -> None:
    """Counts supporters."""
    await tx.execute("UPDATE proposal SET supporters = supporters + $2 WHERE id = $1", proposal, more)


async def due_since(tx: Transaction) -> datetime | None:
    """By when the one should have been answered that waits the longest; None where all are."""
    at: datetime | None = await tx.fetchval(_DUE)
    return at


async def counted(tx: Transaction) -> dict[State, int]:
    """How many are in each state."""
    return {State(row["state"]): row["proposals"] for row in await tx.fetch(_COUNT)}


async def hide(tx: Transaction, since: datetime) -> None:
    """What was over since then, before it was published, is seen by nobody else."""
    await tx.execute(_HIDE, since)


async def forget(tx: Transaction, before: datetime) -> bool:
    """Takes away words of what was taken back or kept back before, and why its author did. Whether there is more."""
    done = [await tx.execute(sql, before, FORGOTTEN) for sql in (_FORGET, _FORGET_NOTES)]
    return f"UPDATE {FORGOTTEN}" in done


async def forget_made(tx: Transaction, process: UUID) -> None:
    """Forgets how many those who were erased have made in a process."""
    await tx.execute("DELETE FROM proposal_made WHERE process = $1", process)


async def forget_networks(tx: Transaction, before: datetime) -> None:
    """Forgets from which networks proposals came that were made before."""
    await tx.execute(_FORGET_NETWORKS, before)
