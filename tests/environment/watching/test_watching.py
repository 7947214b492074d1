"""A rule opens and clears an alarm once per episode, whoever takes the readings in."""

from datetime import timedelta
from typing import Any

import pytest

from observability import semconv
from services.environment.alarms import gauges
from services.environment.watching import actions, model
from smartcity.environment.v1 import alarms_pb2, events_pb2, rules_pb2
from tests.environment.watching.watched import Watched
from tests.governance.conftest import MONDAY

ARRIVAL = rules_pb2.RULE_CLOCK_ARRIVAL


async def test_an_episode_opens_one_alarm_and_clears_it(watched: Watched) -> None:
    rule = await watched.rule()
    await watched.measure(1.6, 1.72, 1.9, 1.65, 1.75, 1.5, 1.5)
    (alarm,) = await watched.alarms()
    assert (alarm.rule, alarm.rule_name, alarm.value, alarm.unit) == (rule.id, "siaga", 1.72, "m")
    assert alarm.open_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=2)
    assert alarm.clear_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=6)
    assert (alarm.state, alarm.end) == (alarms_pb2.ALARM_STATE_CLEARED, alarms_pb2.ALARM_END_READINGS)
    assert await watched.alarms(kind=rules_pb2.RULE_KIND_THRESHOLD) == [alarm]
    assert await watched.alarms(kind=rules_pb2.RULE_KIND_SILENCE) == []
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_its_events_are_in_order_and_say_what_warnings_need(watched: Watched) -> None:
    await watched.rule()
    await watched.measure(1.72, 1.5)
    rows = [row for row in await watched.sensing.served.outbox() if ".Alarm" in row["type"]]
    assert [row["version"] for row in rows] == [1, 2]
    assert len({row["aggregate"] for row in rows}) == 1
    opened = events_pb2.AlarmOpened.FromString(rows[0]["payload"])
    assert (opened.rule_name, opened.value, opened.kind) == ("siaga", 1.72, rules_pb2.RULE_KIND_THRESHOLD)
    assert (opened.datastream, opened.thing) == (watched.datastream.id, watched.datastream.thing)
    assert opened.thing_code
    assert opened.area.name


async def test_a_message_may_hold_several_episodes(watched: Watched) -> None:
    await watched.rule()
    await watched.take([(50, 1.8), (40, 1.5), (30, 1.8), (20, 1.5), (10, 1.8)])
    assert [one.state for one in await watched.alarms()] == [1, 2, 2]
    assert await watched.turns() == ["Opened", "Cleared"] * 2 + ["Opened"]


@pytest.mark.parametrize("where", range(1, 9))
async def test_who_takes_over_opens_and_clears_nothing_twice(
    watched: Watched, where: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 1)
    monkeypatch.setattr(actions, "PAGE", 3)
    monkeypatch.setattr(model, "STEP", 2)
    await watched.rule(limit=1.7, hysteresis=0.1, dwell_seconds=120, calm_seconds=120)
    await watched.rule("rate", "naik", limit=0.5, window_seconds=180)
    await watched.rule("stuck", "macet", window_seconds=180)
    values = [1.5, 1.8, 1.9, 1.9, 1.9, 1.9, 1.5, 1.4, 1.3, 1.2]
    await watched.measure(*values[:where])
    watched.taken_over()
    await watched.measure(*values[where:])
    found = {
        one.rule_name: (one.open_time.seconds - int(MONDAY.timestamp()), one.clear_time.seconds - one.open_time.seconds)
        for one in await watched.alarms()
    }
    assert found == {"siaga": (240, 300), "macet": (360, 60)}


async def test_what_is_late_or_out_of_range_or_brought_in_bulk_raises_nothing(watched: Watched) -> None:
    await watched.rule(limit=1.7, clock=ARRIVAL)  # one reading that counts opens it
    await watched.measure(1.0)
    await watched.take([(3600, 1.9), (5, 11.0)])
    await watched.sensing.upload(watched.datastream, [(MONDAY - timedelta(minutes=5), 1.9)])
    await watched.measure(1.0)
    assert await watched.alarms() == []


