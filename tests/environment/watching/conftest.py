"""A gauge whose readings are held to rules."""

import pytest

from tests.environment.sensing import Sensing
from tests.environment.watching.watched import Watched


@pytest.fixture
async def watched(sensing: Sensing) -> Watched:
    """A gauge without any rule yet."""
    return await Watched.made(sensing)
