"""The living pillar at work in this process, with a timetable that holds."""

from collections.abc import AsyncIterator

import httpx
import pytest

from services.living.pillar import PILLAR
from tests.fixtures.edge import edge_before
from tests.fixtures.pillars import Served, own_database, standing
from tests.living.held import Held
from tests.living.journeys.transit import CAIRNS_NOW, SEMARANG_NOW, Transit


@pytest.fixture(scope="package")
async def stand_of_transit(postgres: str) -> AsyncIterator[Held]:
    """The pillar's server."""
    async with standing(PILLAR, await own_database(postgres, PILLAR)) as stand:
        yield Held(stand)


async def _cairns(served: Served) -> None:
    await Transit(served).enter_cairns()


async def _semarang(served: Served) -> None:
    await Transit(served).enter_semarang()


@pytest.fixture
async def bare(stand_of_transit: Held) -> AsyncIterator[Transit]:
    """The pillar without any feed."""
    async with stand_of_transit.fresh(SEMARANG_NOW) as served:
        yield Transit(served)


@pytest.fixture
async def cairns_town(stand_of_transit: Held) -> AsyncIterator[Transit]:
    """The pillar with the feed of Cairns."""
    async with stand_of_transit.fresh(CAIRNS_NOW, _cairns) as served:
        yield Transit(served)


@pytest.fixture
async def semarang(stand_of_transit: Held) -> AsyncIterator[Transit]:
    """The pillar with the feed made of Semarang's profile."""
    async with stand_of_transit.fresh(SEMARANG_NOW, _semarang) as served:
        yield Transit(served)


@pytest.fixture
async def visitor(semarang: Transit) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody without a login at the gateway, reading English."""
    async with edge_before(semarang.served) as client:
        client.headers["accept-language"] = "en"
        yield client