async def test_a_reading_that_was_measured_before_the_last_counts_by_arrival_only(watched: Watched) -> None:
    await watched.rule(name="terukur")
    await watched.rule(name="tiba", limit=1.7, clock=ARRIVAL)
    await watched.measure(1.0)
    await watched.take([(30, 1.9)])
    assert [one.rule_name for one in await watched.alarms()] == ["tiba"]


@pytest.mark.parametrize("calibrated", [False, True])
async def test_each_reading_of_a_message_is_judged_whichever_is_dated_ahead(watched: Watched, calibrated: bool) -> None:
    await watched.rule()
    if calibrated:
        await watched.sensing.calibrated(watched.datastream, 1.0, 0.0)
    await watched.measure(1.0)
    watched.sensing.served.pass_time(minutes=1)
    await watched.take([(-240, 1.1), (-239, 1.9), (2, 1.2)])
    assert await watched.turns() == ["Opened"]
    watched.sensing.served.pass_time(minutes=1)
    await watched.take([(-240, 1.1), (2, 1.2)])
    assert await watched.turns() == ["Opened", "Cleared"]


@pytest.mark.parametrize("taken_over", [False, True])
async def test_what_is_measured_after_a_reading_that_is_dated_ahead_raises_its_alarm(
    watched: Watched, taken_over: bool
) -> None:
    """A device's clock may be off by minutes, and be put right; the water does not wait for it."""
    await watched.rule()
    await watched.measure(1.0)
    await watched.take([(-240, 1.0), (-230, 1.1)])
    if taken_over:
        watched.taken_over()
    await watched.measure(1.9)
    assert await watched.turns() == ["Opened"]
    assert await watched.latest() == 1.9


@pytest.mark.parametrize("clock", [rules_pb2.RULE_CLOCK_PHENOMENON, ARRIVAL])
async def test_a_device_whose_clock_is_fast_raises_alarms(watched: Watched, clock: Any) -> None:
    await watched.rule(limit=1.7, clock=clock)
    for value in (1.0, 1.9, 1.0):
        watched.sensing.served.pass_time(minutes=1)
        await watched.take([(-240, value - 0.1), (-239, value)])
    assert await watched.turns() == ["Opened", "Cleared"]


@pytest.mark.parametrize("clock", [rules_pb2.RULE_CLOCK_PHENOMENON, ARRIVAL])
async def test_a_reading_that_is_sent_again_counts_once(watched: Watched, clock: Any) -> None:
    await watched.rule(limit=1.7, clock=clock)
    await watched.measure(1.8, 1.5)
    await watched.take([(60, 1.8), (60, 1.9), (0, 1.5)])
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_a_calibration_raises_nothing_and_holds_for_what_comes(watched: Watched) -> None:
    await watched.rule(limit=1.7)
    await watched.rule("rate", "naik", limit=0.4, window_seconds=3600)
    await watched.measure(1.2, 1.2)
    await watched.sensing.calibrated(watched.datastream, 1.0, 0.6)
    assert await watched.turns() == []
    await watched.measure(1.0, 1.15)
    assert [(one.rule_name, one.value) for one in await watched.alarms()] == [("siaga", 1.75)]


async def test_a_rule_that_is_changed_counts_what_comes_from_then_on(watched: Watched) -> None:
    rule = await watched.rule(limit=3.0)
    await watched.measure(1.8, 1.9)
    changed = await watched.change(rule, limit=1.7, dwell_seconds=60)
    await watched.measure(1.9)
    assert await watched.alarms() == []
    await watched.measure(1.9)
    (alarm,) = await watched.alarms()
    assert (alarm.state, changed.etag) == (alarms_pb2.ALARM_STATE_OPEN, "2")


