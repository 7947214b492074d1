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

_PRUNE = (
    (
        "DELETE FROM outbox WHERE published_at IS NOT NULL AND recorded_at < clock_timestamp() - $1::interval",
        OUTBOX_AGE,
    ),
    ("DELETE FROM inbox WHERE received_at < clock_timestamp() - $1::interval", INBOX_AGE),
    (
        "DELETE FROM idempotency_key WHERE NOT permanent AND created_at < clock_timestamp() - $1::interval",
        KEY_AGE,
    ),
)


async def prune(runtime: Context) -> None:
    """Deletes what is past its age; a deleted key can only be used for a new request."""
    for sql, age in _PRUNE:
        await runtime.pool.execute(sql, age)
