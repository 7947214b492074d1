"""Fixtures of this room."""

from collections.abc import AsyncIterator

import pytest

from tests.fixtures.pillars import Standing
from tests.governance.mails import catching
from tests.society.following.followers import Followers
from tests.society.residents.people import NOW


@pytest.fixture
async def followers(stand_of_society: Standing) -> AsyncIterator[Followers]:
    """The pillar, serving, with a mail server."""
    async with stand_of_society.fresh(NOW) as served, catching(served.runtime) as catcher:
        yield Followers(served, catcher)
