"""What falls due by itself: once a day the forecast of each tide gauge."""

from services.environment.tides import forecasting
from services.kit.runtime import Runtime


async def make_forecasts(runtime: Runtime) -> None:
    """Makes what is due."""
    await forecasting.make_all(runtime)
