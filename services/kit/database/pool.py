"""Connections to PostgreSQL: one pool per process, whose names resolve in the pillar's own schema."""

import asyncio

import asyncpg
import structlog

CONNECT_TIMEOUT_S = 5.0
COMMAND_TIMEOUT_S = 30.0

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
                server_settings={"search_path": f"{schema},public", "application_name": f"smartcity-{schema}"},
            )
        except (OSError, asyncpg.CannotConnectNowError, asyncpg.TooManyConnectionsError) as error:
            if repr(error) != told:
                told = repr(error)
                _log.warning("database not there yet", error=told)
            await asyncio.sleep(0.2)