async def test_an_open_alarm_clears_by_the_new_terms(watched: Watched) -> None:
    rule = await watched.rule()
    await watched.measure(1.8)
    await watched.change(rule, limit=2.0)
    await watched.measure(1.8)
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_a_rule_that_is_paused_ends_its_alarm(watched: Watched) -> None:
    rule = await watched.rule()
    await watched.measure(1.8)
    paused = await watched.change(rule, paused=True)
    await watched.measure(1.9)
    (alarm,) = await watched.alarms()
    assert (alarm.end, await watched.turns()) == (alarms_pb2.ALARM_END_RULE_PAUSED, ["Opened", "Cleared"])
    await watched.change(paused)
    await watched.measure(1.9)
    assert await watched.turns() == ["Opened", "Cleared", "Opened"]


async def test_a_change_that_is_not_seen_yet_keeps_the_alarm_from_opening(watched: Watched) -> None:
    rule = await watched.rule()
    await watched.measure(1.0)
    edition = watched.memory.edition
    await watched.change(rule, paused=True)
    # As if the change were committed right after this batch had asked for the edition.
    await watched.sensing.served.admin.execute("UPDATE environment.registry SET edition = $1", edition)
    await watched.measure(1.9)
    assert await watched.alarms() == []


async def test_a_retired_things_alarms_end(watched: Watched) -> None:
    await watched.rule()
    await watched.measure(1.8)
    await watched.sensing.happens(events_pb2.ThingRetired(id=watched.datastream.thing))
    (alarm,) = await watched.alarms()
    assert alarm.end == alarms_pb2.ALARM_END_THING_RETIRED
    rules = (await watched.sensing.call(rules_pb2.ListRulesRequest(thing=watched.datastream.thing))).rules
    assert [one.paused for one in rules] == [True]


async def test_nothing_turns_when_the_transaction_does_not_commit(watched: Watched) -> None:
    await watched.rule()
    await watched.measure(1.0)
    before = watched.sensing.served.admin

    async def broken() -> None:
        await before.execute("ALTER TABLE environment.alarm RENAME TO gone")
        try:
            await watched.measure(1.8)
        finally:
            await before.execute("ALTER TABLE environment.gone RENAME TO alarm")

    with pytest.raises(Exception, match="alarm"):
        await broken()
    watched.memory.forget()
    await watched.measure(1.8)
    assert await watched.turns() == ["Opened"]


_SILENCE: dict[str, Any] = {"kind": "silence", "name": "diam", "window_seconds": 300}


@pytest.mark.parametrize("clock", [rules_pb2.RULE_CLOCK_PHENOMENON, ARRIVAL])
async def test_silence_opens_when_nothing_came_for_so_long_and_clears_with_the_next_reading(
    watched: Watched, clock: Any
) -> None:
    await watched.rule(**_SILENCE, clock=clock)
    await watched.listen(minutes=20)
    assert await watched.alarms() == []
    await watched.measure(1.0, 1.0)
    await watched.listen(minutes=4)
    assert await watched.alarms() == []
    await watched.listen(minutes=10)
    await watched.listen(minutes=10)
    (alarm,) = await watched.alarms()
    assert alarm.state == alarms_pb2.ALARM_STATE_OPEN
    assert alarm.open_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=22 + 5)
    await watched.measure(1.0)
    await watched.listen(seconds=10)
    (alarm,) = await watched.alarms()
    assert alarm.clear_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=20 + 2 + 4 + 20 + 1)
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_silence_is_looked_for_when_it_is_due_and_not_before(watched: Watched) -> None:
    await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(seconds=1)
    due = "SELECT due_at FROM environment.silence"
    assert await watched.sensing.served.admin.fetchval(due) == MONDAY + timedelta(minutes=6)


