"""People at the portal: citizens with and without a login, a verifier, officers of waste, markets and treasury."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, TypeAlias

import asyncpg
import pytest

from gateway.city.bulletins import Bulletins
from tests.gateway.portal.pages import Browser
from tests.gateway.running import Stand
from tests.gateway.till import Till

Database: TypeAlias = "asyncpg.Connection[Any]"


@pytest.fixture
async def database(edge_database: str) -> AsyncIterator[Database]:
    """For what takes a day of many, or nobody could do as somebody else."""
    connection = await asyncpg.connect(edge_database)
    yield connection
    await connection.close()


@pytest.fixture
async def citizen(stand: Stand) -> AsyncIterator[Browser]:
    """Somebody without a login, reading English."""
    async with stand.client() as client:
        yield Browser(client)


@pytest.fixture
async def bulletins(stand: Stand) -> Bulletins:
    """What the pillar told with its feed; what a test changes of it stays while nothing is published."""
    while stand.gateway.bulletins.feed is None:
        await asyncio.sleep(0.05)
    return stand.gateway.bulletins


@pytest.fixture
async def verifier(stand: Stand) -> AsyncIterator[Browser]:
    """A verifier."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("verifikator"))


@pytest.fixture
async def officer(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the waste agency."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-dlh"))


@pytest.fixture
async def till(stand: Stand, edge_database: str) -> AsyncIterator[Till]:
    """Money over the API, for what a page starts from. Its businesses are closed: nobody may have more than some."""
    async with stand.client() as client:
        till = Till(stand, client)
        yield till
    if till.businesses:
        connection = await asyncpg.connect(edge_database)
        await connection.execute(
            "UPDATE economy.merchant SET state = 'closed' WHERE id = ANY($1::uuid[])", till.businesses
        )
        await connection.close()


@pytest.fixture
async def markets(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the agency for markets, which levies and has a counter."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-disdag"))


@pytest.fixture
async def treasurer(stand: Stand) -> AsyncIterator[Browser]:
    """An officer of the treasury."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("petugas-bpkad"))


@pytest.fixture
async def owner(stand: Stand) -> AsyncIterator[Browser]:
    """Somebody with a business."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("pedagang"))


@pytest.fixture
async def payer(stand: Stand) -> AsyncIterator[Browser]:
    """Somebody with a login and perhaps a wallet."""
    async with stand.client() as client:
        yield Browser(client, await stand.bearer("warga"))
