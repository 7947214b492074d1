"""Idempotent writes: one effect per caller, RPC and request id, decided in the write's own transaction.

The same key with the same request answers as before; with another request it is refused; while the first is still
running the second is told so at once. A process that dies takes its lock with it, so no key stays blocked.

``once`` is for one request in one transaction. ``recall`` and ``keep`` are for many requests in one (group commit): two
statements for all of them, and instead of a lock a batch that a concurrent one has overtaken, and that runs again.

What is kept of a request is a digest that nobody can try out persons against (``masking.py``).
"""

import hashlib
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TypeVar

from google.protobuf.message import Message

from services.kit.caller import ANONYMOUS
from services.kit.database.masking import masked
from services.kit.database.transaction import Transaction, Write
from services.kit.errors import ConcurrentKeyError, DomainError, Kind, invalid, precondition

M = TypeVar("M", bound=Message)

MOST_KEY = 128
LEAST_SECRET_KEY = 22
"""Characters of a key of whoever has no login: room for 122 random bits, as many as a UUID of version 4 has."""
LEAST_DIFFERENT = 6

# Who has the lock inserts. A row that was committed after this statement began is still in the INSERT's way, since a
# unique index knows no snapshots; what it says is read by the next statement.
_CLAIM = """
WITH locked AS MATERIALIZED (SELECT pg_try_advisory_xact_lock($6) AS free),
     claimed AS (
         INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, permanent)
         SELECT $1, $2, $3, $4, $5 FROM locked WHERE free
         ON CONFLICT DO NOTHING RETURNING 1
     )
SELECT free, EXISTS (SELECT FROM claimed) AS claimed FROM locked
"""
_KNOWN = "SELECT request_hash, answer FROM idempotency_key WHERE caller = $1 AND rpc = $2 AND request_id = $3"
_KEEP = "UPDATE idempotency_key SET answer = $4 WHERE caller = $1 AND rpc = $2 AND request_id = $3"

_RECALL = """
SELECT caller, rpc, request_id, request_hash, answer
  FROM idempotency_key JOIN unnest($1::text[], $2::text[], $3::text[]) AS asked (caller, rpc, request_id)
       USING (caller, rpc, request_id)
"""
# Sorted, so that two batches with the same keys wait for each other in one order.
_KEEP_ALL = """
INSERT INTO idempotency_key (caller, rpc, request_id, request_hash, answer, permanent)
SELECT *, $6 FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bytea[])
 ORDER BY 1, 2, 3
ON CONFLICT DO NOTHING
"""

# What is left of each says that it was done. An answer may be empty, so one that was erased is none.
_LET_GO = """
UPDATE idempotency_key
   SET answer = NULL, permanent = false, created_at = CASE WHEN permanent THEN now() ELSE created_at END
 WHERE caller = $1 AND rpc <> ALL($2::text[]) AND (permanent OR answer IS NOT NULL)
"""

_Key = tuple[str, str, str]


async def once(
    tx: Transaction,
    request_id: str,
    request: Message,
    action: Callable[[], Awaitable[M]],
    answer_type: type[M],
    *,
    permanent: bool = False,
) -> M:
    """Runs ``action`` unless it was done before, and keeps its answer in the same transaction.

    Keys are bound to the caller and the kind of request. A ``permanent`` one (money) is only forgotten with whose it is
    (``let_go``), others after ``maintenance.KEY_AGE``. All who have no login are one caller: only a key that nobody
    guesses is theirs alone.
    Raises REQUEST_ID_REQUIRED, REQUEST_ID_GUESSABLE, IDEMPOTENCY_KEY_REUSED (same key, other request),
    REQUEST_IN_FLIGHT and ANSWER_ERASED (it was done before ``let_go``).
    """
    if (fault := _key_fault(tx.caller.subject, request_id)) is not None:
        raise fault
    key = (tx.caller.subject, request.DESCRIPTOR.full_name, request_id)
    digest = _digest(request, tx.runtime.masking)
    found = await tx.fetchrow(_CLAIM, *key, digest, permanent, _lock_number(key))
    assert found is not None
    if not found["free"]:
        raise DomainError(
            Kind.IN_FLIGHT, "REQUEST_IN_FLIGHT", "The same request is still being handled. Repeat it in a moment."
        )
    if found["claimed"]:
        answer = await action()
        tx.at_commit(Write(_KEEP, (*key, answer.SerializeToString())))
        return answer
    known = await tx.fetchrow(_KNOWN, *key)
    assert known is not None, "the key was in the way of the INSERT a moment ago, and keys are not deleted while young"
    if not _same(known["request_hash"], digest, request):
        raise _reused()
    if known["answer"] is None:
        raise _erased()
    return answer_type.FromString(known["answer"])


class Claim:
    """A request of a batch."""

    __slots__ = ("caller", "contested", "digest", "key", "request", "request_id")

    def __init__(self, caller: str, request_id: str, request: Message, masking: bytes) -> None:
        """``caller`` is the subject of who asks, ``masking`` the runtime's key of that name."""
        self.caller = caller
        self.request_id = request_id
        self.request = request
        self.key: _Key = (caller, request.DESCRIPTOR.full_name, request_id)
        """What makes two requests the same: caller, kind of request, request id."""
        self.digest = _digest(request, masking)
        self.contested = False
        """Whether its key was found to be taken when it should be kept."""


