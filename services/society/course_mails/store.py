"""SQL of who hears of their course by mail."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.kit.database import Transaction
from services.kit.mail.follower import Why
from services.kit.mail.followers import PRUNED, Followers
from services.society.course_mails.model import Follower

FOLLOWERS = Followers(
    Follower, "course_follower", asked="course_asked", fixed=("enrolment", "course", "language")
)  # fmt: skip
_OVER_ALL = "UPDATE course_follower SET forget_at = $2 WHERE course = $1 AND state <> 'ended'"
_DUE = """id IN (
    SELECT id FROM course_follower WHERE forget_at < $3 AND state <> 'ended' ORDER BY forget_at LIMIT $4
       FOR NO KEY UPDATE SKIP LOCKED)
"""


async def waiting(tx: Transaction, enrolment: UUID) -> Follower | None:
    """The one of an enrolment that waits to be confirmed, locked."""
    return await FOLLOWERS.first(tx, "enrolment = $1 AND state = 'waiting'", enrolment, lock=True)


async def of_enrolment(tx: Transaction, enrolment: UUID) -> Follower | None:
    """The confirmed one of an enrolment, locked."""
    return await FOLLOWERS.first(tx, "enrolment = $1 AND state = 'confirmed'", enrolment, lock=True)


async def confirmed(tx: Transaction, enrolments: Sequence[UUID]) -> list[Follower]:
    """The confirmed ones of some enrolments."""
    return await FOLLOWERS.every(tx, "enrolment = ANY($1) AND state = 'confirmed'", list(enrolments))


async def end(tx: Transaction, enrolments: Sequence[UUID]) -> None:
    """Erases the addresses of enrolments that have ended."""
    if enrolments:
        await FOLLOWERS.erase(tx, Why.OVER, "enrolment = ANY($3::uuid[]) AND state <> 'ended'", list(enrolments))


async def let_go(tx: Transaction, course: UUID, at: datetime) -> None:
    """Says when the addresses of a course that is over are erased."""
    await tx.execute(_OVER_ALL, course, at)


async def erase_due(tx: Transaction) -> bool:
    """Erases addresses whose time has come. Whether there is more."""
    return await FOLLOWERS.erase(tx, Why.OVER, _DUE, tx.now, PRUNED) == PRUNED
