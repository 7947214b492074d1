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


async def test_what_was_called_off_or_asks_for_no_round_is_not_collected(collecting: Collecting) -> None:
    await collecting.told()
    await collecting.told(waste_round=False)
    assert not stops(await collecting.planned())
    await collecting.told()
    await collecting.told(cancelled=True)
    assert not stops(await collecting.planned())
