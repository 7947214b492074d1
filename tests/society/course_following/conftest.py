"""Fixtures of this room."""

from collections.abc import AsyncIterator

import pytest

from tests.governance.mails import catching
from tests.society.course_following.listening import Listening
from tests.society.courses.teaching import Teaching


@pytest.fixture
async def listening(teaching: Teaching) -> AsyncIterator[Listening]:
    """The pillar, serving, with a mail server."""
    async with catching(teaching.served.runtime) as catcher:
        yield Listening(teaching, catcher)
