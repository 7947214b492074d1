"""SQL of requests for own data, and of what society keeps by a login."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

import msgspec
from asyncpg import Record

from services.kit.database import Transaction, rows
from services.kit.database.table import Keyset, Page, Table
from services.kit.personal import By, Deed
from services.society.own_data.model import Answer, Answers, Asked, Support, Told
from services.society.proposals.model import LEFT

FORGOTTEN = 1_000
SOME = 1_000
"""Of what somebody supports, and of proposals with supports of before, that are looked at at once."""
EXPORTED = 500
DEEDS = (
    Deed("counted_booths", (By("booth_count", "counted_by", "created_at"),)),
    Deed("set_aside_counts", (By("booth_count", "aside_by", "aside_at"),)),
    Deed(
        "cancelled_ballots", (By("ballot", "cancel_asked_by", "created_at"), By("ballot", "cancelled_by", "created_at"))
    ),
    Deed("decided_comments", (By("comment", "decided_by", "created_at"),)),
    Deed(
        "course_acts",
        (
            By("course_change", "by", "at"),
            By("attendance_mark", "by", "at"),
            By("certificate", "issued_by", "issued_at"),
            By("certificate", "withdrawn_by", "issued_at"),
        ),
    ),
    Deed("process_steps", (By("process_step", "by", "at"), By("proposal_step", "by", "at"))),
    Deed("verified_residents", (By("resident", "decided_by", "created_at"),)),
)
"""What staff do here, by their login."""
_ASKED = Table(Asked, "data_request", fixed=("subject", "erase", "created_at"))
_NEWEST: Keyset[Asked] = Keyset({"id": UUID}, of=lambda one: (one.id,), descending=True)
get, save, wait = _ASKED.get, _ASKED.save, _ASKED.wait

_KEEP = """
INSERT INTO data_answer (request, pillar, kinds, answered_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING true
"""
_FORGET = """
DELETE FROM data_request WHERE id IN (
    SELECT id FROM data_request WHERE created_at < $1 ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
# Of what an officer may still answer or carry out a digest of its own is left: nobody decides on their own. Everybody
# sees when that changed, so it stays: several that changed at one moment would be told to be of one person.
_LEAVE = """
UPDATE proposal
   SET version = version + 1,
       author = CASE WHEN state = ANY($4) THEN NULL ELSE ($3::bytea[])[array_position($1, id)] END,
       updated_at = CASE WHEN state = ANY($4) THEN $2 ELSE updated_at END,
       title = CASE WHEN never_shown OR state IN ('waiting', 'refused', 'withdrawn') THEN '' ELSE title END,
       words = CASE WHEN never_shown OR state IN ('waiting', 'refused', 'withdrawn') THEN '' ELSE words END,
       lon = CASE WHEN never_shown OR state IN ('waiting', 'refused', 'withdrawn') THEN NULL ELSE lon END,
       lat = CASE WHEN never_shown OR state IN ('waiting', 'refused', 'withdrawn') THEN NULL ELSE lat END,
       never_shown = never_shown OR state = 'waiting',
       due_at = CASE WHEN state = 'waiting' THEN NULL ELSE due_at END,
       state = CASE WHEN state = 'waiting' THEN 'withdrawn' ELSE state END
 WHERE id = ANY($1::uuid[]) AND author = $5
"""
_MADE = """
SELECT proposal.process, count(*)::integer AS made
  FROM proposal JOIN process ON process.id = proposal.process AND process.phase IN ('collect', 'review')
 WHERE proposal.author = $1 GROUP BY proposal.process
"""
_COUNT = """
INSERT INTO proposal_made (process, person, made) SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::integer[])
ON CONFLICT (process, person) DO UPDATE SET made = proposal_made.made + excluded.made
"""
_LEAVE_NOTES = """
UPDATE proposal_step SET note = ''
 WHERE kind = 'withdrawn' AND note <> '' AND proposal IN (SELECT id FROM proposal WHERE author = $1)
"""
# LIMIT, so that any plan looks each of them up.
_SUPPORTS = """
SELECT found.id, found.proposal, proposal.code, proposal.state IN ('open', 'accepted') AS taken, found.joined_at
  FROM (SELECT id, proposal, joined_at FROM proposal_supporter WHERE person = $1 AND id < $2
         ORDER BY id DESC LIMIT $3) AS found
 CROSS JOIN LATERAL (SELECT code, state FROM proposal WHERE proposal.id = found.proposal LIMIT 1) AS proposal
 ORDER BY found.id DESC
"""
# From one proposal to the next of those that have any: none costs one look.
_OF_BEFORE = """
WITH RECURSIVE walked (proposal, place) AS (
    (SELECT proposal, 1 FROM proposal_supporter
      WHERE login IS NOT NULL AND person IS NULL AND proposal < $1 ORDER BY proposal DESC LIMIT 1)
     UNION ALL
    SELECT (SELECT one.proposal FROM proposal_supporter AS one
             WHERE one.login IS NOT NULL AND one.person IS NULL AND one.proposal < walked.proposal
             ORDER BY one.proposal DESC LIMIT 1), place + 1
      FROM walked WHERE walked.proposal IS NOT NULL AND place < $2
)
SELECT proposal FROM walked WHERE proposal IS NOT NULL ORDER BY place
"""
_SUPPORTS_OF_BEFORE = """
SELECT found.id, wanted.proposal, proposal.code, proposal.state IN ('open', 'accepted') AS taken, found.joined_at
  FROM unnest($1::uuid[], $2::bytea[]) AS wanted (proposal, login)
 CROSS JOIN LATERAL (SELECT id, joined_at FROM proposal_supporter AS one
                      WHERE one.proposal = wanted.proposal AND one.login = wanted.login AND one.person IS NULL
                      LIMIT 1) AS found
 CROSS JOIN LATERAL (SELECT code, state FROM proposal WHERE proposal.id = wanted.proposal LIMIT 1) AS proposal
"""
_PROPOSED = """
SELECT code, state, title, words, created_at, coalesce(
           (SELECT note FROM proposal_step WHERE proposal = proposal.id AND kind = 'withdrawn'
             ORDER BY proposal_step.id DESC LIMIT 1), '') AS note
  FROM proposal WHERE author = $1 ORDER BY id DESC LIMIT $2
"""
_COMMENTED = "SELECT code, state, words, created_at FROM comment WHERE author = $1 ORDER BY id DESC LIMIT $2"
_DECLARED = """
SELECT state, area, created_at, verified_at,
       ARRAY(SELECT area || ' ' || (declared_at AT TIME ZONE 'UTC')::date
               FROM unnest(areas_before, declared_before) AS former (area, declared_at)) AS lived_before
  FROM resident WHERE subject = $1 ORDER BY created_at DESC LIMIT $2
"""
_AGREED = """
SELECT purpose, given_at, withdrawn_at FROM consent WHERE subject = $1 ORDER BY given_at DESC LIMIT $2
"""


async def page(tx: Transaction, subject: str, size: int, token: str) -> Page[Asked]:
    """Those of a login, the newest first."""
    return await _ASKED.page(tx, _NEWEST, size, token, subject=subject)


async def latest(tx: Transaction, subject: str) -> Asked | None:
    """The last of a login."""
    return await _ASKED.first(tx, "subject = $1 ORDER BY id DESC", subject)


async def keep(tx: Transaction, request: UUID, answer: Answer) -> bool:
    """Keeps an answer; False where its pillar has answered already."""
    kinds = msgspec.json.encode(answer.kinds).decode()
    return bool(await tx.fetchval(_KEEP, request, answer.pillar, kinds, answer.at))


async def answers(tx: Transaction, requests: Sequence[UUID]) -> Answers:
    """What pillars have answered."""
    found: dict[UUID, dict[str, Answer]] = {}
    sql = "SELECT request, pillar, kinds, answered_at FROM data_answer WHERE request = ANY($1::uuid[])"
    for row in await tx.fetch(sql, list(requests)):
        kinds = msgspec.json.decode(row["kinds"], type=tuple[Told, ...])
        found.setdefault(row["request"], {})[row["pillar"]] = Answer(row["pillar"], kinds, row["answered_at"])
    return found


async def forget(tx: Transaction, before: datetime) -> bool:
    """Erases old ones with their answers. Whether there are more."""
    return rows(await tx.execute(_FORGET, before, FORGOTTEN)) == FORGOTTEN


async def proposed(tx: Transaction, author: bytes) -> list[UUID]:
    """What somebody proposed."""
    return [row["id"] for row in await tx.fetch("SELECT id FROM proposal WHERE author = $1", author)]


async def leave(tx: Transaction, author: bytes, left: Mapping[UUID, bytes]) -> None:
    """Forgets whose proposals are, but by these digests where officers may still decide on them: of those that wait or
    went nowhere the words go as well, and why they took any back.
    """
    await tx.execute(_LEAVE_NOTES, author)
    nobodys = sorted(state.value for state in LEFT)
    await tx.execute(_LEAVE, list(left), tx.now, list(left.values()), nobodys, author)


async def made(tx: Transaction, author: bytes) -> dict[UUID, int]:
    """How many somebody proposed in each process that takes proposals, or may take some again."""
    return {row["process"]: row["made"] for row in await tx.fetch(_MADE, author)}


async def count(tx: Transaction, made: Mapping[UUID, int], persons: Sequence[bytes]) -> None:
    """Counts in each process what somebody made there, by a digest of their own in each."""
    await tx.execute(_COUNT, list(made), list(persons), list(made.values()))


async def comments(tx: Transaction, author: bytes, *, erase: bool) -> int:
    """How many comments somebody wrote; erased if asked."""
    held: int = await tx.fetchval("SELECT count(*) FROM comment WHERE author = $1", author)
    if erase:
        await tx.execute("DELETE FROM comment WHERE author = $1", author)
    return held


async def supports(tx: Transaction, person: bytes, before: UUID, most: int) -> list[Support]:
    """What somebody supports, the newest first, from before one on."""
    return [Support(*row) for row in await tx.fetch(_SUPPORTS, person, before, most)]


async def proposals_of_before(tx: Transaction, before: UUID) -> list[UUID]:
    """The newest proposals made before one that somebody supports who is known there alone."""
    return [row["proposal"] for row in await tx.fetch(_OF_BEFORE, before, SOME)]


async def supports_of_before(tx: Transaction, among: Sequence[UUID], logins: Sequence[bytes]) -> list[Support]:
    """Those of proposals that somebody supports who is known there alone, by the digest of their login in each."""
    return [Support(*row) for row in await tx.fetch(_SUPPORTS_OF_BEFORE, list(among), list(logins))]


async def adopt(tx: Transaction, supporters: Sequence[UUID], person: bytes) -> None:
    """Whose supports of before these are: from now on they are found by it."""
    sql = "UPDATE proposal_supporter SET person = $2 WHERE id = ANY($1::uuid[])"
    await tx.execute(sql, list(supporters), person)


async def forget_supports(tx: Transaction, supporters: Sequence[UUID]) -> None:
    """Forgets who they are. They stay counted."""
    sql = "UPDATE proposal_supporter SET login = NULL, session = NULL, person = NULL WHERE id = ANY($1::uuid[])"
    await tx.execute(sql, list(supporters))


async def forget_seen(tx: Transaction, person: bytes) -> None:
    """Forgets until when somebody has seen what they support."""
    await tx.execute("DELETE FROM support_seen WHERE person = $1", person)


async def written(tx: Transaction, author: bytes) -> tuple[Sequence[Record], Sequence[Record]]:
    """The newest proposals and comments of somebody."""
    return await tx.fetch(_PROPOSED, author, EXPORTED), await tx.fetch(_COMMENTED, author, EXPORTED)


async def declared(tx: Transaction, subject: str) -> tuple[Sequence[Record], Sequence[Record]]:
    """Where somebody lives, as they declared it, and what they agreed to; the newest."""
    return await tx.fetch(_DECLARED, subject, EXPORTED), await tx.fetch(_AGREED, subject, EXPORTED)


async def consents(tx: Transaction, subject: str, *, erase: bool) -> int:
    """How often somebody agreed to something; erased if asked."""
    held: int = await tx.fetchval("SELECT count(*) FROM consent WHERE subject = $1", subject)
    if erase:
        await tx.execute("DELETE FROM consent WHERE subject = $1", subject)
    return held


async def residents(tx: Transaction, subject: str, *, erase: bool) -> int:
    """Declarations of somebody's; erased if asked."""
    held: int = await tx.fetchval("SELECT count(*) FROM resident WHERE subject = $1", subject)
    if erase:
        await tx.execute("DELETE FROM resident WHERE subject = $1", subject)
    return held
