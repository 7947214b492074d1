"""The administrator's way to a platform: by the environment, or by the home of the local one."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from deploy.local import runfile
from deploy.local.plan import DATABASE
from deploy.local.postgres import ADMIN, in_database, with_user
from deploy.local.secrets import Secrets
from deploy.local.settings import home_of

if TYPE_CHECKING:
    import asyncpg
    from nats.aio.client import Client

PATIENCE_S = 5.0


class AccessError(Exception):
    """There is no platform to talk to; the message says what to do."""


@dataclass(frozen=True)
class Access:
    """Administrator's addresses. `run` is the content of the local platform's `run.json`, empty in a cluster."""

    postgres_url: str
    nats_url: str
    nats_seed: str
    run: Mapping[str, Any]
    home: Path | None = None
    """The local platform's folder."""
    nats_ca_file: str = ""
    """Authority of the NATS server's certificate; empty: no TLS."""


def is_given(env: Mapping[str, str] | None = None) -> bool:
    """Whether the environment names the servers itself."""
    return bool((os.environ if env is None else env).get("SMARTCITY_POSTGRES_ADMIN_URL"))


def find(env: Mapping[str, str] | None = None) -> Access:
    """The platform that SMARTCITY_POSTGRES_ADMIN_URL, _NATS_URL and _NATS_SEED name, else the one in SMARTCITY_HOME."""
    env = os.environ if env is None else env
    if url := env.get("SMARTCITY_POSTGRES_ADMIN_URL"):
        missing = [name for name in ("SMARTCITY_NATS_URL", "SMARTCITY_NATS_SEED") if not env.get(name)]
        if missing:
            raise AccessError(f"SMARTCITY_POSTGRES_ADMIN_URL is set, {' and '.join(missing)} must be too")
        ca_file = env.get("SMARTCITY_NATS_CA_FILE", "")
        return Access(url, env["SMARTCITY_NATS_URL"], env["SMARTCITY_NATS_SEED"], {}, nats_ca_file=ca_file)
    home = home_of(env)
    run = runfile.running(home)
    if run is None:
        raise AccessError(
            f"nothing runs in {home}: start it with `smartcity up`, or name its SMARTCITY_HOME; of a cluster, `status` "
            "and `logs` take SMARTCITY_NAMESPACE, and the other commands run in the pod `operator` of the chart"
        )
    secrets = Secrets(home)
    server = next((each for each in run["components"] if each["name"] == "postgres"), None)
    if server is None:
        base = env.get("SMARTCITY_POSTGRES_URL", "")
        if not base:
            raise AccessError("this platform uses a PostgreSQL of your own: set SMARTCITY_POSTGRES_URL as for `up`")
    else:
        base = with_user(f"postgresql://127.0.0.1:{server['ports']['sql']}", ADMIN, secrets.text("postgres-admin"), "")
    return Access(in_database(base, DATABASE), run["nats_url"], secrets.seed("nats-admin")[0], run, home)


def why(error: Exception) -> str:
    """What went wrong: some errors, as that of an answer that does not come, have nothing but their kind."""
    return str(error) or type(error).__name__


def _log(access: Access, server: str) -> str:
    """Where to look next."""
    ours = any(each["name"] == server for each in access.run.get("components", ()))
    return f"`smartcity logs {server}` has its log" if ours else "look at its log"


@asynccontextmanager
async def database(access: Access) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    """A connection to the pillars' database. AccessError if it cannot be reached."""
    import asyncpg

    try:
        connection = await asyncpg.connect(access.postgres_url, timeout=PATIENCE_S)
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise AccessError(f"PostgreSQL does not answer ({why(error)}): {_log(access, 'postgres')}") from error
    except (ValueError, OverflowError) as error:  # not said in its words: they may hold the password
        example = "postgresql://user:password@host:5432/smartcity"
        raise AccessError(f"SMARTCITY_POSTGRES_ADMIN_URL is no address of a database, such as {example}") from error
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def bus(access: Access) -> AsyncIterator[Client]:
    """A connection to NATS. AccessError if it cannot be reached."""
    from nats.errors import Error
    from nkeys import NkeysError

    from services.kit.certificates import nats_context
    from services.kit.events.bus import Connection

    async def quiet(_: Exception) -> None:
        """The caller hears of it by its own call."""

    client = Connection()
    try:
        await client.connect(
            access.nats_url.split(","), nkeys_seed_str=access.nats_seed, error_cb=quiet, name="smartcity-operator",
            connect_timeout=int(PATIENCE_S), max_reconnect_attempts=2, allow_reconnect=False,
            tls=nats_context(access.nats_ca_file),
        )  # fmt: skip
    except (OSError, TimeoutError, Error) as error:
        raise AccessError(f"NATS does not answer ({why(error)}): {_log(access, 'nats')}") from error
    except (ValueError, NkeysError) as error:
        raise AccessError(
            "SMARTCITY_NATS_URL is no address, or SMARTCITY_NATS_SEED no seed of a user (SU...)"
        ) from error
    try:
        yield client
    finally:
        await client.close()
