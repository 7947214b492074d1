"""Idempotent writes: one effect per caller, RPC and request id, decided in the write's own transaction.

The same key with the same request answers as before; with another request it is refused; while the first is still
running the second is told so at once. A process that dies takes its lock with it, so no key stays blocked.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

from google.protobuf.message import Message

from services.kit.database import Transaction
from services.kit.errors import DomainError, Kind, invalid

M = TypeVar("M", bound=Message)

MOST_KEY = 128

# The lock is a statement of its own and comes first: the INSERT's snapshot is then younger than the other's commit.
_LOCK = "SELECT pg_try_advisory_xact_lock($1)"
_CLAIM = """
INSERT INTO idempotency_key (caller, rpc, request_id, request_hash) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING 1
"""
_KNOWN = "SELECT request_hash, answer FROM idempotency_key WHERE caller = $1 AND rpc = $2 AND request_id = $3"
_KEEP = "UPDATE idempotency_key SET answer = $4 WHERE caller = $1 AND rpc = $2 AND request_id = $3"


async def once(
    tx: Transaction, request_id: str, request: Message, action: Callable[[], Awaitable[M]], answer_type: type[M]
) -> M:
    """Runs ``action`` unless it was done before, and keeps its answer in the same transaction.

    Keys are bound to the caller and the kind of request. Raises REQUEST_ID_REQUIRED, IDEMPOTENCY_KEY_REUSED (same key,
    other request) and REQUEST_IN_FLIGHT.
    """
    if not request_id or len(request_id) > MOST_KEY or not request_id.isprintable():
        raise invalid(
            "REQUEST_ID_REQUIRED",
            f"A write needs an idempotency key of 1 to {MOST_KEY} printable characters; a new UUID each time is good.",
            field="request_id",
        )
    rpc = request.DESCRIPTOR.full_name
    digest = _digest(request)
    key = (tx.caller.subject, rpc, request_id)
    if not await tx.fetchval(_LOCK, _lock_number(key)):
        raise DomainError(
            Kind.IN_FLIGHT, "REQUEST_IN_FLIGHT", "The same request is still being handled. Repeat it in a moment."
        )
    if await tx.fetchval(_CLAIM, *key, digest):
        answer = await action()
        await tx.execute(_KEEP, *key, answer.SerializeToString())
        return answer
    known = await tx.fetchrow(_KNOWN, *key)
    assert known is not None, "the key was in the way of the INSERT a moment ago, and keys are not deleted while young"
    if known["request_hash"] != digest:
        raise DomainError(
            Kind.KEY_REUSED,
            "IDEMPOTENCY_KEY_REUSED",
            "This idempotency key was used for another request. Use a new key for a new request.",
            field="request_id",
        )
    return answer_type.FromString(known["answer"])


def _digest(request: Message) -> bytes:
    return hashlib.sha256(request.SerializeToString(deterministic=True)).digest()


def _lock_number(key: tuple[str, str, str]) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(key).encode()).digest()[:8], "big", signed=True)
