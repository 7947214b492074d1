"""Vehicles in service as the contract has them. What must not be public is not here: the plate."""

from datetime import datetime

from services.kit.rpc import protos
from services.living.positions.model import IMPROBABLE, is_live
from services.living.progress.actions import Shown
from services.living.progress.model import Run, moment
from smartcity.living.v1 import departures_pb2
from smartcity.living.v1 import vehicles_pb2 as pb

_KMH = 3.6
_SHOWN = 10
"""Stops ahead that are shown of a vehicle."""


def view(shown: Shown, now: datetime) -> pb.Vehicle:
    """A vehicle. Without a position it is silent."""
    vehicle, position, run, behind = shown
    live = is_live(position.at if position else None, now)
    made = pb.Vehicle(
        id=vehicle.id,
        label=vehicle.label,
        state=pb.VEHICLE_STATE_LIVE if live else pb.VEHICLE_STATE_SILENT,
        accessible=protos.number(departures_pb2.TransitAccess, vehicle.access),
        capacity=vehicle.capacity,
        simulated=vehicle.simulated,
        bunched_behind=behind,
    )
    if position is not None:
        made.location.lon, made.location.lat = position.lon, position.lat
        made.position_time.FromDatetime(position.at)
        made.age_seconds = max(0, int((now - position.at).total_seconds()))
        made.improbable = bool(position.flags & IMPROBABLE)
        if position.bearing is not None:
            made.bearing = round(position.bearing, 1)
        if position.speed is not None:
            made.speed_kmh = round(position.speed * _KMH, 1)
    if run is not None and run.route:
        _say(made, run, live=live and run.lives(now))
    return made


def _say(made: pb.Vehicle, run: Run, *, live: bool) -> None:
    """What is made of where it is; of a silent one, which line it drove."""
    made.route, made.line, made.headsign = run.route, run.line, run.headsign
    made.trip, made.headway = run.trip, bool(run.headway)
    if not live:
        return
    if run.delay is not None:
        made.delay_seconds = run.delay
    for call in run.ahead[:_SHOWN]:
        made.calls.add(
            stop=call.stop,
            name=call.name,
            arrival_time=protos.timestamp(moment(call.arrival)),
            uncertainty_seconds=call.uncertainty,
        )
