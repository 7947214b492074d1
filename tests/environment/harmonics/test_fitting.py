"""A tide of constituents that are known: what is fitted to its hours carries it on."""

from collections.abc import Iterable

import pytest

from services.environment.harmonics import running
from services.environment.harmonics.fitting import forecast
from services.environment.harmonics.model import HOUR_S, Forecast, Question, Series
from tests.environment.harmonics.waves import CONSTITUENTS, sea

NOW = 1_795_737_600  # 2026-11-27 00:00 UTC
DAY_S = 24 * HOUR_S
STEP_S = 600
PERIOD_S = 300


def mean(hour: int, period: int = PERIOD_S) -> float:
    """The mean of an hour's readings."""
    readings = [sea(hour + second) for second in range(0, HOUR_S, period)]
    return sum(readings) / len(readings)


def hours(days: int) -> list[int]:
    """The hours of the days before now."""
    return list(range(NOW - days * DAY_S, NOW, HOUR_S))


def question(given: Iterable[int], period: int = PERIOD_S, held_out: int = 720) -> Question:
    """Two days from now on, by ten minutes, out of these hours."""
    kept = tuple(given)
    series = Series(kept, tuple(mean(one, period) for one in kept), period, -6.95)
    return Question(series, held_out, NOW, STEP_S, 289)


def off(found: Forecast) -> float:
    """The most that two days of a forecast are off by, in metres."""
    wanted = (sea(NOW + STEP_S * place) for place in range(289))
    return max(abs(one - each) for one, each in zip(found.heights, wanted, strict=True))


def fitted(asked: Question) -> Forecast:
    """What is answered, in this process."""
    return forecast(asked, 60.0, lambda _: None)


@pytest.mark.parametrize("period", [PERIOD_S, HOUR_S])
def test_two_days_are_within_two_centimetres(period: int) -> None:
    found = fitted(question(hours(60), period))
    assert off(found) < 0.02
    assert found.rmse < 0.02
    assert found.worst >= found.rmse > 0
    assert {one.name for one in found.constituents[:4]} == set(CONSTITUENTS)
    assert {one.name: one.speed for one in found.constituents}["M2"] == pytest.approx(28.984, abs=1e-3)


def test_a_gap_in_the_series_does_no_harm() -> None:
    there = [one for one in hours(90) if not NOW - 50 * DAY_S <= one < NOW - 38 * DAY_S]
    assert off(fitted(question(one for one in there if one % (7 * HOUR_S)))) < 0.02


def test_a_trend_is_fitted_only_over_hours_that_are_long_enough_for_it() -> None:
    """A month, ten months of silence, and a month: what the first month's weather did is not carried on into the last.

    The sea rises by half a metre over each of these months, as in a monsoon.
    """
    there = [one for one in hours(365) if one < NOW - 335 * DAY_S or one >= NOW - 30 * DAY_S]
    good = question(there)
    levels = tuple(
        level + 0.5 * ((hour - there[0]) % (335 * DAY_S)) / (30 * DAY_S)
        for hour, level in zip(there, good.series.levels, strict=True)
    )
    found = fitted(Question(Series(good.series.hours, levels, PERIOD_S, -6.95), 720, NOW, STEP_S, 289))
    assert found.rmse < 0.2


def test_the_error_is_that_of_the_hours_that_were_held_out() -> None:
    """Levels that begin to lie too high by half a metre after the last hour of the first fit show up whole."""
    good = question(hours(60))
    levels = (*good.series.levels[:-720], *(one + 0.5 for one in good.series.levels[-720:]))
    found = fitted(Question(Series(good.series.hours, levels, PERIOD_S, -6.95), 720, NOW, STEP_S, 289))
    assert found.rmse == pytest.approx(0.5, abs=0.02)


async def test_the_process_answers_as_the_fit_does() -> None:
    asked = question(hours(60))
    found, wanted = await running.forecast(asked), fitted(asked)
    assert found.heights == pytest.approx(wanted.heights, abs=1e-3)
    assert found.rmse == pytest.approx(wanted.rmse, abs=1e-3)
    assert len(found.constituents) == len(wanted.constituents)
