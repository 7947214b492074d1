"""A platform of its own, which may be broken."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.alerts.town import Town, town
from tests.fixtures.house import RATES, House


@contextmanager
def quiet_house() -> Iterator[House]:
    """A platform without made-up history."""
    with tempfile.TemporaryDirectory(prefix="smartcity-alerts-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        made = House(home, env={**RATES, "SMARTCITY_DEMO": "off"})
        try:
            made.start()
            yield made
        finally:
            made.stop()


@pytest.fixture(scope="module")
def broken_house() -> Iterator[House]:
    """One for all that a module breaks."""
    with quiet_house() as made:
        yield made


@pytest.fixture(scope="module")
async def people(broken_house: House) -> AsyncIterator[Town]:
    """Its people."""
    async with town(broken_house) as made:
        yield made
