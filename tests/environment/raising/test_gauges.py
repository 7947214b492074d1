"""What is told of alarms that nobody follows, of proposals that wait and of warnings that end too early."""

import pytest

from observability import semconv
from services.environment.alarms.model import Alarm
from services.environment.criteria.profile import criteria_of
from services.environment.raising import gauges
from tests.environment.raising.test_raising import TIDE
from tests.environment.warnings.warning import AWAS, OTHER, WASPADA, Warnings


async def told(warnings: Warnings) -> tuple[float, float, float]:
    """Alarms not followed, warnings that end early, and the age of the oldest proposal."""
    found = await gauges.read(warnings.served.runtime)
    names = (semconv.ALARMS_UNFOLLOWED, semconv.WARNINGS_ENDING, semconv.PROPOSAL_AGE)
    unfollowed, ending, age = (next(iter(found[name]))[0] for name in names)
    return unfollowed, ending, age


async def lost(warnings: Warnings, rule: str, monkeypatch: pytest.MonkeyPatch) -> Alarm:
    """An alarm whose news reaches nobody."""

    async def nobody(_: Alarm) -> None:
        """Hears."""

    with monkeypatch.context() as patched:
        patched.setattr(warnings, "opened", nobody)
        return await warnings.alarm(TIDE, rule)


async def test_an_alarm_that_nobody_hears_of_is_told_after_half_a_minute(
    warnings: Warnings, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = await lost(warnings, "waspada", monkeypatch)
    assert await told(warnings) == (0, 0, 0)
    warnings.served.pass_time(seconds=31)
    assert await told(warnings) == (1, 0, 0)
    await warnings.opened(alarm)
    assert await told(warnings) == (0, 0, 0)


async def test_a_zone_is_unwatched_while_all_of_its_rules_sleep(warnings: Warnings) -> None:
    async def unwatched() -> float:
        found = await gauges.read(warnings.served.runtime)
        return next(iter(found[semconv.ZONES_UNWATCHED]))[0]

    zones = len(criteria_of(warnings.served.runtime.city).zones)
    assert await unwatched() == zones
    await warnings.rule(TIDE, "waspada")
    assert await unwatched() == zones - 1
    await warnings.pause(TIDE, "waspada")
    assert await unwatched() == zones


async def test_an_alarm_that_means_nothing_is_not_missed(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "silence")
    warnings.served.pass_time(hours=1)
    assert await told(warnings) == (0, 0, 0)


async def test_what_is_asked_for_is_followed_and_waits_until_officers_decide(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "awas")
    warnings.served.pass_time(minutes=11)
    assert await told(warnings) == (0, 0, 660)
    await warnings.act("Reject", await warnings.only())
    assert await told(warnings) == (0, 0, 0), "officers have decided, whatever the gauge says on"


async def test_a_drill_is_not_waited_for(warnings: Warnings) -> None:
    await warnings.propose(zone="pesisir", level=AWAS, exercise=True)
    warnings.served.pass_time(hours=1)
    assert await told(warnings) == (0, 0, 0)


async def test_a_warning_of_officers_that_ends_while_a_gauge_speaks_on_is_told(warnings: Warnings) -> None:
    raised = await warnings.in_force(zone="pesisir", level=WASPADA, hours=2)
    await warnings.alarm(TIDE, "waspada")
    assert await told(warnings) == (0, 0, 0)
    warnings.served.pass_time(minutes=91)
    assert await told(warnings) == (0, 1, 0)
    await warnings.act("Approve", await warnings.act("Update", raised, level=WASPADA), OTHER)
    assert await told(warnings) == (0, 0, 0)


async def test_one_that_a_gauge_raised_is_extended_and_one_that_no_gauge_wants_may_end(warnings: Warnings) -> None:
    await warnings.alarm(TIDE, "waspada")
    await warnings.in_force(zone="banjir-kanal-timur", level=WASPADA, hours=6)
    warnings.served.pass_time(hours=5, minutes=45)
    assert await told(warnings) == (0, 0, 0)
