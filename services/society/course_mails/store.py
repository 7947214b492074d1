"""SQL of who hears of their course by mail, and of how often an address was asked."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.mail.asked import AskedBefore
from services.society.course_mails.model import Follower

PRUNED = 1000
"""Rows that are taken away at once."""

_FOLLOWERS = Table(Follower, "course_follower", fixed=("enrolment", "course", "language", "created_at"))
add, get, save = _FOLLOWERS.add, _FOLLOWERS.get, _FOLLOWERS.save
ASKED = AskedBefore("course_asked")
_OVER = """
UPDATE course_follower SET state = 'ended', address = NULL, sealed = '', ended_at = $2, why = 'over'
 WHERE enrolment = ANY($1::uuid[]) AND state <> 'ended'
"""
_OVER_ALL = "UPDATE course_follower SET forget_at = $2 WHERE course = $1 AND state <> 'ended'"
_LET_GO = """
UPDATE course_follower SET state = 'ended', address = NULL, sealed = '', ended_at = $1, why = 'over'
 WHERE id IN (SELECT id FROM course_follower WHERE forget_at < $1 AND state <> 'ended' ORDER BY forget_at LIMIT $2)
"""
_UNCONFIRMED = """
DELETE FROM course_follower WHERE id IN (
    SELECT id FROM course_follower WHERE state = 'waiting' AND created_at < $1 ORDER BY created_at LIMIT $2
)
"""
_ENDED = """
DELETE FROM course_follower WHERE id IN (
    SELECT id FROM course_follower WHERE state = 'ended' AND ended_at < $1 ORDER BY ended_at LIMIT $2
)
"""


async def take_away_waiting(tx: Transaction, enrolment: UUID) -> None:
    """Takes away what waits to be confirmed for an enrolment: the last address that was given counts."""
    sql = "DELETE FROM course_follower WHERE enrolment = $1 AND state = 'waiting'"
    await tx.execute(sql, enrolment)


async def of_enrolment(tx: Transaction, enrolment: UUID) -> Follower | None:
    """The confirmed one of an enrolment, locked."""
    return await _FOLLOWERS.first(tx, "enrolment = $1 AND state = 'confirmed'", enrolment, lock=True)


async def confirmed(tx: Transaction, enrolments: Sequence[UUID]) -> list[Follower]:
    """The confirmed ones of some enrolments."""
    return await _FOLLOWERS.every(tx, "enrolment = ANY($1) AND state = 'confirmed'", list(enrolments))


async def by_ids(tx: Transaction, wanted: Collection[UUID]) -> dict[UUID, Follower]:
    """Some by their ids."""
    return {one.id: one for one in await _FOLLOWERS.every(tx, "id = ANY($1)", list(wanted))}


async def end(tx: Transaction, enrolments: Sequence[UUID]) -> None:
    """Erases the addresses of enrolments that have ended."""
    if enrolments:
        await tx.execute(_OVER, list(enrolments), tx.now)


async def let_go(tx: Transaction, course: UUID, at: datetime) -> None:
    """Says when the addresses of a course that is over are erased."""
    await tx.execute(_OVER_ALL, course, at)


async def prune(tx: Transaction, unconfirmed: datetime, ended: datetime) -> bool:
    """Erases addresses whose time has come, and takes away what nobody confirmed since, what ended before and what
    counts no more. Whether there is more.
    """
    tags = [
        await tx.execute(_LET_GO, tx.now, PRUNED),
        await tx.execute(_UNCONFIRMED, unconfirmed, PRUNED),
        await tx.execute(_ENDED, ended, PRUNED),
    ]
    return await ASKED.prune(tx) or any(tag.endswith(f" {PRUNED}") for tag in tags)
