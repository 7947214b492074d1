"""Connections to PostgreSQL: one pool per process, whose names resolve in the pillar's own schema."""

import asyncio
import os
import socket
from typing import Any

import asyncpg
import structlog

CONNECT_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 30.0
SILENCE_S = 10
"""How long one side may send without hearing of it from the other's kernel: a network that is gone says nothing."""
_FORGOTTEN = {
    # What the server does with a client that is gone without a word: its locks would keep others waiting for hours.
    "idle_in_transaction_session_timeout": "15s",
    "tcp_keepalives_idle": str(SILENCE_S),
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "2",
    "tcp_user_timeout": f"{SILENCE_S}s",
}

_log = structlog.get_logger()


class _Connection(asyncpg.Connection):
    """A pooled connection that needs no reset: nothing here leaves session state behind, so a round trip is saved."""

    def get_reset_query(self) -> str:
        return ""


async def connect_pool(url: str, schema: str, size: int) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool of at most ``size`` connections whose names resolve in ``schema``; waits while the server starts.

    A server that is not believed is waited for too; the log says so, once for each reason.
    """
    told = ""
    while True:
        try:
            return await asyncpg.create_pool(
                url,
                min_size=1,
                max_size=size,
                timeout=CONNECT_TIMEOUT_S,
                command_timeout=COMMAND_TIMEOUT_S,
                connection_class=_Connection,
                init=_notice_silence,
                server_settings={
                    "search_path": f"{schema},public",
                    "application_name": f"smartcity-{schema}",
                    **_FORGOTTEN,
                },
            )
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            if repr(error) != told:
                told = repr(error)
                _log.warning("database not there yet", error=told)
            await asyncio.sleep(0.2)


async def _notice_silence(connection: Any) -> None:
    """Lets the kernel end a connection whose server does not take what is sent; asyncpg has no option for it."""
    wire = connection._transport.get_extra_info("socket")
    with socket.socket(fileno=os.dup(wire.fileno())) as own:  # uvloop's stand-in for a socket sets no options
        if own.family != socket.AF_UNIX:
            own.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_S * 1000)


async def fetch_within(
    pool: "asyncpg.Pool[asyncpg.Record]", seconds: float, sql: str, *args: object
) -> list[asyncpg.Record]:
    """All rows of a statement, or TimeoutError after so many seconds, waiting for a connection included.

    A connection that did not answer in time is given up at once: asyncpg would wait ``COMMAND_TIMEOUT_S`` more for it
    to admit that the statement was cancelled, and over a dead network it never does.
    """
    connection = None
    try:
        async with asyncio.timeout(seconds):
            connection = await pool.acquire()
            return await connection.fetch(sql, *args)
    except (TimeoutError, asyncio.CancelledError):
        if connection is not None:
            connection.terminate()
        raise
    finally:
        if connection is not None:
            await pool.release(connection)


async def fetchval_within(pool: "asyncpg.Pool[asyncpg.Record]", seconds: float, sql: str, *args: object) -> Any:
    """The first value of the first row, or None; otherwise as ``fetch_within``."""
    rows = await fetch_within(pool, seconds, sql, *args)
    return rows[0][0] if rows else None
