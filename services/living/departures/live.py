"""Departures of vehicles that have told where they are, among those of the timetable. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from services.living.departures.model import Answer, Basis, Departure, Line
from services.living.positions.model import FRESH
from services.living.present.model import Closure
from services.living.progress.model import Run, foremost
from services.living.timetable import clock
from services.living.tracking.model import MOST_CALLS, Call
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
    simulated = {name for name, one in known.items() if one.simulated}
    living = foremost([run for run in runs if run.lives(now) and run.vehicle in known], simulated)
    driven = {(run.trip, _begins(run, timezone)): run for run in living if not run.headway}
    passed = int(now.timestamp()) if clock.at(at) < now - FRESH else at
    found = [_aged(one, now) for one in answer.departures if not _told(driven.get((one.trip, one.begins)), one, passed)]
    rules = {(one.trip, one.stop, one.due): one.arrange for one in answer.departures}
    for run in living:
        line = answer.lines.get(run.route, Line())
        shut = [one for one in answer.shut if one.route == run.route]
        ours = _of(run, known[run.vehicle], line, answer.platforms, shut, at, at + window_s)
        found += [replace(one, arrange=rules.get((one.trip, one.stop, one.due), 0)) for one in ours]
    found.sort(key=lambda one: (one.time, one.line, one.headsign, one.trip))
    return tuple(found[:most])


def _told(run: Run | None, one: Departure, passed: int) -> bool:
    """Whether the vehicle of its run tells of it, or has passed it before its time: of stops that are far ahead it
    tells nothing. What is asked of the past (before ``passed``) the timetable tells.
    """
    if run is None:
        return False
    ahead = run.ahead
    if len(ahead) >= MOST_CALLS and one.due > ahead[-1].planned:
        return False
    return one.time >= passed or any((call.stop, call.planned) == (one.stop, one.due) for call in ahead)


def _begins(run: Run, timezone: str) -> int:
    """When a run ought to have left its first stop, in seconds since 1970."""
    return clock.zero(run.start_day, timezone) + run.start_second if run.start_day else 0


def _aged(one: Departure, now: datetime) -> Departure:
    """What an operator told of it a while ago counts on, and is no longer live."""
    silent = one.basis is Basis.LIVE and now - clock.at(one.told) > FRESH
    return replace(one, basis=Basis.SCHEDULED) if silent else one


def _of(
    run: Run,
    vehicle: Vehicle,
    line: Line,
    stops: Mapping[str, str],
    shut: Sequence[Closure],
    begin: int,
    end: int,
) -> list[Departure]:
    ahead = run.ahead
    return [
        Departure(
            basis=Basis.LIVE,
            stop=call.stop,
            platform=stops[call.stop],
            route=run.route,
            line=run.line,
            line_name=line.long_name,
            color=line.color,
            kind=line.kind,
            headsign=call.headsign or run.headsign,
            trip_headsign=run.headsign if call.headsign else "",
            said_at=call.sequence if call.headsign and call.sequence is not None else -1,
            trip=run.trip,
            time=call.departure,
            wheelchair=_WHEELCHAIR[vehicle.access],
            planned=call.planned,
            due=call.planned,
            told=int(run.at.timestamp()),
            uncertainty=call.uncertainty,
            vehicle=vehicle.id,
            simulated=vehicle.simulated,
        )
        for place, call in enumerate(ahead)
        if call.boards and call.stop in stops and begin <= call.departure <= end
        if not any(_shuts(one, call, ahead[place + 1 :]) for one in shut)
    ]


def _shuts(closure: Closure, call: Call, after: Sequence[Call]) -> bool:
    """Whether one cannot get on there when it leaves, or it does not go to the stop after it."""
    if not closure.overlaps(call.departure, call.departure):
        return False
    if closure.stop:
        return closure.stop == call.stop
    return bool(after) and (closure.begin, closure.finish) == (call.stop, after[0].stop)