async def recall(tx: Transaction, claims: Sequence[Claim], *, kept: bool = True) -> list[bytes | DomainError | None]:
    """What is known of each request, in order; not from before the batch, if what was ``kept`` is left out.

    The answer of one that was done; REQUEST_ID_REQUIRED, REQUEST_ID_GUESSABLE, IDEMPOTENCY_KEY_REUSED or ANSWER_ERASED
    of one that is to be refused; None of a new one. Requests that come twice in the batch are both new: do the first
    and give the others its answer (``first_alike`` tells them).
    """
    faults = [_key_fault(claim.caller, claim.request_id) for claim in claims]
    keys = {claim.key for claim, fault in zip(claims, faults, strict=True) if fault is None}
    known: dict[_Key, tuple[bytes, bytes | DomainError]] = {}
    if kept and keys:
        for row in await tx.fetch(_RECALL, *map(list, zip(*keys, strict=True))):
            answer = _erased() if row["answer"] is None else row["answer"]
            known[(row["caller"], row["rpc"], row["request_id"])] = (row["request_hash"], answer)
    first: dict[_Key, bytes] = {}

    def verdict(claim: Claim, fault: DomainError | None) -> bytes | DomainError | None:
        if fault is not None:
            return fault
        hashed, answer = known.get(claim.key, (first.setdefault(claim.key, claim.digest), None))
        return answer if _same(hashed, claim.digest, claim.request) else _reused()

    return [verdict(claim, fault) for claim, fault in zip(claims, faults, strict=True)]


async def remember(
    tx: Transaction, claims: Sequence[Claim], answers: Sequence[bytes | DomainError]
) -> list[bytes | DomainError]:
    """Answers what is refused now and was done before as it was answered then: of batches that look nothing up at
    first, since most is new.
    """
    refused = [place for place, answer in enumerate(answers) if isinstance(answer, DomainError)]
    before = await recall(tx, [claims[place] for place in refused])
    told = dict(zip(refused, before, strict=True))
    return [told.get(place) or answer for place, answer in enumerate(answers)]


def first_alike(claims: Sequence[Claim]) -> list[int]:
    """For each claim the place of the first with its key: its own, unless the same request came before in the batch."""
    places: dict[_Key, int] = {}
    return [places.setdefault(claim.key, place) for place, claim in enumerate(claims)]


def keep(claims: Sequence[Claim], answers: Sequence[bytes], *, permanent: bool = True) -> Write:
    """The write that keeps the answers of what was new and is done now, each key once; ``permanent`` as of ``once``.

    It raises ConcurrentKeyError when another transaction did one of them meanwhile: the batch must run again in a new
    transaction, where ``recall`` finds it. ``GroupCommit`` does so by itself.
    """
    keys = [claim.key for claim in claims]
    if len(set(keys)) != len(keys):
        raise ValueError("two claims of one batch have the same key; keep the first (see first_alike)")
    if not claims:
        return Write(_KEEP_ALL, ())
    columns = (*map(list, zip(*keys, strict=True)), [claim.digest for claim in claims], list(answers), permanent)
    return Write(_KEEP_ALL, columns, rows=len(claims), otherwise=ConcurrentKeyError)


async def let_go(tx: Transaction, caller: str, but: Collection[str] = ()) -> None:
    """Somebody had erased what is kept of them: the answers that they were given go at once, ``but`` those to requests
    of these names, and their ``permanent`` keys go like those of today.

    Until then what they repeat is done once. All who have no login are one caller, whose keys name nobody.
    """
    if caller != ANONYMOUS.subject:
        await tx.execute(_LET_GO, caller, list(but))


def _key_fault(caller: str, request_id: str) -> DomainError | None:
    """What is wrong with a key of this caller's."""
    if not (0 < len(request_id) <= MOST_KEY and request_id.isprintable()):
        return _required()
    if caller != ANONYMOUS.subject:
        return None
    if len(request_id) < LEAST_SECRET_KEY or len(set(request_id) - {"-"}) < LEAST_DIFFERENT:
        return _guessable()
    return None


def _guessable() -> DomainError:
    text = "Without a login a key must be one that nobody can guess, or its answer is anybody's: send a random UUID."
    return invalid("REQUEST_ID_GUESSABLE", text, field="request_id")


def _required() -> DomainError:
    text = f"A write needs an idempotency key of 1 to {MOST_KEY} printable characters; a new UUID each time is good."
    return invalid("REQUEST_ID_REQUIRED", text, field="request_id")


def _reused() -> DomainError:
    text = "This idempotency key was used for another request. Use a new key for a new request."
    return DomainError(Kind.KEY_REUSED, "IDEMPOTENCY_KEY_REUSED", text, field="request_id")


def _erased() -> DomainError:
    text = "This was done before, and its answer was erased with your data. Use a new key to do it once more."
    return precondition("ANSWER_ERASED", text, field="request_id")


def _digest(request: Message, masking: bytes | None) -> bytes:
    """Of what is asked (see ``masked``)."""
    return hashlib.sha256(masked(request, masking).SerializeToString(deterministic=True)).digest()


def _same(kept: bytes, digest: bytes, request: Message) -> bool:
    """Whether a kept digest is this request's; also one of a version that masked nothing, so that who repeats a request
    while an upgrade rolls gets its answer.
    """
    return kept == digest or kept == _digest(request, None)


def _lock_number(key: _Key) -> int:
    return int.from_bytes(hashlib.sha256("\0".join(key).encode()).digest()[:8], "big", signed=True)
