"""Readings in bulk, series, and their sums."""

import asyncio
import base64
import json
from datetime import datetime, timedelta
from statistics import mean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.environment.datastreams.model import Correction, CorrectionKind
from services.environment.observations import actions, model, store, timers
from services.environment.observations.model import Sum, Taken
from services.kit.errors import DomainError
from services.kit.ids import uuid7
from smartcity.environment.v1 import datastreams_pb2
from smartcity.environment.v1 import observations_pb2 as pb
from tests.environment.conftest import DLH
from tests.environment.sensing import Sensing, stamp
from tests.governance.conftest import MONDAY, refused
from tests.kit.conftest import within

HOUR = timedelta(hours=1)
NOON = MONDAY - timedelta(days=1)
"""An hour (UTC) of the day before."""


def _each_minute(values: list[float], start: datetime = NOON) -> list[tuple[datetime, float]]:
    return [(start + timedelta(minutes=place), value) for place, value in enumerate(values)]


async def _page(sensing: Sensing, datastream: datastreams_pb2.Datastream, **fields: Any) -> Any:
    return await sensing.call(pb.ListObservationsRequest(datastream=datastream.id, **fields))


async def _buckets(
    sensing: Sensing, datastream: datastreams_pb2.Datastream, seconds: int, start: datetime = NOON,
    end: datetime = MONDAY,
) -> list[tuple[datetime, int, float, float, float]]:  # fmt: skip
    request = pb.ListSeriesRequest(
        datastreams=[datastream.id], start_time=stamp(start), end_time=stamp(end), seconds=seconds
    )
    (series,) = (await sensing.call(request)).series
    return [(one.start.ToDatetime(MONDAY.tzinfo), one.count, one.mean, one.least, one.most) for one in series.buckets]


async def test_readings_come_once_however_often_they_are_brought(sensing: Sensing) -> None:
    made = await sensing.datastream()
    readings = _each_minute([1.0, 2.0, 12.0])
    first = await sensing.upload(made, readings)
    again = await sensing.upload(made, [*readings, (NOON - HOUR, 3.0)])
    assert (first.stored, first.known, first.out_of_range) == (3, 0, 1)
    assert (again.stored, again.known, again.out_of_range) == (1, 3, 0)


async def test_one_bringing_may_hold_the_same_time_twice(sensing: Sensing) -> None:
    made = await sensing.datastream()
    stored = await sensing.upload(made, [(NOON, 1.0), (NOON, 2.0)])
    assert (stored.stored, stored.known) == (1, 1)


async def test_series_are_read_the_newest_first_and_page_by_page(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, _each_minute([1.0, 2.0, 12.0]))
    first = await _page(sensing, made, page_size=2)
    rest = await _page(sensing, made, page_size=2, page_token=first.next_page_token)
    found = [*first.observations, *rest.observations]
    assert [(one.value, one.out_of_range, one.late) for one in found] == [
        (12.0, True, True), (2.0, False, True), (1.0, False, True),
    ]  # fmt: skip
    only = await _page(sensing, made, start_time=stamp(NOON), end_time=stamp(NOON + timedelta(minutes=1)))
    assert [one.value for one in only.observations] == [1.0]


async def test_series_are_read_the_oldest_first_when_asked_and_counted(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, _each_minute([1.0, 2.0, 12.0]))
    first = await _page(sensing, made, page_size=2, oldest_first=True)
    rest = await _page(sensing, made, page_size=2, oldest_first=True, page_token=first.next_page_token)
    assert [one.value for one in (*first.observations, *rest.observations)] == [1.0, 2.0, 12.0]
    assert rest.next_page_token == ""
    with refused("PAGE_TOKEN_INVALID"):
        await _page(sensing, made, page_token=first.next_page_token)
    count = await sensing.call(pb.GetObservationCountRequest(datastream=made.id))
    later = await sensing.call(
        pb.GetObservationCountRequest(datastream=made.id, start_time=stamp(NOON + timedelta(minutes=1)))
    )
    assert (count.count, count.more, later.count) == (3, False, 2)


@pytest.mark.parametrize("oldest", [False, True])
@pytest.mark.parametrize("at", [None, "9999-12-31T23:59:59.999999+00:00"])
async def test_a_page_goes_on_after_whatever_time_its_token_says(
    sensing: Sensing, at: str | None, oldest: bool
) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, _each_minute([1.0, 2.0]))
    token = (await _page(sensing, made, page_size=1, oldest_first=oldest)).next_page_token
    _, filtered = json.loads(base64.urlsafe_b64decode(f"{token}=="))
    forged = base64.urlsafe_b64encode(json.dumps([at, filtered]).encode()).decode()
    found = await _page(sensing, made, page_token=forged, oldest_first=oldest)
    assert len(found.observations) == (0 if oldest else 2)


