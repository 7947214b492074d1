"""Fixtures of this room."""

from collections.abc import AsyncIterator

import pytest

from tests.environment.nowcasts.feed import Weather, weather
from tests.environment.sensing import Sensing


@pytest.fixture
async def forecasters(sensing: Sensing) -> AsyncIterator[Weather]:
    """The pillar, which reads a service that publishes nothing yet."""
    async with weather(sensing) as found:
        yield found
