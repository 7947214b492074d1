"""What every schema needs from time to time: old envelopes and keys go, in the order that keeps effects single.

Streams keep events for ``STREAM_AGE``; the outbox, from which a lost stream is filled again, at least as long; and the
inboxes longer than any event can come again.
"""

from datetime import timedelta

from services.kit.context import Context

STREAM_AGE = timedelta(days=7)
OUTBOX_AGE = timedelta(days=14)
INBOX_AGE = timedelta(days=30)
KEY_AGE = timedelta(days=7)

# Both bounds, so that a plan for any time takes it for the short stretch of the index that it is; and now(), since what
# differs from row to row (clock_timestamp) is compared with every row.
_OUTBOX = """
DELETE FROM outbox
 WHERE published_at IS NOT NULL AND position > 0
   AND position < coalesce((SELECT position FROM outbox WHERE recorded_at >= now() - $1::interval
                             ORDER BY position LIMIT 1), 9223372036854775807)
"""
_INBOX = "DELETE FROM inbox WHERE received_at > '-infinity' AND received_at < now() - $1::interval"
_KEYS = """
DELETE FROM idempotency_key
 WHERE NOT permanent AND created_at > '-infinity' AND created_at < now() - $1::interval
"""
_PRUNE = ((_OUTBOX, OUTBOX_AGE), (_INBOX, INBOX_AGE), (_KEYS, KEY_AGE))


async def prune(runtime: Context) -> None:
    """Deletes what is past its age; a deleted key can only be used for a new request."""
    for sql, age in _PRUNE:
        await runtime.pool.execute(sql, age)
