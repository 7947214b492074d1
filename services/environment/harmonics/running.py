"""The process that fits, as the pillar sees it."""

from services.environment.apart import running
from services.environment.apart.running import BrokenError
from services.environment.harmonics.model import Forecast, Question

SECONDS = 120.0
"""For two fits of a year of hours, which take ten seconds each, on a busy machine."""
_WORKER = "services.environment.harmonics.worker"


async def forecast(question: Question) -> Forecast:
    """The tide of a series. Raises BrokenError. Whoever is cancelled leaves no process."""
    return await running.ask(_WORKER, question, Forecast, SECONDS, _nobody)


async def _nobody(_percent: int) -> None:
    """Nobody waits for it."""


__all__ = ["BrokenError", "forecast"]
