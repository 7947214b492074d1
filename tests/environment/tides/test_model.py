"""Forecasts without a database: what they rest on, what lies ahead, and when that is above a limit."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.environment.criteria.model import Criterion, Hazard, Level, Zone
from services.environment.datastreams.model import Correction, CorrectionKind
from services.environment.harmonics.fitting import forecast as fit
from services.environment.observations.model import Bucket
from services.environment.tides import model
from services.environment.tides.model import Height, Limit, State, Tide
from tests.environment.harmonics.waves import sea

NOW = datetime(2026, 11, 27, 3, 24, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = Zone(
    id="pesisir", hazard=Hazard.ROB, name_id="Pesisir", name_en="Coast", areas=(), source="uji", made_up=False,
    criteria=(Criterion(thing="pasut", datastream="level", rule="waspada", level=Level.WASPADA),),
)  # fmt: skip
WASPADA = Limit(ZONE, Level.WASPADA, 1.3, False)


def _datum(since: datetime, height: float) -> Correction:
    return Correction(UUID(int=1), 7, CorrectionKind.DATUM, since, 1.0, height, "", "", since)


def _hours(count: int, zero: float = 0.0) -> list[Bucket]:
    """Hours that a gauge measured whose zero lies so high over the reference; one reading in each, when it begins."""
    last = NOW.replace(minute=0)
    begun = [last - place * HOUR for place in range(count, 0, -1)]
    return [Bucket(at, 1, sea(at.timestamp()) - zero, 0, 0) for at in begun]


def _tide() -> Tide:
    return Tide(UUID(int=2), 1, 7, State.WAITING, NOW)


def _ahead(*heights: float, step: timedelta = model.STEP) -> list[Height]:
    return [Height(NOW + place * step, height) for place, height in enumerate(heights)]


def test_a_datum_that_changes_leaves_no_step_in_the_series_and_the_forecast_is_over_the_new_zero() -> None:
    moved = NOW.replace(minute=0) - 400 * HOUR
    hours = [*_hours(1_440, 0.1)[:-400], *_hours(400, -0.25)]
    datums = [_datum(moved, -0.25), _datum(moved - 700 * HOUR, 0.1)]
    known = model.levels(hours, datums)
    asked = model.question(known, 3_600, -6.95, NOW)
    assert asked is not None
    made = model.forecast(model.looked_at(_tide(), known), asked, fit(asked, 60, lambda _: None), -0.25, NOW)
    ahead = model.ahead(made, NOW)
    assert max(abs(one.height - sea(one.at.timestamp()) - 0.25) for one in ahead) < 0.02
    assert made.rmse < 0.02
    assert (ahead[0].at, ahead[-1].at - ahead[0].at) == (NOW.replace(minute=20), model.SHOWN)


def test_before_the_first_datum_the_zero_lay_where_that_says() -> None:
    assert model.zero([_datum(NOW, 0.4)], NOW - HOUR) == 0.4
    assert model.zero([], NOW) == 0.0


def test_one_hour_too_few_is_too_short() -> None:
    assert model.question(model.levels(_hours(model.NEEDED - 1), []), 60, -6.95, NOW) is None
    assert model.question(model.levels(_hours(model.NEEDED), []), 60, -6.95, NOW) is not None


@pytest.mark.parametrize(
    ("heights", "spans", "goes_on"),
    [
        ([1.0, 1.2, 1.3], [(20, 20)], True),
        ([1.2, 1.4, 1.2], [(5, 15)], False),
        ([1.4, 1.2, 1.0], [(0, 5)], False),
        ([1.2, 1.4, 1.2, 1.4], [(5, 15), (25, 30)], True),
        ([1.0, 1.29], [], False),
        ([], [], False),
    ],
)
def test_the_sea_is_above_a_limit_from_crossing_to_crossing(
    heights: list[float], spans: list[tuple[int, int]], goes_on: bool
) -> None:
    found = model.floods(_ahead(*heights), [WASPADA])
    minutes = [((one.start - NOW) / timedelta(minutes=1), (one.end - NOW) / timedelta(minutes=1)) for one in found]
    assert minutes == [pytest.approx(one) for one in spans]
    assert [one.goes_on for one in found] == [goes_on and place == len(found) - 1 for place, _ in enumerate(found)]
    assert all(one.peak.height == max(h for h in heights if h >= 1.3) for one in found)


def test_high_and_low_waters_are_found_and_a_level_top_once() -> None:
    found = model.turns(_ahead(1.0, 1.2, 1.1, 1.3, 1.3, 1.0, 1.1))
    assert [(one.height, one.high) for one in found] == [(1.2, True), (1.1, False), (1.3, True), (1.0, False)]


def test_a_sea_that_stands_a_while_on_its_way_up_or_down_does_not_turn() -> None:
    assert model.turns(_ahead(1.0, 1.1, 1.1, 1.2)) == []
    assert model.turns(_ahead(1.2, 1.1, 1.1, 1.0)) == []


def test_a_limit_is_what_a_tidal_flood_zone_means_by_a_rule_of_the_gauge() -> None:
    river = Zone(
        id="sungai", hazard=Hazard.FLOOD, name_id="x", name_en="x", areas=(), source="uji", made_up=True,
        criteria=ZONE.criteria,
    )  # fmt: skip
    rules = [("waspada", 1.3, False), ("diam", 0.0, False)]
    assert model.limits([river, ZONE], "pasut", "level", rules) == [WASPADA]
    assert model.limits([ZONE], "pasut", "other", rules) == []


def test_an_old_forecast_shows_what_is_left_of_it_and_holds_when_a_new_one_fails() -> None:
    start = NOW.replace(minute=20) - timedelta(hours=71)
    old = Tide(UUID(int=2), 4, 7, State.FORECAST, NOW, start_at=start, heights=(1.0,) * 433)
    assert len(model.ahead(old, NOW)) == 7
    assert model.failed(old, NOW).state is State.FORECAST
    assert model.failed(old, NOW + 2 * HOUR).state is State.FAILED
    assert model.failed(old, NOW).due_at == NOW + HOUR
