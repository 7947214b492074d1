"""`smartcity migrate`: roles, schemas, revisions, streams and consumers, made by the administrator.

Safe to run at any time and as often as wanted; what is there already is left alone.
"""

import asyncio
from pathlib import Path

import asyncpg
import structlog
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from deploy import streams
from deploy.pillars import pillars
from services.kit.database import migrate
from services.kit.events import bus

GATEWAY = "gateway"
GATEWAY_MIGRATIONS = Path(__file__).parents[1] / "gateway" / "migrations"

_log = structlog.get_logger()


class MigrateSettings(BaseSettings):
    """What the administrator needs; from the environment."""

    model_config = SettingsConfigDict(env_prefix="SMARTCITY_", extra="ignore")

    postgres_admin_url: SecretStr = Field(description="Database `smartcity`, as a role that may create roles")
    nats_url: str
    nats_seed: SecretStr = Field(description="NKey seed of the NATS administrator")
    nats_ca_file: str = Field("", description="Authority of the NATS server's certificate; empty: no TLS")
    role_passwords: dict[str, SecretStr] = Field(
        default_factory=dict, description="Role -> password; empty: leave them"
    )
    stream_replicas: int = Field(1, ge=1, le=5)


def schemas() -> dict[str, list[Path]]:
    """Folders of the migrations of each schema: the six pillars' and the gateway's."""
    found = {name: [migrate.KIT_MIGRATIONS, pillar.migrations] for name, pillar in pillars().items()}
    return {**found, GATEWAY: [GATEWAY_MIGRATIONS]}


async def migrate_database(url: str, passwords: dict[str, str]) -> None:
    """Roles, schemas and revisions of the six pillars and the gateway."""
    folders = schemas()
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
        for schema in folders:
            await migrate.prepare_schema(connection, schema, passwords.get(schema))
    finally:
        await connection.close()
    for schema, locations in folders.items():
        if await migrate.upgrade(url, schema, locations):
            _log.info("migrated", schema=schema, revisions=sorted(migrate.heads(locations)))


async def migrate_bus(url: str, seed: str, replicas: int = 1, ca_file: str = "") -> None:
    """Streams and consumers."""
    client = await bus.connect(url, seed, "admin", ca_file)
    try:
        made = await streams.ensure(client, pillars().values(), replicas=replicas)
        if made:
            _log.info("streams made", streams=made)
    finally:
        await client.close()


async def run(settings: MigrateSettings) -> None:
    """Database first, so that a pillar that finds its consumer finds its tables too."""
    passwords = {role: password.get_secret_value() for role, password in settings.role_passwords.items()}
    await migrate_database(settings.postgres_admin_url.get_secret_value(), passwords)
    seed = settings.nats_seed.get_secret_value()
    await migrate_bus(settings.nats_url, seed, settings.stream_replicas, settings.nats_ca_file)


def main() -> None:
    """Runs with settings from the environment."""
    asyncio.run(run(MigrateSettings()))


if __name__ == "__main__":
    main()
