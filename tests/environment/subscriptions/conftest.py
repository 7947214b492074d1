"""Fixtures of this room."""

from collections.abc import AsyncIterator

import pytest

from tests.environment.subscriptions.subscribing import Subscribers
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY
from tests.governance.mails import catching


@pytest.fixture
async def subscribers(environment_stand: Standing) -> AsyncIterator[Subscribers]:
    """The pillar, serving, with a mail server."""
    async with environment_stand.fresh(MONDAY) as served, catching(served.runtime) as catcher:
        yield Subscribers(served, catcher)
