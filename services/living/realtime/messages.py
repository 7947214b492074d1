"""FeedMessages of GTFS Realtime 2.0 (gtfs.org/documentation/realtime). Pure."""

from collections.abc import Iterable
from datetime import datetime

from google.transit import gtfs_realtime_pb2 as rt

from services.living.positions.model import IMPROBABLE
from services.living.positions.store import Position
from services.living.progress.model import Run
from services.living.vehicles.model import Vehicle, VehicleAccess

VERSION = "2.0"
_ACCESS = {
    VehicleAccess.YES: rt.VehicleDescriptor.WHEELCHAIR_ACCESSIBLE,
    VehicleAccess.NO: rt.VehicleDescriptor.WHEELCHAIR_INACCESSIBLE,
    VehicleAccess.UNKNOWN: rt.VehicleDescriptor.UNKNOWN,
}


def message(at: datetime) -> rt.FeedMessage:
    """An empty feed: a whole one, not what changed."""
    made = rt.FeedMessage()
    made.header.gtfs_realtime_version = VERSION
    made.header.incrementality = rt.FeedHeader.FULL_DATASET
    made.header.timestamp = int(at.timestamp())
    return made


def add_positions(into: rt.FeedMessage, rows: Iterable[tuple[Vehicle, Position, Run | None]]) -> None:
    """Adds where vehicles are; the plate is nobody's business."""
    for vehicle, position, run in rows:
        entity = into.entity.add(id=vehicle.id).vehicle
        _vehicle(entity.vehicle, vehicle)
        if run is not None and run.route:
            _trip(entity.trip, run)
            if run.ahead and run.at == position.at:
                entity.stop_id = run.ahead[0].stop
                if run.ahead[0].sequence is not None:  # without it the status counts for nothing
                    entity.current_stop_sequence = run.ahead[0].sequence
                entity.current_status = rt.VehiclePosition.IN_TRANSIT_TO
        entity.position.latitude, entity.position.longitude = position.lat, position.lon
        if position.bearing is not None:
            entity.position.bearing = position.bearing
        if position.speed is not None:
            entity.position.speed = position.speed
        entity.timestamp = _at(into, position.at)


def add_trips(into: rt.FeedMessage, rows: Iterable[tuple[Vehicle, Run]]) -> None:
    """Adds when vehicles come to their next stops. A trip by headway is UNSCHEDULED, known by when it began."""
    for vehicle, run in rows:
        calls = run.ahead
        if not calls:
            continue
        update = into.entity.add(id=f"{vehicle.id}-{run.trip}").trip_update
        _trip(update.trip, run)
        _vehicle(update.vehicle, vehicle)
        update.timestamp = _at(into, run.at)
        if run.delay is not None:
            update.delay = run.delay
        for call in calls:
            event = update.stop_time_update.add(stop_id=call.stop, stop_sequence=call.sequence)
            event.arrival.time, event.arrival.uncertainty = call.arrival, call.uncertainty
            event.departure.time, event.departure.uncertainty = call.departure, call.uncertainty
            if run.headway:
                event.schedule_relationship = rt.TripUpdate.StopTimeUpdate.UNSCHEDULED


def _at(into: rt.FeedMessage, at: datetime) -> int:
    """A time of a vehicle's own clock, which may be ahead: nothing of a feed is newer than it (validator's E012)."""
    return min(int(at.timestamp()), into.header.timestamp)


def is_shown(position: Position) -> bool:
    """Whether others should take it for where a vehicle is."""
    return not position.flags & IMPROBABLE


def _vehicle(into: rt.VehicleDescriptor, vehicle: Vehicle) -> None:
    # GTFS Realtime has no word for it: whoever shows the label says so.
    into.id, into.label = vehicle.id, f"{vehicle.label} (simulated)" if vehicle.simulated else vehicle.label
    into.wheelchair_accessible = _ACCESS[vehicle.access]


def _trip(into: rt.TripDescriptor, run: Run) -> None:
    into.trip_id, into.route_id = run.trip, run.route
    into.schedule_relationship = rt.TripDescriptor.UNSCHEDULED if run.headway else rt.TripDescriptor.SCHEDULED
    if run.start_day is not None:
        into.start_date = run.start_day.strftime("%Y%m%d")
        hours, rest = divmod(max(run.start_second, 0), 3_600)
        into.start_time = f"{hours:02}:{rest // 60:02}:{rest % 60:02}"
