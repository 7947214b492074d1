"""Departures of vehicles that have told where they are, among those of the timetable. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.living.departures.model import Answer, Basis, Departure
from services.living.progress.model import Run
from services.living.vehicles.model import Access, Vehicle

_SAME_S = 12 * 3_600
"""Departures of a trip that are farther apart are those of two days."""
_WHEELCHAIR = {Access.UNKNOWN: 0, Access.YES: 1, Access.NO: 2}


def merged(
    answer: Answer, runs: Sequence[Run], known: Mapping[str, Vehicle], at: int, window_s: int, now: datetime, most: int
) -> tuple[Departure, ...]:
    """The departures from ``at`` (seconds since 1970) on, by time: of a trip that a vehicle drives now, its own.

    A line by headway stays there beside its vehicles: it says how often others come. Vehicles know nothing of what is
    closed: where their line takes nobody, they are left out.
    """
    living = [run for run in runs if run.lives(now) and run.vehicle in known]
    trips = {run.trip for run in living if not run.headway}
    at_all, shut = set(answer.stops), set(answer.shut)
    found = [one for one in answer.departures if not _is_driven(one, trips, now)]
    for run in living:
        there = {stop for stop in at_all if (stop, run.route) not in shut}
        found += _of(run, known[run.vehicle], there, at, at + window_s)
    found.sort(key=lambda one: (one.time, one.line, one.headsign, one.trip))
    return tuple(found[:most])


def _is_driven(one: Departure, trips: Collection[str], now: datetime) -> bool:
    """Whether a vehicle tells more of it: when it comes, or that it has passed."""
    return one.basis is Basis.SCHEDULED and one.trip in trips and one.time - now.timestamp() < _SAME_S


def _of(run: Run, vehicle: Vehicle, stops: Collection[str], begin: int, end: int) -> list[Departure]:
    return [
        Departure(
            basis=Basis.LIVE,
            stop=call.stop,
            platform="",
            route=run.route,
            line=run.line,
            line_name="",
            color="",
            kind=3,
            headsign=run.headsign,
            trip=run.trip,
            time=call.departure,
            wheelchair=_WHEELCHAIR[vehicle.access],
            planned=call.planned,
            told=int(run.at.timestamp()),
            uncertainty=call.uncertainty,
            vehicle=vehicle.id,
            simulated=vehicle.simulated,
        )
        for call in run.ahead
        if call.boards and call.stop in stops and begin <= call.departure <= end
    ]
