"""What falls due by itself, one by one: each in a transaction of its own, and none in the way of the others."""

import contextlib
from collections.abc import Awaitable, Callable, Collection, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
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


@dataclass(frozen=True)
class _Turn:
    """What one turn of a timer could not do, and who is told when it gets on."""

    left: list[UUID]
    progress: Callable[[], None]


_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


class Due(Protocol):
    """A row with an id."""

    @property
    def id(self) -> UUID:
        """Which one it is."""


D = TypeVar("D", bound=Due)


@contextlib.contextmanager
def turn(progress: Callable[[], None]) -> Iterator[Collection[UUID]]:
    """What ``each`` could not do within the block: who runs a timer is not to take it for done. Until there is such a
    thing, ``progress`` is called whenever the block gets on.
    """
    now = _Turn([], progress)
    token = _turn.set(now)
    try:
        yield now.left
    finally:
        _turn.reset(token)


def moved() -> None:
    """Something of a timer's turn is done and there may be more. A turn of many minutes says so of each of its parts:
    it is not late for as long as it gets on.
    """
    now = _turn.get()
    if now is not None and not now.left:
        now.progress()


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
    now = _turn.get()
    for _ in range(MOST):
        found: D | None = None
        try:
            with span(f"{what} due"):
                async with runtime.transaction() as tx:
                    found = await find(tx, failed)
                    if found is None:
                        return
                    await act(tx, found)
            moved()
        except Exception as error:
            if found is None or is_transient(error):
                raise
            _log.exception("what fell due cannot be done", what=what, id=str(found.id))
            failed.append(found.id)
            if now is not None:
                now.left.append(found.id)
