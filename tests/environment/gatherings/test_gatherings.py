"""What a city event leaves joins the round of the day after."""

from collections.abc import AsyncIterator

import pytest

from tests.environment.rounds.collecting import Collecting, stops
from tests.fixtures.pillars import Standing
from tests.governance.conftest import MONDAY


@pytest.fixture
async def collecting(environment_stand: Standing) -> AsyncIterator[Collecting]:
    """The pillar, with nothing to collect."""
    async with environment_stand.fresh(MONDAY) as served:
        yield Collecting(served)


async def test_a_place_that_asks_for_it_joins_the_round_of_the_day_after(collecting: Collecting) -> None:
    await collecting.told()
    await collecting.told()
    (stop,) = stops(await collecting.planned())
    assert (stop.code, stop.volume, stop.kind) == ("festival", 2.0, 3)
    await collecting.tick(stop)


async def test_what_asks_for_no_round_any_more_is_not_collected(collecting: Collecting) -> None:
    await collecting.told()
    await collecting.told(waste_round=False)
    assert not stops(await collecting.planned())


@pytest.mark.parametrize("whole", [True, False])
async def test_what_was_called_off_leaves_nothing_but_what_yesterday_left_is_collected(
    collecting: Collecting, whole: bool
) -> None:
    """A date that is over is told no more, and lies there all the same."""
    await collecting.told(days=(-1, 0, 1))
    await collecting.told(days=() if whole else (0,), cancelled=whole)
    assert [one.code for one in stops(await collecting.planned())] == ["festival"]
    assert bool(stops(await collecting.planned("2026-03-03"))) is not whole
    assert not stops(await collecting.planned("2026-03-04"))


async def test_what_was_called_off_yesterday_is_not_collected_though_it_is_heard_today(collecting: Collecting) -> None:
    await collecting.told()
    await collecting.told(cancelled=True, ago=24)
    assert not stops(await collecting.planned())
