"""Until when a warning holds that officers gave a time, and that gauges raise."""

from datetime import timedelta

from services.environment.raising import timers
from tests.environment.warnings.warning import SIAGA, WASPADA, Warnings, level, state

TIDE = "pasut-tanjung-emas"


async def test_a_gauge_that_raises_an_officers_warning_leaves_it_the_time_that_they_gave_it(warnings: Warnings) -> None:
    """At the higher level: they alone lower it again."""
    theirs = await warnings.in_force(zone="pesisir", level=WASPADA, hours=72)
    warnings.served.pass_time(hours=1)
    alarm = await warnings.alarm(TIDE, "siaga")
    higher = await warnings.only()
    assert (level(higher), higher.expire_time) == ("siaga", theirs.expire_time)
    await warnings.over(alarm)
    warnings.served.pass_time(hours=7)
    await timers.expire(warnings.served.runtime)
    kept = await warnings.only()
    assert (state(kept), level(kept)) == ("in_force", "siaga")


async def test_an_officer_who_approves_what_a_gauge_asks_for_shortens_no_warning(warnings: Warnings) -> None:
    theirs = await warnings.in_force(zone="pesisir", level=SIAGA, hours=72)
    await warnings.alarm(TIDE, "awas")
    done = await warnings.act("Approve", await warnings.only())
    assert (level(done), done.expire_time) == ("awas", theirs.expire_time)


async def test_a_gauge_that_raises_an_officers_warning_late_lets_it_hold_longer(warnings: Warnings) -> None:
    theirs = await warnings.in_force(zone="pesisir", level=WASPADA, hours=6)
    warnings.served.pass_time(hours=5)
    await warnings.alarm(TIDE, "siaga")
    later = theirs.expire_time.ToDatetime() + timedelta(hours=5)
    assert (await warnings.only()).expire_time.ToDatetime() == later
