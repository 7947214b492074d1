"""What desks that are open say of what they have, and what they are told."""

from typing import Any, cast

import pytest

from gateway.streams.desks import known, seen_of
from gateway.streams.dispatch import LOG, Dispatchers
from gateway.visitors.places import Places


def test_what_a_desk_has_is_read_again() -> None:
    has = {"units": "0a1b2c3d4e", LOG: "17"}
    assert known(seen_of(has)) == has
    assert known("none of ours") == {}


@pytest.mark.parametrize("said", ["", "²", "-1", "x", "9" * 30])
async def test_a_desk_whose_number_is_none_is_told_from_now_on(said: str) -> None:
    desks = Dispatchers(cast(Any, None), Places(1, 1))
    has = {LOG: said}
    assert await desks.before(cast(Any, None), has) == []
    assert has == {LOG: said}, "not before the board was read"
    desks._last = 5
    assert await desks.before(cast(Any, None), has) == []
    assert has == {LOG: "5"}
