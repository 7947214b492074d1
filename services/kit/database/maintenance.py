"""What every schema needs from time to time: old envelopes, keys and dead letters that were replayed go, in the order
that keeps effects single.

Streams keep events for ``STREAM_AGE``; the outbox, from which a lost stream is filled again, at least as long; and the
inboxes longer than any event can come again.
"""

from datetime import timedelta

from services.kit.context import Context

STREAM_AGE = timedelta(days=7)
OUTBOX_AGE = timedelta(days=14)
INBOX_AGE = timedelta(days=30)
KEY_AGE = timedelta(days=7)

SLICE = 20_000
"""Rows that go in one statement: after a long rest there are too many for one, which would never be done in time."""

# Each takes the oldest by an index. Both bounds, so that a plan for any time takes it for the short stretch of the
# index that it is; and now(), since what differs from row to row (clock_timestamp) is compared with every row.
_OUTBOX = """
DELETE FROM outbox WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM (SELECT ctid, published_at, recorded_at FROM outbox ORDER BY position LIMIT $2) AS oldest
     WHERE published_at IS NOT NULL AND recorded_at < now() - $1::interval))
"""
_INBOX = """
DELETE FROM inbox WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM inbox WHERE received_at > '-infinity' AND received_at < now() - $1::interval
     ORDER BY received_at LIMIT $2))
"""
_KEYS = """
DELETE FROM idempotency_key WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_key
     WHERE NOT permanent AND created_at > '-infinity' AND created_at < now() - $1::interval
     ORDER BY created_at LIMIT $2))
"""
# What waits for its replay stays, however old: its aggregate would miss an event.
_DEAD = """
DELETE FROM dead_letter WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM dead_letter WHERE replayed_at > '-infinity' AND replayed_at < now() - $1::interval
     ORDER BY replayed_at LIMIT $2))
"""
_PRUNE = ((_OUTBOX, OUTBOX_AGE), (_INBOX, INBOX_AGE), (_KEYS, KEY_AGE), (_DEAD, INBOX_AGE))


async def prune(runtime: Context) -> None:
    """Deletes what is past its age; a deleted key can only be used for a new request."""
    for sql, age in _PRUNE:
        while await runtime.pool.execute(sql, age, SLICE) == f"DELETE {SLICE}":
            pass