@pytest.mark.parametrize("seconds", [60, 900, 3600, 86_400])
async def test_sums_leave_out_what_is_out_of_range(sensing: Sensing, seconds: int) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(NOON, 1.0), (NOON + timedelta(seconds=30), 3.0), (NOON + timedelta(seconds=40), 99.0)])
    ((_, count, mean, least, most),) = await _buckets(sensing, made, seconds)
    assert (count, mean, least, most) == (2, 2.0, 1.0, 3.0)


async def test_hours_in_which_a_time_begins_and_ends_are_whole_in_its_sums(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(NOON + timedelta(minutes=10 * count), 1.0) for count in range(12)])
    found = await _buckets(sensing, made, 3600, NOON + timedelta(minutes=30), NOON + timedelta(minutes=70))
    assert [(start, count) for start, count, *_ in found] == [(NOON, 6), (NOON + HOUR, 6)]


_MANY_MARKS = """
INSERT INTO environment.hour_due
SELECT $1, $2::timestamptz - make_interval(hours => ago) FROM generate_series(0, 499) AS ago ON CONFLICT DO NOTHING
"""


async def test_a_reading_that_comes_while_hours_are_summed_up_is_in_the_sum_or_marked(sensing: Sensing) -> None:
    await sensing.datastream()
    served = sensing.served
    number = await served.admin.fetchval("SELECT number FROM environment.datastream")

    async def comes(turn: int) -> None:
        async with served.runtime.transaction() as tx:
            await store.put(tx, [Taken(number, NOON + timedelta(seconds=turn), 1.0, 0)])
            await asyncio.sleep(turn % 8 / 1_000)  # until the commit: some while marks are being locked

    async def summed() -> None:
        await asyncio.sleep(0.004)
        async with served.runtime.transaction() as tx:
            await store.roll(tx, MONDAY)

    for turn in range(24):
        await served.admin.execute(_MANY_MARKS, number, NOON)
        await asyncio.gather(comes(turn), summed())
        marked = await served.admin.fetchval("SELECT count(*) FROM environment.hour_due WHERE at = $1", NOON)
        known = await served.admin.fetchval("SELECT count FROM environment.hour WHERE at = $1", NOON)
        assert marked or known == turn + 1


async def test_an_hours_sums_stay_right_when_readings_come_late(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, _each_minute([1.0, 2.0]))
    await timers.sum_up_hours(sensing.served.runtime)
    assert await sensing.served.admin.fetchval("SELECT count(*) FROM environment.hour_due") == 0
    before = await _buckets(sensing, made, 3600)
    await sensing.upload(made, [(NOON + timedelta(minutes=30), 6.0)])
    late = await _buckets(sensing, made, 3600)
    await timers.sum_up_hours(sensing.served.runtime)
    assert (before, late) == ([(NOON, 2, 1.5, 1.0, 2.0)], [(NOON, 3, 3.0, 1.0, 6.0)])
    assert await _buckets(sensing, made, 3600) == late


async def test_the_hour_that_runs_is_not_summed_up_yet(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(MONDAY, 1.0)])
    await timers.sum_up_hours(sensing.served.runtime)
    assert await sensing.served.admin.fetchval("SELECT count(*) FROM environment.hour") == 0


async def test_a_bucket_shows_what_each_calibration_makes_of_its_part(sensing: Sensing) -> None:
    made = await sensing.datastream()
    await sensing.upload(made, [(NOON, 1.0), (NOON + HOUR, 1.0), (NOON + 2 * HOUR, 1.0)])
    await sensing.calibrated(made, 2.0, since=NOON + HOUR)
    await sensing.calibrated(made, 4.0, 1.0, since=NOON + 2 * HOUR)
    start, end = NOON.replace(hour=0), NOON.replace(hour=0) + timedelta(days=1)
    ((_, count, mean, least, most),) = await _buckets(sensing, made, 86_400, start, end)
    assert mean == pytest.approx(8 / 3)
    assert (count, least, most) == (3, 1.0, 5.0)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"unit": "cm"}, "UNIT_WRONG"), ({"name": "depth"}, "DATASTREAM_UNKNOWN")],
)
async def test_what_does_not_fit_the_thing_is_refused_whole(
    sensing: Sensing, fields: dict[str, Any], reason: str
) -> None:
    made = await sensing.datastream()
    with refused(reason):
        await sensing.upload(made, [(NOON, 1.0)], **fields)
    assert not (await _page(sensing, made)).observations


