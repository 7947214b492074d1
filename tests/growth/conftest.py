"""Fixtures of the tests of growth: the pillars of the other tests, with all that they say to the database recorded."""

from collections.abc import AsyncIterator, Iterator

import pytest

from services.economy import pillar as economy_pillar
from services.environment import pillar as environment_pillar
from services.governance import pillar as governance_pillar
from tests.economy.conftest import RECEIPT_KEY, Economy, economy
from tests.economy.providers.conftest import town
from tests.environment.conftest import Environment, environment
from tests.fixtures.pillars import Standing, own_database, standing
from tests.governance.calls import records
from tests.governance.conftest import Governance, governance
from tests.governance.mails import catcher
from tests.growth.recording import Recorder, recording
from tests.kit.conftest import world

__all__ = [
    "catcher",
    "economy",
    "environment",
    "governance",
    "records",
    "town",
    "world",
]


@pytest.fixture(autouse=True)
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Records before any pillar opens its pool."""
    with recording(monkeypatch, Governance, Economy, Environment) as made:
        yield made


@pytest.fixture
async def governance_database(postgres: str) -> str:
    """A database of the test's own: its files are made long, and whoever emptied them later would read them all."""
    return await own_database(postgres, governance_pillar.PILLAR)


@pytest.fixture
async def economy_database(postgres: str) -> str:
    """As governance's."""
    return await own_database(postgres, economy_pillar.PILLAR)


@pytest.fixture
async def environment_database(postgres: str) -> str:
    """As governance's."""
    return await own_database(postgres, environment_pillar.PILLAR)


@pytest.fixture
async def governance_stand(governance_database: str, recorder: Recorder) -> AsyncIterator[Standing]:
    """A server of the test's own, so that what it says is recorded."""
    async with standing(governance_pillar.PILLAR, governance_database) as stand:
        yield stand


@pytest.fixture
async def economy_stand(economy_database: str, recorder: Recorder) -> AsyncIterator[Standing]:
    """A server of the test's own, so that what it says is recorded."""
    async with standing(economy_pillar.PILLAR, economy_database, {"receipt_key": RECEIPT_KEY}) as stand:
        yield stand


@pytest.fixture
async def environment_stand(environment_database: str, recorder: Recorder) -> AsyncIterator[Standing]:
    """A server of the test's own, so that what it says is recorded."""
    async with standing(environment_pillar.PILLAR, environment_database) as stand:
        yield stand
