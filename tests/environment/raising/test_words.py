"""What officers said against gauges: what they ended, lowered or rejected, and which alarms raise it again."""

import pytest

from services.environment.raising import timers
from smartcity.environment.v1 import warnings_pb2 as pb
from tests.environment.raising.test_raising import SIMONGAN, WEST
from tests.environment.warnings.warning import AWAS, OTHER, SIAGA, WASPADA, Warnings, level, state


@pytest.mark.parametrize("verb", ["Clear", "Cancel"])
async def test_what_officers_ended_is_not_raised_again_when_another_gauge_of_the_zone_speaks_and_falls_silent(
    warnings: Warnings, verb: str
) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.ended(verb, await warnings.only())
    warnings.served.pass_time(minutes=5)
    low = await warnings.alarm(WEST, "waspada")
    (up, before) = await warnings.listed()
    assert (state(up), level(up)) == ("in_force", "waspada")
    await warnings.over(low)
    assert {state(one) for one in await warnings.listed()} == {"cleared", state(before)}


async def test_what_is_graver_than_officers_ended_is_asked_for(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.ended("Clear", await warnings.only())
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(SIMONGAN, "awas")
    (asked,) = (await warnings.call(pb.ListWarningProposalsRequest())).warnings
    assert (state(asked), level(asked), asked.proposal.level) == ("in_force", "siaga", AWAS)


async def test_an_alarm_that_is_new_since_officers_ended_the_warning_raises_another(warnings: Warnings) -> None:
    first = await warnings.alarm(SIMONGAN, "siaga")
    await warnings.ended("Clear", await warnings.only())
    await warnings.over(first)
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(SIMONGAN, "siaga")
    assert [(state(one), level(one)) for one in await warnings.listed()] == [
        ("in_force", "siaga"), ("cleared", "siaga"),
    ]  # fmt: skip


async def test_what_officers_rejected_before_they_ended_the_warning_is_not_asked_for_again(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.alarm(SIMONGAN, "awas")
    await warnings.ended("Cancel", await warnings.act("Reject", await warnings.only()))
    await warnings.over(await warnings.alarm(WEST, "waspada"))
    assert all(state(one) != "in_force" for one in await warnings.listed())
    assert not (await warnings.call(pb.ListWarningProposalsRequest())).warnings


async def test_who_rejects_an_all_clear_says_nothing_against_the_gauges(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.act("Reject", await warnings.act("Clear", await warnings.only()), OTHER)
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    assert [state(one) for one in await warnings.listed()] == ["in_force", "expired"]


async def test_an_all_clear_that_a_gauge_asked_for_says_nothing_against_one_that_speaks_since(
    warnings: Warnings,
) -> None:
    await warnings.over(await warnings.alarm(SIMONGAN, "siaga"))
    asked = await warnings.only()
    assert asked.proposal.automatic
    await warnings.act("Approve", asked)
    await warnings.alarm(WEST, "siaga")
    assert [state(one) for one in await warnings.listed()] == ["in_force", "cleared"]


async def test_what_officers_lowered_is_raised_again_by_no_alarm_that_they_knew(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    warnings.served.pass_time(minutes=5)
    await warnings.act("Approve", await warnings.act("Update", await warnings.only(), level=WASPADA, hours=3), OTHER)
    warnings.served.pass_time(minutes=5)
    await warnings.over(await warnings.alarm(WEST, "waspada"))
    assert level(await warnings.only()) == "waspada"
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(WEST, "siaga")
    assert level(await warnings.only()) == "siaga", "that one they did not know"


async def test_what_officers_lowered_and_ran_out_is_followed_by_no_more_than_they_left(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.act("Approve", await warnings.act("Update", await warnings.only(), level=WASPADA, hours=1), OTHER)
    warnings.served.pass_time(hours=2)
    await timers.expire(warnings.served.runtime)
    assert [(state(one), level(one)) for one in await warnings.listed()] == [
        ("in_force", "waspada"), ("expired", "waspada"),
    ]  # fmt: skip


async def test_what_officers_lowered_before_they_ended_it_is_not_raised_again(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.alarm(SIMONGAN, "awas")
    lower = await warnings.act("Update", await warnings.act("Reject", await warnings.only()), level=WASPADA, hours=3)
    await warnings.ended("Clear", await warnings.act("Approve", lower, OTHER))
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(WEST, "waspada")
    assert [(state(one), level(one)) for one in await warnings.listed()] == [
        ("in_force", "waspada"), ("cleared", "waspada"),
    ]  # fmt: skip


async def test_what_officers_rejected_before_they_lowered_the_warning_raises_it_no_more(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    await warnings.alarm(SIMONGAN, "awas")
    lower = await warnings.act("Update", await warnings.act("Reject", await warnings.only()), level=WASPADA, hours=3)
    await warnings.act("Approve", lower, OTHER)
    warnings.served.pass_time(minutes=5)
    await warnings.alarm(WEST, "waspada")
    left = await warnings.only()
    assert (level(left), left.HasField("proposal")) == ("waspada", False)


async def test_what_officers_raise_again_after_they_had_lowered_it_is_followed_by_as_much(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    for to, hours in ((WASPADA, 3), (SIAGA, 1)):
        warnings.served.pass_time(minutes=5)
        asked = await warnings.act("Update", await warnings.only(), level=to, hours=hours)
        await warnings.act("Approve", asked, OTHER)
    warnings.served.pass_time(hours=2)
    await timers.expire(warnings.served.runtime)
    assert [(state(one), level(one)) for one in await warnings.listed()] == [
        ("in_force", "siaga"), ("expired", "siaga"),
    ]  # fmt: skip


async def test_what_officers_raise_anew_after_they_had_ended_it_is_followed_by_as_much(warnings: Warnings) -> None:
    await warnings.alarm(SIMONGAN, "siaga")
    ended = await warnings.ended("Clear", await warnings.only())
    warnings.served.pass_time(minutes=5)
    await warnings.in_force(zone=ended.zone, level=SIAGA, hours=1)
    warnings.served.pass_time(hours=2)
    await timers.expire(warnings.served.runtime)
    assert [(state(one), level(one)) for one in await warnings.listed()] == [
        ("in_force", "siaga"), ("expired", "siaga"), ("cleared", "siaga"),
    ]  # fmt: skip
