"""One whole platform for the stories, started as a newcomer starts it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fixtures.house import House


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """Real processes, demo history included."""
    with tempfile.TemporaryDirectory(prefix="smartcity-story-") as folder:
        home = Path(folder)
        home.chmod(0o755)
        rates = {"SMARTCITY_WRITE_RATE": "1000", "SMARTCITY_ANONYMOUS_WRITE_RATE": "1000"}
        made = House(home, env=rates)
        try:
            made.start()
            yield made
        finally:
            made.stop()
