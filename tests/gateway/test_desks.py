"""What a dispatcher's desk is told."""

from typing import Any, cast

import pytest

from gateway.streams.dispatch import LOG, Dispatchers
from gateway.visitors.places import Places


@pytest.mark.parametrize("said", ["", "²", "-1", "x", "9" * 30])
async def test_a_desk_whose_number_is_none_is_told_from_now_on(said: str) -> None:
    desks = Dispatchers(cast(Any, None), Places(1, 1))
    has = {LOG: said}
    assert await desks.before(cast(Any, None), has) == []
    assert has == {LOG: said}, "not before the board was read"
    desks._last = 5
    assert await desks.before(cast(Any, None), has) == []
    assert has == {LOG: "5"}
