"""The process that finds rounds, as the pillar sees it."""

from collections.abc import Awaitable, Callable

from services.environment.apart import running
from services.environment.apart.running import SPARE_S, BrokenError
from services.environment.routing.model import Found, Problem

_WORKER = "services.environment.routing.worker"


async def solve(
    problem: Problem, seconds: float, tell: Callable[[int], Awaitable[None]], spare: float = SPARE_S
) -> list[Found]:
    """The rounds that are found in so many seconds; ``tell`` hears per cent. Raises BrokenError.

    Whoever is cancelled leaves no process.
    """
    return await running.ask(_WORKER, problem, list[Found], seconds, tell, spare)


__all__ = ["BrokenError", "solve"]
