"""What falls due by itself, one by one: each in a transaction of its own, and none in the way of the others."""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextvars import ContextVar
from typing import Protocol, TypeVar
from uuid import UUID

import structlog

from observability.telemetry import span
from services.kit.database import Transaction
from services.kit.errors import is_transient
from services.kit.runtime import Runtime

MOST = 500
"""In one round."""

_log = structlog.get_logger()
_undone: ContextVar[list[UUID] | None] = ContextVar("undone", default=None)


class Due(Protocol):
    """A row with an id."""

    @property
    def id(self) -> UUID:
        """Which one it is."""


D = TypeVar("D", bound=Due)


@contextlib.contextmanager
def undone() -> Iterator[Collection[UUID]]:
    """What ``each`` could not do within the block: who runs a timer is not to take it for done."""
    left: list[UUID] = []
    token = _undone.set(left)
    try:
        yield left
    finally:
        _undone.reset(token)


async def each(
    runtime: Runtime,
    what: str,
    find: Callable[[Transaction, Collection[UUID]], Awaitable[D | None]],
    act: Callable[[Transaction, D], Awaitable[object]],
) -> None:
    """Does what ``act`` says to all that ``find`` finds, which leaves out those that it is given; ``what`` names them
    for traces and logs. One that fails is logged and tried again in the next round.
    """
    failed: list[UUID] = []
    left = _undone.get()
    for _ in range(MOST):
        found: D | None = None
        try:
            with span(f"{what} due"):
                async with runtime.transaction() as tx:
                    found = await find(tx, failed)
                    if found is None:
                        return
                    await act(tx, found)
        except Exception as error:
            if found is None or is_transient(error):
                raise
            _log.exception("what fell due cannot be done", what=what, id=str(found.id))
            failed.append(found.id)
            if left is not None:
                left.append(found.id)