@pytest.mark.parametrize(
    ("at", "reason"),
    [(MONDAY + timedelta(minutes=6), "TIME_IN_FUTURE"), (MONDAY - timedelta(weeks=14), "TIME_TOO_OLD")],
)
async def test_what_lies_outside_the_time_that_is_kept_is_refused_whole(
    sensing: Sensing, at: datetime, reason: str
) -> None:
    made = await sensing.datastream()
    with refused(reason):
        await sensing.upload(made, [(NOON, 1.0), (at, 1.0)])
    assert not (await _page(sensing, made)).observations


async def test_another_agency_brings_no_readings(sensing: Sensing) -> None:
    made = await sensing.datastream()
    with refused("NOT_YOURS"):
        await sensing.upload(made, [(NOON, 1.0)], DLH)


@pytest.mark.parametrize("seconds", [61, 86_399, 3_840, 5_400, 17_280, 43_201])
def test_a_day_divides_into_whole_buckets_and_long_ones_into_hours(seconds: int) -> None:
    with pytest.raises(DomainError, match="divides"):
        model.span(None, None, seconds, MONDAY, 1)


@pytest.mark.parametrize("seconds", [60, 1_800, 3_600, 7_200, 28_800, 86_400])
def test_buckets_that_divide_a_day_are_made(seconds: int) -> None:
    assert model.span(None, None, seconds, MONDAY, 1).seconds == seconds


async def test_no_more_buckets_are_made_than_fit(sensing: Sensing) -> None:
    made = await sensing.datastream()
    with refused("BUCKET_INVALID"):
        await _buckets(sensing, made, 60, MONDAY - timedelta(days=2))
    with refused("BUCKET_INVALID"):
        await _buckets(sensing, made, 900, MONDAY - timedelta(days=8))
    with refused("TIME_INVALID"):
        await _buckets(sensing, made, 3600, MONDAY, NOON)


async def test_weeks_are_made_ahead_and_dropped_by_age(sensing: Sensing) -> None:
    runtime = sensing.served.runtime
    made = await sensing.datastream()
    await sensing.upload(made, [(NOON, 1.0)])
    sensing.served.pass_time(weeks=3)
    await timers.keep_weeks(runtime)
    assert (await sensing.upload(made, [(sensing.served.now, 2.0)])).stored == 1
    assert len((await _page(sensing, made)).observations) == 2
    sensing.served.pass_time(weeks=11)
    await timers.keep_weeks(runtime)
    assert [one.value for one in (await _page(sensing, made)).observations] == [2.0]


async def test_readings_of_the_last_weeks_are_not_dropped_by_anybody(sensing: Sensing) -> None:
    async with sensing.served.runtime.transaction() as tx:
        with pytest.raises(Exception, match="four weeks at least"):
            await tx.fetchval("SELECT drop_weeks(current_date)")


def _calibration(factor: float, shift: float) -> Correction:
    return Correction(uuid7(), 1, CorrectionKind.CALIBRATION, NOON, factor, shift, "", "", NOON)


_NEWEST_FIRST = [_calibration(2.0, 1.0), _calibration(0.5, -3.0)]
"""Of three parts of the time the first is shown as it was measured."""
_READINGS = st.tuples(st.integers(0, 3), st.integers(0, 2), st.floats(-100, 100))


@settings(max_examples=100)
@given(st.lists(_READINGS, max_size=20))
def test_joined_sums_are_those_of_all_their_readings(readings: list[tuple[int, int, float]]) -> None:
    parts: dict[tuple[int, int], list[float]] = {}
    shown: dict[int, list[float]] = {}
    for hour, part, value in readings:
        parts.setdefault((hour, part), []).append(value)
        shown.setdefault(hour, []).append((value, value * 0.5 - 3.0, value * 2.0 + 1.0)[part])
    sums = [
        Sum(NOON + HOUR * hour, part, len(values), mean(values), min(values), max(values))
        for (hour, part), values in parts.items()
    ]
    found = model.buckets(sums, _NEWEST_FIRST)
    assert [one.start for one in found] == [NOON + HOUR * hour for hour in sorted(shown)]
    for bucket, hour in zip(found, sorted(shown), strict=True):
        assert bucket.readings == len(shown[hour])
        assert bucket.least == pytest.approx(min(shown[hour]))
        assert bucket.most == pytest.approx(max(shown[hour]))
        assert bucket.mean == pytest.approx(mean(shown[hour]), abs=1e-9)


