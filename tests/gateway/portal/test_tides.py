"""The highest water that a forecast tells of: one that turns, not the one at which the forecast happens to end."""

from datetime import UTC, datetime, timedelta

from gateway.portal.environment.tides import ahead
from smartcity.environment.v1 import tides_pb2 as pb
from smartcity.environment.v1 import tides_views as views

NOW = datetime(2026, 11, 28, 0, 0, tzinfo=UTC)


def _tide(*heights: float, high: int, goes_on: bool = False) -> views.Tide:
    """Hourly heights, with a high water at one of them; flooded at their end where it goes on."""
    tide = pb.Tide(code="pasut", name="Pasut")
    for hour, height in enumerate(heights):
        tide.heights.add(height=height).time.FromDatetime(NOW + timedelta(hours=hour))
    tide.turns.add(high=True, height=heights[high]).time.FromDatetime(NOW + timedelta(hours=high))
    if goes_on:
        flood = tide.floods.add(peak=heights[-1], goes_on=True)
        flood.start_time.FromDatetime(NOW + timedelta(hours=len(heights) - 2))
        flood.end_time.FromDatetime(NOW + timedelta(hours=len(heights) - 1))
        flood.peak_time.FromDatetime(NOW + timedelta(hours=len(heights) - 1))
    return views.tide(tide)


def test_a_forecast_that_ends_while_the_sea_rises_says_so_beside_its_high_water() -> None:
    row = ahead(_tide(0.8, 1.1, 0.7, 0.9, 1.3, high=1), UTC)
    assert (row.highest and row.highest.height, row.rises_on and row.rises_on.height) == (1.1, 1.3)
    row = ahead(_tide(0.8, 1.1, 0.7, 0.9, 1.0, high=1), UTC)
    assert (row.highest and row.highest.height, row.rises_on) == (1.1, None)


def test_a_flood_at_the_end_has_no_peak_yet() -> None:
    (flood,) = ahead(_tide(0.8, 1.1, 0.7, 1.4, 1.5, high=1, goes_on=True), UTC).floods
    assert flood.rises_on
