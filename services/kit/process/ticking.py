"""What falls due by itself: one process at a time runs a pillar's timers, and tells how late each of them is."""

import asyncio
import time
from collections.abc import Iterable
from datetime import timedelta

import structlog

from observability import metrics, semconv
from services.kit import due, holding
from services.kit.database import maintenance
from services.kit.database.lease import Lease
from services.kit.gauges import Reading
from services.kit.pillar import Pillar, Timer
from services.kit.runtime import Runtime

AGAIN_S = 10.0
"""A timer that failed is tried again after so long, were its next turn only tomorrow."""

_log = structlog.get_logger()

Turns = dict[str, float]
"""By timer: since when its turn is there, or from when on it will be, by the process's clock."""


async def run(pillar: Pillar, runtime: Runtime, _: Lease) -> None:
    """Runs a pillar's timers for ever. Only who does so knows how late they are: no other process reports it."""
    timers = (*pillar.timers, Timer("maintenance", timedelta(hours=1), maintenance.prune))
    turns: Turns = {timer.name: time.monotonic() for timer in timers}

    def late() -> Iterable[Reading]:
        now = time.monotonic()
        return [(max(0.0, now - turn), {semconv.TIMER: name}) for name, turn in turns.copy().items()]

    metrics.observe(*semconv.TIMER_LATE, late)
    try:
        await asyncio.gather(*(_tick(timer, runtime, turns) for timer in timers))
    finally:
        turns.clear()


async def _tick(timer: Timer, runtime: Runtime, turns: Turns) -> None:
    """Runs a timer for ever. An error is logged, and it is tried again soon; its turn stays until all is done, but for
    one that gets on for the first time: that is late only since it stands still.
    """
    holding.serving(lambda: f"timer {timer.name}")
    every, behind = timer.every.total_seconds(), False

    def moved() -> None:
        if not behind:
            turns[timer.name] = time.monotonic()

    while True:
        try:
            with due.turn(moved) as left:
                await timer.run(runtime)
            pause, behind = every, bool(left)
            if not left:
                turns[timer.name] = time.monotonic() + pause
        except Exception as error:
            behind = True
            _log.warning("timer failed", timer=timer.name, error=repr(error), exc_info=True)
            pause = min(every, AGAIN_S)
        await asyncio.sleep(pause)
