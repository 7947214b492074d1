"""The connection to NATS, with an NKey user and an inbox prefix of the process's own."""

import asyncio
from urllib.parse import urlsplit

import nats
import structlog
from nats.aio.client import Client
from nats.errors import NoServersError

_log = structlog.get_logger()


def inbox_prefix(user: str) -> str:
    """Where answers to this user arrive; its permissions name exactly this."""
    return f"_INBOX_{user}"


async def connect(url: str, seed: str, user: str) -> Client:
    """Connects as ``user`` with its NKey ``seed``; waits while the server starts, and reconnects for ever."""

    async def on_error(error: Exception) -> None:
        _log.warning("bus", error=repr(error))

    while True:
        try:
            return await nats.connect(
                [part.strip() for part in url.split(",")],
                name=f"smartcity-{user}",
                nkeys_seed_str=seed,
                inbox_prefix=inbox_prefix(user).encode(),
                max_reconnect_attempts=-1,
                reconnect_time_wait=0.25,
                connect_timeout=2,
                error_cb=on_error,
                pending_size=32 * 1024 * 1024,
            )
        except (OSError, NoServersError, nats.errors.TimeoutError) as error:
            _log.info("bus not there yet", server=urlsplit(url.split(",")[0]).netloc, error=repr(error))
            await asyncio.sleep(0.2)
