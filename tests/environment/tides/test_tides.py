"""A gauge's forecast through the real database: made once a day of its own hours, and said to lack where these do."""

from datetime import UTC
from typing import Any

import pytest

from services.environment.harmonics import running
from services.environment.harmonics.model import Forecast, Question
from services.environment.observations import timers as observation_timers
from smartcity.environment.v1 import things_pb2, warnings_pb2
from smartcity.environment.v1 import tides_pb2 as pb
from tests.environment.harmonics.waves import sea
from tests.environment.sensing import Sensing
from tests.environment.tides.seas import HOUR, LIMIT, datum, forecast, gauge, held_to, measured, tide
from tests.governance.conftest import MONDAY, refused, request_id


async def test_a_month_and_the_one_held_out_make_two_days_that_flood_when_the_sea_is_above_the_limit(
    sensing: Sensing,
) -> None:
    level = await gauge(sensing)
    await held_to(sensing, level, "awas", 2.0)
    await forecast(sensing)
    before = await tide(sensing)
    assert (before.state, before.hours, before.hours_needed) == (pb.TIDE_STATE_TOO_SHORT, 0, 1_440)
    await sensing.upload(level, measured(MONDAY, 60))
    await observation_timers.sum_up_hours(sensing.served.runtime)
    sensing.served.pass_time(minutes=2)
    emitted = await sensing.emitted()
    await forecast(sensing)
    found = await tide(sensing)
    assert (found.state, found.hours, found.datastream) == (pb.TIDE_STATE_FORECAST, 1_440, level.id)
    assert len(found.heights) == 289
    assert max(abs(one.height - sea(one.time.seconds)) for one in found.heights) < 0.02
    assert 0 < found.error.rmse < 2
    assert (found.error.hours, found.error.end_time) == (720, found.end_time)
    assert found.error.start_time.ToDatetime(UTC) == MONDAY - 720 * HOUR
    assert {one.name for one in found.constituents[:4]} == {"K1", "O1", "M2", "S2"}
    assert [warnings_pb2.WarningLevel.Name(one.level)[14:] for one in found.limits] == ["WASPADA", "AWAS"]
    assert found.floods
    for one in found.floods:
        assert (one.limit.zone, one.limit.limit, one.limit.made_up) == ("pesisir", LIMIT, True)
        assert sea((one.start_time.seconds + one.end_time.seconds) / 2) > LIMIT
        assert sea(one.peak_time.seconds) == pytest.approx(one.peak, abs=0.02)
    assert {one.high for one in found.turns} == {True, False}
    assert await sensing.emitted() == emitted, "a forecast raises nothing"
    (listed,) = (await sensing.call(pb.ListTidesRequest())).tides
    assert [one.time.seconds % 3_600 for one in listed.heights] == [0] * 49
    assert (list(listed.floods), list(listed.constituents)) == (list(found.floods), [])


async def test_it_is_made_once_a_day_and_anew_when_the_zero_is_set(
    sensing: Sensing, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Question] = []

    async def fitted(question: Question) -> Forecast:
        asked.append(question)
        return Forecast((1.0,) * question.count, (), 0.05, 0.1)

    monkeypatch.setattr(running, "forecast", fitted)
    level = await gauge(sensing)
    await sensing.upload(level, measured(MONDAY, 61))
    for minutes, times in ((0, 1), (1, 1), (24 * 60, 2)):
        sensing.served.pass_time(minutes=minutes)
        await forecast(sensing)
        assert len(asked) == times
    await datum(sensing, level, MONDAY - 10 * HOUR, -0.25)
    await forecast(sensing)
    assert len(asked) == 3
    assert asked[2].series.levels[-1] == pytest.approx(asked[1].series.levels[-1] - 0.25)
    assert {one.height for one in (await tide(sensing)).heights} == {1.25}, "over the gauge's zero as it lies now"


async def test_one_that_fails_is_tried_again_and_says_so(sensing: Sensing, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_: Question) -> Any:
        raise running.BrokenError("timeout")

    monkeypatch.setattr(running, "forecast", broken)
    await sensing.upload(await gauge(sensing), measured(MONDAY, 61))
    await forecast(sensing)
    found = await tide(sensing)
    assert (found.state, found.hours, len(found.heights)) == (pb.TIDE_STATE_FAILED, 0, 0)


async def test_a_gauge_that_is_retired_has_no_forecast_any_more_and_is_listed_no_more(sensing: Sensing) -> None:
    level = await gauge(sensing)
    await sensing.upload(level, measured(MONDAY, 61))
    await forecast(sensing)
    assert (await tide(sensing)).heights
    thing = (await sensing.call(things_pb2.GetThingRequest(id=level.thing))).thing
    retire = things_pb2.RetireThingRequest(
        request_id=request_id(), id=thing.id, etag=thing.etag, reason="Alat rusak dan ditarik."
    )
    await sensing.call(retire)
    await forecast(sensing)
    await forecast(sensing)
    assert not (await sensing.call(pb.ListTidesRequest())).tides
    with refused("TIDE_GAUGE_NOT_FOUND"):
        await tide(sensing)


async def test_only_tide_gauges_have_tides(sensing: Sensing) -> None:
    river = await sensing.datastream()
    with refused("TIDE_GAUGE_NOT_FOUND"):
        await tide(sensing, river.thing_code)
    await sensing.thing("pasut-baru", kind=things_pb2.THING_KIND_TIDE_GAUGE)
    (found,) = (await sensing.call(pb.ListTidesRequest())).tides
    assert (found.code, found.state, found.datastream) == ("pasut-baru", pb.TIDE_STATE_WAITING, "")
