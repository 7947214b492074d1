"""Whether the key store's server answers, asked over a connection of its own: those of the pool may wait for it."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import structlog

from services.kit.errors import TRANSIENT, is_transient

ANSWER_S = 5.0
AWAY = (*TRANSIENT, asyncpg.PostgresError)
"""What its database says, or does not, while it is away."""
_ASK = "SELECT 1 FROM wrapped_key LIMIT 1"

_log = structlog.get_logger()


class KeyStoreAwayError(ConnectionError):
    """The key store's server answers, and has no store: its database or table is missing, or it only reads. Transient:
    what asked may ask again.
    """


@contextmanager
def reached() -> Iterator[None]:
    """What is asked of the store within fails only by what passes, or because of what was asked.

    Errors: KeyStoreAwayError.
    """
    try:
        yield
    except asyncpg.IntegrityConstraintViolationError:
        raise
    except asyncpg.PostgresError as error:
        if is_transient(error):
            raise
        raise KeyStoreAwayError(repr(error)) from error


class Reach:
    """Asks again and again; how the server fails is told when it begins."""

    def __init__(self, url: str) -> None:
        """Of the store at this address."""
        self._url = url
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None
        self._answered = time.monotonic()
        self._is_away = False

    async def away(self, within: float = ANSWER_S) -> float:
        """For how many seconds it has not answered; 0 where it does ``within`` so many."""
        try:
            async with asyncio.timeout(within):
                if self._connection is None:
                    self._connection = await asyncpg.connect(self._url)
                await self._connection.execute(_ASK)
        except AWAY as error:
            self.close()
            if not self._is_away:
                _log.warning("key store away", error=repr(error))
            self._is_away = True
            return time.monotonic() - self._answered
        self._answered, self._is_away = time.monotonic(), False
        return 0.0

    def close(self) -> None:
        """Ends the connection, also one on which nothing comes back."""
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
