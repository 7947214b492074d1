"""The edge whose answers are recorded."""

from collections.abc import AsyncIterator

import pytest

from tests.gateway.recorded.edge import Edge, edge_at_work


@pytest.fixture(scope="module")
async def edge(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Edge]:
    """The gateway of this checkout with the recording pillars behind it."""
    async with edge_at_work(postgres, tmp_path_factory.mktemp("recorded")) as made:
        yield made
