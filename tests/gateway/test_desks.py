"""What a dispatcher's desk is told."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

import pytest

from gateway.city.dispatch_board import PAGE
from gateway.streams import dispatch
from gateway.streams.dispatch import LOG, MOST, Dispatchers
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


@pytest.mark.parametrize(("seen", "left"), [(1, 98_999), (98_999, 1), (99_000, 0), (99_990, 0)])
async def test_a_desk_that_was_away_for_long_is_told_the_latest_and_how_many_are_left_out(
    seen: int, left: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    last, asked = 100_000, 0

    async def entries(_: Any, __: Any, after: int) -> Sequence[Any]:
        nonlocal asked
        asked += 1
        return [SimpleNamespace(number=number) for number in range(after + 1, min(after + PAGE, last) + 1)]

    monkeypatch.setattr(dispatch, "entries", entries)
    desk: Any = SimpleNamespace(
        caller=None, worded=lambda entry: {"text": f"{entry.number}"}, left_out=lambda many: {"text": f"{many} more"}
    )
    desks, has = Dispatchers(cast(Any, None), Places(1, 1)), {LOG: f"{seen}"}
    desks._last = last
    told = await desks.before(desk, has)
    first = max(seen, last - MOST)
    assert (len(told), has[LOG]) == (last - first + bool(left), f"{last}")
    assert told[0] == b'event: entry\nid: log-%d\ndata: {"text":"%d"}\n\n' % (first + 1, first + 1)
    assert (told[-1] == b'event: entry\nid: log-%d\ndata: {"text":"%d more"}\n\n' % (last, left)) is bool(left)
    assert asked <= MOST // PAGE
