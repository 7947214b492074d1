"""What can be done with departures: one function per use case."""

from datetime import datetime

from msgspec.structs import replace

from services.kit.errors import not_found, precondition
from services.kit.runtime import Runtime
from services.living.departures.live import merged
from services.living.departures.model import SPARE, Answer, Departure, Question
from services.living.feeds.lines import worded
from services.living.feeds.model import Feed
from services.living.feeds.words import Words
from services.living.progress import actions as progress
from services.living.resources import resources
from services.living.vehicles import store as vehicles

MOST_USUAL = 20
MINUTES_USUAL = 120


async def upcoming(
    runtime: Runtime,
    stop: str,
    at: datetime,
    minutes: int,
    most: int,
    language: str = "",
    *,
    timetable_only: bool = False,
) -> tuple[Feed, Answer, tuple[Departure, ...]]:
    """What leaves next, vehicles that have told where they are among it; and what the timetable says, and whose it is.

    ``timetable_only``, whatever is closed, late or on its way now.

    Errors: STOP_NOT_FOUND, OUTSIDE_SERVICE, and those of the keeper (FEED_NOT_FOUND, TIMETABLE_LOADING, PLANNER_BUSY,
    PLANNER_GONE).
    """
    most = most or MOST_USUAL
    question = Question(stop, int(at.timestamp()), (minutes or MINUTES_USUAL) * 60, most + SPARE, timetable_only)
    feed, answer = await resources(runtime).keeper.ask("departures", question, Answer)
    if not answer.known:
        raise not_found("STOP_NOT_FOUND", "There is no such stop; the list is at /v1/stops.", field="stop")
    if not answer.covered:
        days = " to ".join(answer.days) or "no day at all"
        message = f"The timetable says nothing of this day. It covers {days}."
        raise precondition("OUTSIDE_SERVICE", message, field="start_time")
    book = resources(runtime).keeper.words
    routes, trips, signs = (book.of(about, language) for about in ("routes", "trips", "stop_times"))
    found = answer.departures[:most] if timetable_only else await _live(runtime, feed, answer, question, most)
    return feed, answer, tuple(_whole(worded(one, routes, trips, signs), trips) for one in found)


def _whole(one: Departure, trips: Words) -> Departure:
    """It with what its trip says, where the stop has words of its own, in those of the language."""
    if not one.trip_headsign:
        return one
    return replace(one, trip_headsign=trips.of("trip_headsign", one.trip, one.trip_headsign))


async def _live(runtime: Runtime, feed: Feed, answer: Answer, asked: Question, most: int) -> tuple[Departure, ...]:
    async with runtime.snapshot() as tx:
        runs = await progress.expected(tx, sorted(answer.lines)) if answer.lines else []
        known = await vehicles.by_ids(tx, {one.vehicle for one in runs}) if runs else {}
        return merged(answer, runs, known, feed.timezone, asked.at, asked.window_s, tx.now, most)