@pytest.mark.parametrize("window", [300, 240])
async def test_a_rule_of_silence_that_is_changed_has_heard_what_came_before(watched: Watched, window: int) -> None:
    rule = await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(seconds=1)
    await watched.measure(1.0, 1.0, 1.0, 1.0)
    watched.sensing.served.pass_time(seconds=1)
    await watched.change(rule, window_seconds=window)
    await watched.listen(minutes=2)
    assert await watched.alarms() == []
    await watched.listen(minutes=3)
    (alarm,) = await watched.alarms()
    assert alarm.open_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=5, seconds=1 + window)


async def test_a_sensor_that_says_nothing_sensible_is_not_listened_to_from_its_first_day_on(watched: Watched) -> None:
    await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    for _ in range(3):
        await watched.measure(99.0, minutes=30)
        await watched.listen(seconds=1)
    assert await watched.turns() == ["Opened"]
    since = await watched.sensing.served.admin.fetchval("SELECT since FROM environment.silence")
    assert since == watched.sensing.served.now - timedelta(minutes=10)


async def test_what_came_in_bulk_breaks_no_silence(watched: Watched) -> None:
    await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(minutes=6)
    await watched.sensing.upload(watched.datastream, [(watched.sensing.served.now, 1.0)])
    await watched.listen(seconds=10)
    assert [one.state for one in await watched.alarms()] == [alarms_pb2.ALARM_STATE_OPEN]


async def test_a_paused_rule_of_silence_is_not_looked_at(watched: Watched) -> None:
    rule = await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(minutes=6)
    await watched.change(rule, paused=True)
    await watched.listen(minutes=60)
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_a_silence_that_a_delayed_reading_breaks_ends_no_sooner_than_it_began(watched: Watched) -> None:
    await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(seconds=1)
    await watched.listen(minutes=6)
    watched.sensing.served.pass_time(seconds=59)
    await watched.take([(4 * 60, 1.0)])
    await watched.listen(seconds=10)
    (alarm,) = await watched.alarms()
    assert alarm.clear_time == alarm.open_time


async def test_a_rule_of_silence_that_goes_on_listens_to_a_gauge_that_fell_silent_meanwhile(watched: Watched) -> None:
    rule = await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(seconds=1)
    paused = await watched.change(rule, paused=True)
    await watched.listen(minutes=30)
    await watched.change(paused)
    await watched.listen(minutes=4)
    assert await watched.alarms() == []
    await watched.listen(minutes=2)
    (alarm,) = await watched.alarms()
    assert alarm.open_time.ToDatetime(MONDAY.tzinfo) == MONDAY + timedelta(minutes=31 + 5, seconds=1)
    await watched.measure(1.0)
    await watched.listen(seconds=10)
    assert await watched.turns() == ["Opened", "Cleared"]


async def test_a_new_rule_of_silence_listens_to_a_gauge_that_has_fallen_silent(watched: Watched) -> None:
    await watched.measure(1.0)
    await watched.listen(minutes=30)
    await watched.rule(**_SILENCE)
    await watched.listen(minutes=6)
    assert await watched.turns() == ["Opened"]


async def test_silence_that_was_known_opens_again_when_its_rule_goes_on(watched: Watched) -> None:
    rule = await watched.rule(**_SILENCE)
    await watched.measure(1.0)
    await watched.listen(minutes=6)
    await watched.change(await watched.change(rule, paused=True))
    await watched.listen(minutes=6)
    assert await watched.turns() == ["Opened", "Cleared", "Opened"]


async def test_operators_see_how_many_alarms_are_open_and_how_many_datastreams_are_silent(watched: Watched) -> None:
    await watched.rule(**_SILENCE)
    await watched.rule()
    await watched.measure(1.8)
    await watched.listen(minutes=6)
    readings = await gauges.read(watched.sensing.served.runtime)
    found = {attributes[semconv.ALARM_KIND]: count for count, attributes in readings[semconv.ALARMS_OPEN]}
    assert found == {"threshold": 1, "rate": 0, "silence": 1, "stuck": 0}
