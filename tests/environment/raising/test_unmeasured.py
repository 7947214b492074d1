"""Alarms that end since nobody looks any more: no proof that the danger is over."""

import pytest

from services.environment.alarms.model import End
from services.environment.raising import timers
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.raising.test_raising import SIMONGAN, TIDE, WEST
from tests.environment.warnings.warning import AWAS, Warnings, level, state


@pytest.mark.parametrize("why", [End.RULE_PAUSED, End.THING_RETIRED])
async def test_a_warning_whose_gauge_nobody_looks_at_any_more_stands_until_its_time_is_over(
    warnings: Warnings, why: End
) -> None:
    await warnings.over(await warnings.alarm(TIDE, "waspada"), why)
    left = await warnings.only()
    assert (state(left), left.unmeasured, len(left.messages), left.HasField("proposal")) == ("in_force", True, 1, False)
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    over = await warnings.only()
    assert (state(over), over.unmeasured, len(over.messages)) == ("expired", False, 1)


async def test_a_warning_does_not_fall_below_what_nobody_measures_any_more(warnings: Warnings) -> None:
    west = await warnings.alarm(WEST, "waspada")
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.over(upstream, End.RULE_PAUSED)
    await warnings.over(west)
    left = await warnings.only()
    assert (level(left), left.unmeasured, left.HasField("proposal")) == ("siaga", True, False)


async def test_a_rule_that_goes_on_and_raises_an_alarm_anew_ends_the_warning_with_it(warnings: Warnings) -> None:
    await warnings.over(await warnings.alarm(TIDE, "waspada"), End.RULE_PAUSED)
    warnings.served.pass_time(minutes=5)
    again = await warnings.alarm(TIDE, "waspada")
    assert not (await warnings.only()).unmeasured
    await warnings.over(again)
    assert state(await warnings.only()) == "cleared"


async def test_what_a_gauge_asked_for_waits_on_when_nobody_looks_at_it_any_more(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "siaga")
    await warnings.over(await warnings.alarm(TIDE, "awas"), End.RULE_PAUSED)
    assert (await warnings.only()).proposal.level == AWAS


async def test_what_is_unmeasured_is_told_where_nothing_graver_is_measured(warnings: Warnings) -> None:
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.over(await warnings.alarm(WEST, "waspada"), End.RULE_PAUSED)
    assert not (await warnings.only()).unmeasured, "upstream measures, and lowers it when the water falls"
    await warnings.over(upstream)
    lower = await warnings.act("Approve", await warnings.only())
    assert (level(lower), lower.unmeasured) == ("waspada", True)


async def test_of_a_warning_that_gauges_would_not_end_anyway_nobody_is_told_that_they_do_not(
    warnings: Warnings,
) -> None:
    await warnings.in_force(zone="pesisir", level=AWAS)
    await warnings.over(await warnings.alarm(TIDE, "waspada"), End.RULE_PAUSED)
    assert not (await warnings.only()).unmeasured


async def test_a_gauge_that_speaks_again_asks_no_more_to_lower_the_warning_to_what_is_unmeasured(
    warnings: Warnings,
) -> None:
    upstream = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.over(await warnings.alarm(WEST, "waspada"), End.RULE_PAUSED)
    await warnings.over(upstream)
    assert (await warnings.only()).proposal.step == pb.WARNING_STEP_UPDATE
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(SIMONGAN, "siaga")
    left = await warnings.only()
    assert (level(left), left.HasField("proposal")) == ("siaga", False)
    assert (await warnings.act("Update", left)).proposal.mine, "officers can propose something else"
