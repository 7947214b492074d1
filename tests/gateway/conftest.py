"""One gateway for the tests of this folder: four pillars behind it, the provider beside it."""

import base64
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import pytest
from joserfc.jwk import OKPKey

from deploy.local.process import free_ports
from deploy.migrate import GATEWAY_MIGRATIONS
from services.economy.pillar import PILLAR as ECONOMY
from services.economy.settings import EconomySettings
from services.environment.pillar import PILLAR as ENVIRONMENT
from services.environment.registry.timers import enter_profile
from services.environment.settings import EnvironmentSettings
from services.governance.pillar import PILLAR
from services.governance.settings import GovernanceSettings
from services.kit.city import load_city
from services.kit.database import migrate
from services.kit.database.pool import connect_pool
from services.kit.process.running import running
from services.kit.runtime import Runtime
from services.living.facilities import timers as facilities
from services.living.pillar import PILLAR as LIVING
from services.living.settings import LivingSettings
from tests.gateway.running import MAIL_KEY, Stand, gateway_settings, public_set, serving, start_provider

Serve = Callable[..., AbstractAsyncContextManager[int]]


@pytest.fixture(scope="session")
async def edge_database(postgres: str) -> str:
    """URL of a database of its own with the schemas of the gateway and the pillars behind it."""
    admin = await asyncpg.connect(postgres)
    name = f"edge_{secrets.token_hex(4)}"
    await admin.execute(f'CREATE DATABASE "{name}"')
    await admin.close()
    url = f"{postgres.rsplit('/', 1)[0]}/{name}"
    owner = await asyncpg.connect(url)
    await owner.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public")
    for schema in ("governance", "economy", "environment", "living", "gateway"):
        await migrate.prepare_schema(owner, schema, None)
    await owner.close()
    await migrate.upgrade(url, "governance", [migrate.KIT_MIGRATIONS, PILLAR.migrations])
    await migrate.upgrade(url, "economy", [migrate.KIT_MIGRATIONS, ECONOMY.migrations])
    await migrate.upgrade(url, "environment", [migrate.KIT_MIGRATIONS, ENVIRONMENT.migrations])
    await migrate.upgrade(url, "living", [migrate.KIT_MIGRATIONS, LIVING.migrations])
    await migrate.upgrade(url, "gateway", [GATEWAY_MIGRATIONS])
    return url


@pytest.fixture(scope="session")
def assertion_key() -> dict[str, Any]:
    """The gateway's private key."""
    key = OKPKey.generate_key("Ed25519", {"kid": secrets.token_hex(4)}, auto_kid=False)
    return dict(key.as_dict(private=True))


def _pillar_values(database_url: str, assertion_key: dict[str, Any]) -> dict[str, Any]:
    """What both pillars are told."""
    receipt_key = OKPKey.generate_key("Ed25519", {"kid": "receipts"}, auto_kid=False)
    return {
        "mode": "local",
        "postgres_url": database_url,
        "nats_url": "nats://127.0.0.1:1",
        "nats_seed": "unused",
        "grpc_port": 0,
        "health_port": 0,
        "assertion_keys": public_set(assertion_key),
        "receipt_key": json.dumps(receipt_key.as_dict(private=True)),
    }


@pytest.fixture(scope="session")
def serve_governance(edge_database: str, assertion_key: dict[str, Any]) -> Serve:
    """Serves a governance pillar without timers on a port (0: a free one) and yields the port."""
    settings = GovernanceSettings.model_validate(
        {
            **_pillar_values(edge_database, assertion_key),
            "keystore_url": edge_database,
            "data_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "link_secret": base64.b64encode(secrets.token_bytes(32)).decode(),
            "mail_keys": MAIL_KEY,
        }
    )

    @asynccontextmanager
    async def serve(port: int = 0) -> AsyncIterator[int]:
        pool = await connect_pool(edge_database, "governance", 8)
        own = settings.model_copy(update={"grpc_port": port})
        async with running(replace(PILLAR, timers=()), Runtime("governance", own, pool, load_city("semarang"))) as work:
            yield work.port
        await pool.close()

    return serve


