"""What a local platform needs before its pillars start: roles, databases, NATS users, then the ordinary migration.

Run by the supervisor as `python -m deploy.local.prepare`. In a cluster the operator of PostgreSQL and the chart make
the roles, databases and users; `smartcity migrate` is the same.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

import asyncpg

from deploy import migrate
from deploy.local import belonging, devices, runfile
from deploy.local.demo import CITIZEN, MERCHANT
from deploy.local.nats import Nats, User
from deploy.local.plan import DATABASE, GATEWAY, KEYSTORE
from deploy.local.postgres import ensure_database, in_database
from deploy.local.process import StartError
from deploy.local.secrets import Secrets
from deploy.local.settings import home_of
from deploy.operate import gtfs
from deploy.permissions import of_all
from deploy.pillars import NAMES, pillars
from gateway.callers.subjects import subject_of
from services.branding import demo as branding
from services.economy import demo as economy
from services.economy.payments.hot import paying
from services.economy.resources import Resources as EconomyResources
from services.economy.signatories.model import Simulated
from services.governance import demo as governance
from services.kit.city import City, load_city
from services.kit.database.pool import connect_pool
from services.kit.door.door import CALLOUT
from services.kit.runtime import Runtime
from services.kit.signing import Signer, secret
from services.living import demo as living
from services.society import demo as society
from services.society.resources import Resources
from services.society.settings import SocietySettings


@asynccontextmanager
async def _administrator(url: str) -> AsyncIterator[asyncpg.Connection[asyncpg.Record]]:
    connection = await asyncpg.connect(in_database(url, "postgres"))
    try:
        yield connection
    finally:
        await connection.close()


async def make_database(url: str) -> None:
    """The pillars' database, still closed to all. A server that is restored answers reads while it still recovers: it
    is waited for.
    """
    async with _administrator(url) as admin:
        while await admin.fetchval("SELECT pg_is_in_recovery()"):  # noqa: ASYNC110 - PostgreSQL tells nobody
            await asyncio.sleep(0.1)
        await ensure_database(admin, DATABASE)


async def open_databases(url: str) -> None:
    """Let the roles in, and give governance the database of wrapped keys."""
    async with _administrator(url) as admin:
        for name in (*NAMES, GATEWAY, CALLOUT):
            await admin.execute(f'GRANT CONNECT ON DATABASE {DATABASE} TO "{name}"')
        await ensure_database(admin, KEYSTORE, owner="governance")


async def seed_history(url: str, city: str, secrets: Secrets) -> None:
    """Fill empty pillars with the city's made-up history, before they settle or seal a day without it."""
    profile = load_city(city)
    async with _runtime(url, "governance", profile) as runtime:
        await governance.seed(runtime)
        await governance.seed_emergency(runtime)
    async with _runtime(url, "economy", profile) as books, _runtime(url, "living", profile) as runtime:
        await economy.seed(books, subject_of(MERCHANT))
        signer, sealed = Signer.load(json.dumps(secrets.signing_key("payment-receipt"))), _secret(secrets, "permits")
        async with paying(books) as wallet_payments:
            books.extra = EconomyResources(signer, Simulated(signer), wallet_payments, permit_secret=sealed)
            await economy.seed_permits(books, subject_of(CITIZEN))
        # What rides cost stands in economy's books, as if events had asked for it.
        await living.seed(runtime, partial(economy.take, books, "living"))
    async with _runtime(url, "society", profile) as runtime:
        runtime.settings = SocietySettings.model_construct(mode="local")
        runtime.extra = Resources(_secret(secrets, "residents"))
        await society.seed(runtime)
        await society.seed_satisfaction(runtime)
        await society.seed_courses(runtime)
    async with _runtime(url, "branding", profile) as runtime:
        await branding.seed(runtime)


def _secret(secrets: Secrets, name: str) -> bytes:
    return secret(secrets.key(name), name)


@asynccontextmanager
async def _runtime(url: str, pillar: str, city: City) -> AsyncIterator[Runtime]:
    pool = await connect_pool(url, pillar, 2)
    try:
        yield Runtime(pillar, None, pool, city)
    finally:
        await pool.close()


def prepare_nats(nats: Nats, pid: int, secrets: Secrets) -> None:
    """A user per pillar and one for the gateway, each with the permissions that follow from what it declares."""
    granted = of_all(pillars())
    nats.set_users({name: User(secrets.seed(f"nats-{name}")[1], each) for name, each in granted.items()}, pid)


def main() -> None:
    """Everything, in order; running it again changes nothing."""
    home = home_of()
    running = runfile.read(home)
    if running is None:
        raise StartError(f"nothing runs in {home}: `smartcity up` first")
    secrets = Secrets(home)
    server = next(each for each in running["components"] if each["name"] == "nats")
    ports = server["ports"]
    nats = Nats(home, {}, ports["nats"], ports["monitor"], devices=devices.of(secrets, ports["mqtt"]))
    prepare_nats(nats, server["pid"], secrets)
    admin_url = os.environ["SMARTCITY_POSTGRES_ADMIN_URL"]
    asyncio.run(make_database(admin_url))
    try:
        asyncio.run(belonging.join(in_database(admin_url, DATABASE), home))
    except StartError as error:
        sys.exit(str(error))
    migrate.main()
    asyncio.run(open_databases(admin_url))
    if os.environ.get("SMARTCITY_DEMO", "on") != "off":
        url, city = in_database(admin_url, DATABASE), os.environ["SMARTCITY_CITY"]
        asyncio.run(seed_history(url, city, secrets))
        try:
            gtfs.enter_city(url, city)
        except gtfs.FeedError as error:
            sys.stderr.write(f"the city starts without a timetable: {error}\n")


if __name__ == "__main__":
    main()
