"""SQL of the mails of courses."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.database import Transaction
from services.kit.ids import uuid7
from services.kit.mail.queue import Queue
from services.society.course_mails.model import Mail, News

MAILS = Queue(Mail, "course_mail")
_ASK = """
INSERT INTO course_mail (id, follower, news, change, created_at, next_at) VALUES ($1, $2, 'confirmation', NULL, $3, $3)
"""
_TELL = """
INSERT INTO course_mail (id, follower, news, change, created_at, next_at)
SELECT gen_random_uuid(), id, $2, $3, $4, $4 FROM course_follower
 WHERE enrolment = ANY($1::uuid[]) AND state = 'confirmed'
ON CONFLICT (follower, news, change) DO NOTHING
"""
_TELL_ALL = """
INSERT INTO course_mail (id, follower, news, change, created_at, next_at)
SELECT gen_random_uuid(), id, $2, $3, $4, $4 FROM course_follower
 WHERE course = $1 AND state = 'confirmed'
   AND NOT EXISTS (SELECT FROM course_mail AS m WHERE m.follower = course_follower.id AND m.change = $3)
ON CONFLICT (follower, news, change) DO NOTHING
"""


async def ask(tx: Transaction, follower: UUID) -> None:
    """Queues the confirmation."""
    await tx.execute(_ASK, uuid7(), follower, tx.now)


async def tell(tx: Transaction, enrolments: Sequence[UUID], news: News, change: UUID | None = None) -> None:
    """Queues news for who is mailed of these enrolments, once for each."""
    if enrolments:
        await tx.execute(_TELL, list(enrolments), news.value, change, tx.now)


async def tell_all(tx: Transaction, course: UUID, news: News, change: UUID) -> None:
    """Queues what happened to a course for all who are mailed of it and are not told of it yet: no more than take part
    and wait.
    """
    await tx.execute(_TELL_ALL, course, news.value, change, tx.now)
