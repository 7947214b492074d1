"""Domain errors: what went wrong in the words of the domain, without knowing any transport.

An action raises a ``DomainError``; the one gRPC interceptor turns it into google.rpc.Status with an ErrorInfo, and the
gateway turns that into problem+json (RFC 9457).
"""

import asyncio
import math
from datetime import timedelta
from enum import Enum, auto

import asyncpg


class Kind(Enum):
    """The few ways in which a request can be refused."""

    INVALID = auto()
    UNAUTHENTICATED = auto()
    FORBIDDEN = auto()
    NOT_FOUND = auto()
    CONFLICT = auto()
    STALE = auto()
    IN_FLIGHT = auto()
    EXHAUSTED = auto()
    PRECONDITION = auto()
    UNAVAILABLE = auto()
    KEY_REUSED = auto()


class DomainError(Exception):
    """A refusal a client can cause and mend.

    ``reason`` is stable and UPPER_SNAKE, for programs; ``message`` says to people what, where and how to mend;
    ``metadata`` holds more particulars (``field`` names the field of the request). None of them may hold personal data.
    """

    def __init__(self, kind: Kind, reason: str, message: str, **metadata: str) -> None:
        """Makes the error; raise it from an action or a model."""
        super().__init__(message)
        self.kind = kind
        self.reason = reason
        self.message = message
        self.metadata = metadata


def invalid(reason: str, message: str, **metadata: str) -> DomainError:
    """The request itself is wrong; ``field`` in the metadata says where."""
    return DomainError(Kind.INVALID, reason, message, **metadata)


def unauthenticated(reason: str, message: str, **metadata: str) -> DomainError:
    """Nobody knows who asks."""
    return DomainError(Kind.UNAUTHENTICATED, reason, message, **metadata)


def forbidden(reason: str, message: str, **metadata: str) -> DomainError:
    """The caller may not do this."""
    return DomainError(Kind.FORBIDDEN, reason, message, **metadata)


def not_found(reason: str, message: str, **metadata: str) -> DomainError:
    """There is no such thing, or the caller may not know of it."""
    return DomainError(Kind.NOT_FOUND, reason, message, **metadata)


def conflict(reason: str, message: str, **metadata: str) -> DomainError:
    """It exists already."""
    return DomainError(Kind.CONFLICT, reason, message, **metadata)


def stale(reason: str = "STALE_ETAG", message: str = "", **metadata: str) -> DomainError:
    """The caller saw an older version; read again, then repeat."""
    text = message or "It has changed since you read it. Read it again and repeat with the new etag."
    return DomainError(Kind.STALE, reason, text, **metadata)


def precondition(reason: str, message: str, **metadata: str) -> DomainError:
    """The state of things does not allow this now."""
    return DomainError(Kind.PRECONDITION, reason, message, **metadata)


def exhausted(reason: str, message: str, *, wait: timedelta, **metadata: str) -> DomainError:
    """A limit over time is reached; ``wait`` is after how long the same may be asked again.

    Programs wait that long by themselves and repeat. A list that is full until somebody makes room is a
    ``precondition``: no wait mends it.
    """
    seconds = max(1, math.ceil(wait.total_seconds()))
    return DomainError(Kind.EXHAUSTED, reason, message, retry_after=str(seconds), **metadata)


def unavailable(reason: str, message: str, **metadata: str) -> DomainError:
    """A part that is needed does not answer; repeat with the same request id."""
    return DomainError(Kind.UNAVAILABLE, reason, message, **metadata)


class ConcurrentKeyError(Exception):
    """Another transaction used one of a batch's idempotency keys meanwhile."""


CONTENTION = (ConcurrentKeyError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
"""Another transaction stood in the way and is through now: nothing was done, and the same again at once may succeed."""

TRANSIENT = (
    *CONTENTION,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # the server's last words were read, and that it hung up was not yet
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.CannotConnectNowError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidPasswordError,  # it was changed, and this process ends soon: another has the new one
    OSError,
    EOFError,
    asyncio.TimeoutError,
)
"""What passes by itself: the database is away, or another transaction stood in the way. Never a fault of the input."""


def is_transient(error: BaseException) -> bool:
    """Whether trying again later may help (an outage is not poison)."""
    return isinstance(error, TRANSIENT)