@pytest.fixture(scope="session")
async def governance_target(serve_governance: Serve) -> AsyncIterator[str]:
    """A governance pillar for all tests."""
    async with serve_governance() as port:
        yield f"ipv4:127.0.0.1:{port}"


@pytest.fixture(scope="session")
async def economy_target(edge_database: str, assertion_key: dict[str, Any]) -> AsyncIterator[str]:
    """An economy pillar without timers and without an acquirer: cash, wallets and printed QR codes."""
    settings = EconomySettings.model_validate(_pillar_values(edge_database, assertion_key))
    pool = await connect_pool(edge_database, "economy", 8)
    async with running(replace(ECONOMY, timers=()), Runtime("economy", settings, pool, load_city("semarang"))) as work:
        yield f"ipv4:127.0.0.1:{work.port}"
    await pool.close()


@pytest.fixture(scope="session")
async def environment_target(edge_database: str, assertion_key: dict[str, Any]) -> AsyncIterator[str]:
    """An environment pillar without timers, with what measures in the city's profile and no readings yet."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    values = {**_pillar_values(edge_database, assertion_key), "device_secret": secret}
    settings = EnvironmentSettings.model_validate(values)
    pool = await connect_pool(edge_database, "environment", 8)
    runtime = Runtime("environment", settings, pool, load_city("semarang"))
    async with running(replace(ENVIRONMENT, timers=(), jobs=()), runtime) as work:
        await enter_profile(runtime)
        yield f"ipv4:127.0.0.1:{work.port}"
    await pool.close()


@pytest.fixture(scope="session")
async def living_target(edge_database: str, assertion_key: dict[str, Any]) -> AsyncIterator[str]:
    """A living pillar without timers, with the facilities of the city's profile."""
    secret = base64.b64encode(secrets.token_bytes(32)).decode()
    values = {**_pillar_values(edge_database, assertion_key), "vehicle_secret": secret}
    settings = LivingSettings.model_validate(values)
    pool = await connect_pool(edge_database, "living", 8)
    runtime = Runtime("living", settings, pool, load_city("semarang"))
    async with running(replace(LIVING, timers=()), runtime) as work:
        await facilities.enter_profile(runtime)
        yield f"ipv4:127.0.0.1:{work.port}"
    await pool.close()


@pytest.fixture(scope="session")
async def stand(
    edge_database: str,
    assertion_key: dict[str, Any],
    governance_target: str,
    economy_target: str,
    environment_target: str,
    living_target: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Stand]:
    """The gateway with governance, economy, environment, living and the identity provider; the others are dead."""
    home: Path = tmp_path_factory.mktemp("edge")
    port = free_ports(1)[0]
    public_url = f"http://127.0.0.1:{port}"
    provider = await start_provider(home, public_url)
    settings = gateway_settings(
        edge_database,
        assertion_key,
        home / "files",
        {
            "governance": governance_target,
            "economy": economy_target,
            "environment": environment_target,
            "living": living_target,
        },
        port=port,
        public_url=public_url,
        oidc_issuer=provider.issuer,
        oidc_client_id="gateway",
        oidc_client_secret=provider.client_secret,
    )
    try:
        async with serving(settings, provider) as made:
            yield made
    finally:
        provider.process.stop()


@pytest.fixture
async def client(stand: Stand) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login."""
    async with stand.client() as made:
        yield made


WASTE = {
    "text": "Sampah menumpuk di depan pasar sejak tiga hari, baunya menyengat.",
    "category": "sampah-menumpuk",
    "location": {"lon": 110.4105, "lat": -6.9837},
    "contact": {"name": "Siti", "email": "siti@example.org"},
}


def new_key() -> dict[str, str]:
    """A new idempotency key as header."""
    return {"idempotency-key": str(uuid4())}


async def file(client: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    """Files a complaint and answers with what came back."""
    answer = await client.post("/v1/complaints", json=WASTE | changes, headers=new_key())
    assert answer.status_code == 201, answer.text
    return dict(answer.json())
