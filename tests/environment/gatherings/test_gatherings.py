"""What a city event leaves joins the round of the day after."""

from collections.abc import AsyncIterator

import pytest

from smartcity.environment.v1 import rounds_pb2 as pb
from tests.environment.rounds.collecting import Collecting, causes, stops
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


TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
WHY = "Jalan ditutup pasar malam."


async def test_what_is_more_than_a_truck_holds_is_collected_in_parts(collecting: Collecting) -> None:
    await collecting.told(expected=40_000)
    plan = await collecting.planned(TUESDAY)
    assert not stops(plan), "it is of Monday"
    plan = await collecting.planned()
    assert [(one.code, one.volume) for one in stops(plan)] == [("festival", 10.0)] * 2
    assert not plan.left_out


async def test_the_part_that_could_not_be_reached_is_caught_up_with_until_it_is_done(collecting: Collecting) -> None:
    await collecting.told(expected=40_000)
    first, second = stops(await collecting.planned())
    await collecting.tick(first)
    await collecting.tick(second, state=pb.ROUND_STOP_STATE_UNREACHABLE, note=WHY)
    (rest,) = stops(await collecting.planned(TUESDAY))
    assert (rest.code, rest.volume, causes([rest])) == ("festival", 10.0, {"festival": "missed"})
    collecting.served.pass_time(hours=24)
    await collecting.tick(rest)
    assert not stops(await collecting.planned(WEDNESDAY))


async def test_what_was_missed_is_caught_up_with_though_its_event_told_of_other_days_meanwhile(
    collecting: Collecting,
) -> None:
    await collecting.told(days=(0,))
    plan = await collecting.planned(TUESDAY)
    await collecting.told(days=(0, 5))
    collecting.served.pass_time(hours=24)
    await collecting.told(days=(4,))
    (stop,) = stops(plan)
    await collecting.tick(stop, state=pb.ROUND_STOP_STATE_UNREACHABLE, note=WHY)
    assert causes(stops(await collecting.planned(WEDNESDAY))) == {"festival": "missed"}


async def test_what_a_day_without_any_plan_left_is_caught_up_with_once_it_is_over(collecting: Collecting) -> None:
    await collecting.told()
    assert not stops(await collecting.planned(TUESDAY)), "it may yet be planned for Monday"
    collecting.served.pass_time(hours=24)
    assert causes(stops(await collecting.planned(TUESDAY))) == {"festival": "missed"}


async def test_what_was_missed_a_week_ago_is_looked_for_no_more(collecting: Collecting) -> None:
    await collecting.told()
    collecting.served.pass_time(hours=8 * 24)
    assert not stops(await collecting.planned("2026-03-10"))
