"""Departures of vehicles that have told where they are, among those of the timetable. Pure."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.living.departures.model import Answer, Basis, Departure
from services.living.positions.model import FRESH
from services.living.progress.model import Run
from services.living.timetable import clock
from services.living.vehicles.model import Vehicle, VehicleAccess

_WHEELCHAIR = {VehicleAccess.UNKNOWN: 0, VehicleAccess.YES: 1, VehicleAccess.NO: 2}


def merged(
    answer: Answer,
    runs: Sequence[Run],
    known: Mapping[str, Vehicle],
    timezone: str,
    at: int,
    window_s: int,
    now: datetime,
    most: int,
) -> tuple[Departure, ...]:
    """The departures from ``at`` (seconds since 1970) on, by time: of a run that a vehicle drives now, its own.

    A trip that is repeated has several runs, which are told apart by when they begin. A line by headway stays there
    beside its vehicles: it says how often others come. Vehicles know nothing of what is closed: where their line takes
    nobody, they are left out.
    """
    living = [run for run in runs if run.lives(now) and run.vehicle in known]
    driven = {(run.trip, _begins(run, timezone)) for run in living if not run.headway}
    at_all, shut = set(answer.stops), set(answer.shut)
    found = [_aged(one, now) for one in answer.departures if (one.trip, one.begins) not in driven]
    for run in living:
        there = {stop for stop in at_all if (stop, run.route) not in shut}
        found += _of(run, known[run.vehicle], there, at, at + window_s)
    found.sort(key=lambda one: (one.time, one.line, one.headsign, one.trip))
    return tuple(found[:most])


def _begins(run: Run, timezone: str) -> int:
    """When a run ought to have left its first stop, in seconds since 1970."""
    return clock.zero(run.start_day, timezone) + run.start_second if run.start_day else 0


def _aged(one: Departure, now: datetime) -> Departure:
    """What an operator told of it a while ago counts on, and is no longer live."""
    silent = one.basis is Basis.LIVE and now - clock.at(one.told) > FRESH
    return replace(one, basis=Basis.SCHEDULED) if silent else one


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
