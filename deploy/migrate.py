"""`smartcity migrate`: roles, schemas, revisions, streams and consumers, made by the administrator.

Safe to run at any time and as often as wanted; what is there already is left alone. Servers that are not there yet, or
go while it works, are waited for: an installation starts everything at once.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import asyncpg
import nats.errors
import structlog
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy import streams
from deploy.pillars import pillars
from services.kit.database import city as whose
from services.kit.database import migrate
from services.kit.errors import is_transient
from services.kit.events import bus

GATEWAY = "gateway"
GATEWAY_MIGRATIONS = Path(__file__).parents[1] / "gateway" / "migrations"
PATIENCE_S, PAUSE_S = 600.0, 1.0
STATEMENT_S = 60.0
"""Of roles and schemas, whose statements are short: a server that says nothing for so long is away."""

_log = structlog.get_logger()


class NotThereError(Exception):
    """A server did not come in time; the message names it and says why."""


class MigrateSettings(BaseSettings):
    """What the administrator needs; from the environment."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", extra="ignore")

    postgres_admin_url: SecretStr = Field(description="Database `smartcity`, as a role that may create roles")
    city: str = Field(description="Folder below cities/; a database is of one city for good")
    nats_url: str
    nats_seed: SecretStr = Field(description="NKey seed of the NATS administrator")
    nats_ca_file: str = Field("", description="Authority of the NATS server's certificate; empty: no TLS")
    role_passwords: dict[str, SecretStr] = Field(
        default_factory=dict, description="Role -> password; empty: leave them"
    )
    stream_replicas: int | None = Field(
        None,
        ge=1,
        le=5,
        description="Servers that keep each stream; empty: as many as now, for the first 1",
    )


def schemas() -> dict[str, list[Path]]:
    """Folders of the migrations of each schema: the six pillars' and the gateway's."""
    found = {name: [migrate.KIT_MIGRATIONS, pillar.migrations] for name, pillar in pillars().items()}
    return {**found, GATEWAY: [GATEWAY_MIGRATIONS]}


async def migrate_database(url: str, passwords: dict[str, str], city: str) -> None:
    """Roles, schemas and revisions of the six pillars and the gateway; then who reads some of their tables.

    Raises OtherCityError, and does nothing, where the database is of another city.
    """
    folders = schemas()
    connection = await asyncpg.connect(url, timeout=migrate.CONNECT_TIMEOUT_S, command_timeout=STATEMENT_S)
    try:
        await whose.claim(connection, city)
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        for schema in folders:
            await migrate.prepare_schema(connection, schema, passwords.get(schema))
        await whose.tell(connection, folders)
    finally:
        await connection.close()
    for schema, locations in folders.items():
        if await migrate.upgrade(url, schema, locations):
            _log.info("migrated", schema=schema, revisions=sorted(migrate.heads(locations)))
    connection = await asyncpg.connect(url, timeout=migrate.CONNECT_TIMEOUT_S, command_timeout=STATEMENT_S)
    try:
        for schema, pillar in pillars().items():
            for role, tables in pillar.readers.items():
                await migrate.prepare_reader(connection, role, schema, tables, passwords.get(role))
                await whose.tell(connection, [role])
    finally:
        await connection.close()


async def migrate_bus(url: str, seed: str, replicas: int | None = None, ca_file: str = "") -> None:
    """Streams and consumers. Raises TimeoutError where the server does not come."""
    async with asyncio.timeout(PATIENCE_S):  # else it is waited for without an end
        client = await bus.connect(url, seed, "admin", ca_file)
    try:
        made = await streams.ensure(client, pillars().values(), replicas=replicas)
        if made:
            _log.info("streams made", streams=made)
    finally:
        await client.close()


async def insist(server: str, work: Callable[[], Awaitable[None]]) -> None:
    """Does the work, again from its beginning for as long as ``server`` is away, and says so once for each reason.

    Raises NotThereError where it fails for ``PATIENCE_S`` seconds, and at once what no waiting would mend. Work that
    goes on for longer is left to it, and is no waiting: a revision may build an index for an hour, and lose its server.
    """
    clock = asyncio.get_running_loop().time
    deadline, told = clock() + PATIENCE_S, ""
    while True:
        begun = clock()
        try:
            await work()
            return
        except Exception as error:
            if not _passes(error):
                raise
            silent = isinstance(error, TimeoutError)
            why = "it does not answer" if silent else (str(error) or repr(error)).splitlines()[0]
            if not silent:
                deadline += clock() - begun
            if clock() >= deadline:
                raise NotThereError(f"{server} was waited for {PATIENCE_S:.0f} s: {why}") from error
            if why != told:
                told = why
                _log.warning("waits", server=server, why=why)
        await asyncio.sleep(PAUSE_S)


def _passes(error: Exception) -> bool:
    """Whether a server that starts may answer so: it is away, or what its operator makes in it is still missing."""
    from sqlalchemy.exc import OperationalError

    if isinstance(error, streams.StreamError):
        return error.args[1] in streams.STARTING
    missing = (asyncpg.InvalidCatalogNameError, asyncpg.InvalidAuthorizationSpecificationError)
    return is_transient(error) or isinstance(error, (*missing, OperationalError, nats.errors.Error))


async def run(settings: MigrateSettings) -> None:
    """Database first, so that a pillar that finds its consumer finds its tables too.

    Raises NotThereError, OtherCityError.
    """
    passwords = {role: password.get_secret_value() for role, password in settings.role_passwords.items()}
    url, seed = settings.postgres_admin_url.get_secret_value(), settings.nats_seed.get_secret_value()
    await insist("PostgreSQL", lambda: migrate_database(url, passwords, settings.city))
    await insist("NATS", lambda: migrate_bus(settings.nats_url, seed, settings.stream_replicas, settings.nats_ca_file))


def main() -> None:
    """Runs with settings from the environment; ends with one line and code 1 where a server did not come, or is of
    another city.
    """
    try:
        asyncio.run(run(MigrateSettings()))
    except (NotThereError, whose.OtherCityError) as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
