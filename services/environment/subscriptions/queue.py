"""SQL of mails: a message of a warning comes to its subscribers, and each mail to its end."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.environment.subscriptions.model import Mail, Tally, Telling
from services.kit.database import Transaction
from services.kit.database.table import Table
from services.kit.ids import uuid7
from services.kit.mail.follower import KEPT
from services.kit.mail.queue import PRUNED, MailState, Queue

MAILS = Queue(Mail, "warning_mail")
FEW = 5
"""So many mails that the server put off may be their mailboxes' doing, who are anybody."""
_TELLINGS = Table(Telling, "warning_telling")
_BEGIN = """
INSERT INTO warning_telling (warning, number, areas, created_at)
SELECT $1, $2, $3, $4 WHERE NOT EXISTS (SELECT FROM warning_telling WHERE warning = $1 AND number >= $2)
ON CONFLICT DO NOTHING
"""
_REPLACE = "UPDATE warning_telling SET done_at = $3 WHERE warning = $1 AND number < $2 AND done_at IS NULL"
_NEXT = """
SELECT warning, number, areas, place, after FROM warning_telling
 WHERE done_at IS NULL ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_SUBSCRIBERS = """
SELECT subscription FROM warning_subscriber WHERE area = $1 AND subscription > $2 ORDER BY subscription LIMIT $3
"""
_TELL = """
INSERT INTO warning_mail (id, subscription, warning, number, created_at, next_at)
SELECT id, subscription, $3, $4, $5, $5 FROM unnest($1::uuid[], $2::uuid[]) AS told (id, subscription)
ON CONFLICT (subscription, warning, number) DO NOTHING
"""
_OVERTAKE = """
UPDATE warning_mail SET state = 'overtaken', ended_at = $4
 WHERE subscription = ANY($1::uuid[]) AND warning = $2 AND number < $3 AND state = 'waiting'
"""
_PRUNE_TELLINGS = """
DELETE FROM warning_telling WHERE (warning, number) IN (
    SELECT warning, number FROM warning_telling WHERE done_at < $1 ORDER BY done_at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""
_TALLY = """
SELECT state, count(*) AS mails, max(ended_at) AS last_at FROM warning_mail
 WHERE warning = $1 AND number = $2 GROUP BY state
"""
_UNTRIED = """
SELECT created_at FROM warning_mail WHERE state = 'waiting' AND attempts = 0 ORDER BY created_at LIMIT 1
"""
_TRIED = f"""
SELECT created_at, EXISTS (
    SELECT FROM warning_mail AS other
     WHERE other.warning = tried.warning AND other.number = tried.number AND other.state = 'sent') AS reached
  FROM (SELECT warning, number, created_at FROM warning_mail
         WHERE state = 'waiting' AND warning IS NOT NULL AND attempts > 0 ORDER BY created_at LIMIT {FEW + 1}) AS tried
 ORDER BY created_at
"""  # noqa: S608 - a number of ours
_OLDEST_TELLING = "SELECT created_at FROM warning_telling WHERE done_at IS NULL ORDER BY created_at LIMIT 1"


async def begin(tx: Transaction, warning: UUID, number: int, areas: Sequence[str]) -> None:
    """A message sets out; those of the same warning before it go no further. Again is harmless, late news too."""
    await tx.execute(_BEGIN, warning, number, list(areas), tx.now)
    await tx.execute(_REPLACE, warning, number, tx.now)


async def next_telling(tx: Transaction) -> Telling | None:
    """The message that is the longest on its way, locked; None where all have come to everybody."""
    row = await tx.fetchrow(_NEXT)
    return _TELLINGS.entity(row) if row else None


async def subscribers(tx: Transaction, area: str, after: UUID, most: int) -> list[UUID]:
    """Subscriptions of a kelurahan in their order, from one on."""
    return [row["subscription"] for row in await tx.fetch(_SUBSCRIBERS, area, after, most)]


async def advance(tx: Transaction, telling: Telling | None, before: Telling) -> None:
    """Keeps how far a message has come; None: to everybody."""
    done = telling is None
    now_at = telling or before
    await tx.execute(
        "UPDATE warning_telling SET place = $3, after = $4, done_at = $5 WHERE warning = $1 AND number = $2",
        before.warning,
        before.number,
        now_at.place,
        now_at.after,
        tx.now if done else None,
    )


async def tell(tx: Transaction, warning: UUID, number: int, subscriptions: Sequence[UUID]) -> None:
    """Queues a message of a warning for subscriptions, once for each, in the place of those before it that wait."""
    if subscriptions:
        await tx.execute(_TELL, [uuid7() for _ in subscriptions], list(subscriptions), warning, number, tx.now)
        await tx.execute(_OVERTAKE, list(subscriptions), warning, number, tx.now)


async def forget(tx: Transaction, warning: UUID, number: int, subscription: UUID) -> None:
    """Forgets that a message came to a subscription, or why it did not."""
    sql = "DELETE FROM warning_mail WHERE subscription = $1 AND warning = $2 AND number = $3 AND state <> 'waiting'"
    await tx.execute(sql, subscription, warning, number)


async def ask(tx: Transaction, subscription: UUID) -> None:
    """Queues the confirmation."""
    await tx.execute(_TELL, [uuid7()], [subscription], None, 0, tx.now)


async def prune(tx: Transaction) -> bool:
    """Takes away what ended long ago. Whether there is more."""
    told = await tx.execute(_PRUNE_TELLINGS, tx.now - KEPT, PRUNED)
    return await MAILS.prune(tx) or told == f"DELETE {PRUNED}"


async def tally(tx: Transaction, warning: UUID, number: int) -> Tally:
    """How far a message has come."""
    sql = "SELECT created_at, done_at FROM warning_telling WHERE warning = $1 AND number = $2"
    began = await tx.fetchrow(sql, warning, number)
    found = {MailState(row["state"]): row for row in await tx.fetch(_TALLY, warning, number)}
    sent = found.get(MailState.SENT)
    return Tally(
        number,
        began_at=began["created_at"] if began else None,
        goes_on=began is not None and began["done_at"] is None,
        states={state: row["mails"] for state, row in found.items()},
        last_at=sent["last_at"] if sent else None,
    )


async def waiting_since(tx: Transaction) -> datetime | None:
    """Since when the oldest waits that is to be sent or passed on; None where nothing does.

    A mail that the server put off does not count, since its mailbox may be full, or a stranger's who wants that: a
    confirmation never, one of a warning unless its message came to nobody or more than a few are put off.
    """
    tried = await tx.fetch(_TRIED)
    put_off = [row["created_at"] for number, row in enumerate(tried) if not row["reached"] or number >= FEW]
    found = (await tx.fetchval(_UNTRIED), await tx.fetchval(_OLDEST_TELLING), *put_off)
    return min((at for at in found if at is not None), default=None)