def test_the_weeks_that_must_be_there_reach_from_what_is_kept_to_the_week_after_next() -> None:
    found = model.weeks(MONDAY, timedelta(weeks=13))
    assert (found[0], found[-1], len(found)) == (
        (MONDAY - timedelta(weeks=13)).date(), (MONDAY + timedelta(weeks=2)).date(), 16,
    )  # fmt: skip


async def test_several_series_are_answered_together_as_each_is_alone(sensing: Sensing) -> None:
    first, second, empty = [await sensing.datastream() for _ in range(3)]
    await sensing.upload(first, _each_minute([1.0, 2.0]))
    await sensing.upload(second, _each_minute([3.0, 5.0]))
    await sensing.calibrated(second, 2.0, 1.0)
    await timers.sum_up_hours(sensing.served.runtime)
    for seconds in (60, 3600):
        asked = pb.ListSeriesRequest(
            datastreams=[second.id, empty.id, first.id], start_time=stamp(NOON), end_time=stamp(MONDAY), seconds=seconds
        )
        answer = await sensing.call(asked)
        assert [one.datastream for one in answer.series] == [second.id, empty.id, first.id]
        assert (answer.seconds, {one.unit for one in answer.series}) == (seconds, {"m"})
        for one, made in zip(answer.series, (second, empty, first), strict=True):
            alone = await sensing.call(
                pb.ListSeriesRequest(
                    datastreams=[made.id], start_time=stamp(NOON), end_time=stamp(MONDAY), seconds=seconds
                )
            )
            assert list(alone.series) == [one]
    assert [bucket.mean for bucket in answer.series[0].buckets] == [9.0]


async def test_several_series_are_bounded_together(sensing: Sensing) -> None:
    made = [(await sensing.datastream()).id for _ in range(8)]
    day, week = stamp(MONDAY - timedelta(days=1)), stamp(MONDAY - timedelta(days=60))
    for start, seconds, says in ((day, 900, "21 hours"), (week, 3600, "1250 buckets")):
        asked = pb.ListSeriesRequest(datastreams=made, start_time=start, end_time=stamp(MONDAY), seconds=seconds)
        with refused("BUCKET_INVALID") as found:
            await sensing.call(asked)
        assert says in str(found.value.answer)
    with refused("DATASTREAM_NOT_FOUND"):
        await sensing.call(pb.ListSeriesRequest(datastreams=[made[0], "duga"]))


async def test_a_datastream_is_silent_after_three_periods_and_five_minutes_at_least(sensing: Sensing) -> None:
    made = await sensing.datastream()
    slow = await sensing.datastream(period_seconds=900)
    assert made.silent
    now = sensing.served.now
    for one in (made, slow):
        await sensing.upload(one, [(now, 1.0)])
    sensing.served.pass_time(minutes=5)
    assert not (await sensing.read(made)).silent
    sensing.served.pass_time(seconds=1)
    assert (await sensing.read(made)).silent
    assert not (await sensing.read(slow)).silent
    sensing.served.pass_time(minutes=41)
    assert (await sensing.read(slow)).silent


async def test_the_day_before_the_first_of_all_days_is_refused(sensing: Sensing) -> None:
    made = await sensing.datastream()
    first = datetime(1, 1, 1, tzinfo=MONDAY.tzinfo)
    asked = pb.ListSeriesRequest(datastreams=[made.id])
    asked.end_time.FromDatetime(first)
    with refused("TIME_INVALID"):
        await sensing.call(asked)


async def test_processes_that_start_together_make_room_one_after_another(sensing: Sensing) -> None:
    runtime, admin = sensing.served.runtime, sensing.served.admin
    monday = model.weeks(sensing.served.now, timedelta())[-1]
    await admin.execute(f"DROP TABLE environment.observation_{monday:%Y%m%d}")

    async def starts() -> None:
        async with runtime.transaction() as tx:
            await actions.make_room(tx)

    async with runtime.transaction() as tx:
        await actions.make_room(tx)
        other = asyncio.create_task(starts())
        await within(lambda: runtime.pool.fetch("SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"))
    await other
    assert await admin.fetchval("SELECT environment.make_week($1)", monday) is False
