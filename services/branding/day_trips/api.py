"""DayTripService over gRPC: the city's profile and its destinations -> proto."""

import math

from services.branding.advisories import actions as advisories
from services.branding.advisories import model as advisory_model
from services.branding.day_trips.profile import Trip, trips_of
from services.branding.destinations import store
from services.branding.destinations.actions import Shown
from services.branding.destinations.model import Destination
from services.branding.destinations.views import view
from services.kit.database import Transaction
from services.kit.errors import not_found
from services.kit.rpc import rpc
from smartcity.branding.v1 import day_trips_pb2 as pb
from smartcity.branding.v1 import destinations_pb2


@rpc
async def page(tx: Transaction, request: pb.ListDayTripsRequest) -> pb.ListDayTripsResponse:
    """Lists them, with the names of their places."""
    trips = trips_of(tx.runtime.city)
    known = await _in_use(tx, [stop.place for trip in trips for stop in trip.stops])
    shown = []
    for trip in trips:
        named = [
            pb.DayTripStop(
                destination=destinations_pb2.Destination(code=stop.place, name=known[stop.place].name),
                minutes=stop.minutes,
            )
            for stop in trip.stops
            if stop.place in known
        ]
        shown.append(_trip(trip, named))
    return pb.ListDayTripsResponse(trips=shown)


@rpc
async def read(tx: Transaction, request: pb.GetDayTripRequest) -> pb.GetDayTripResponse:
    """Reads one. Errors: DAY_TRIP_NOT_FOUND."""
    trip = next((one for one in trips_of(tx.runtime.city) if one.id == request.id), None)
    if trip is None:
        raise not_found("DAY_TRIP_NOT_FOUND", "There is no such trip; the list is at /v1/day-trips.", field="id")
    known = await _in_use(tx, [stop.place for stop in trip.stops])
    told = await advisories.active(tx)
    there = [(stop, known[stop.place]) for stop in trip.stops if stop.place in known]
    following = [one for _, one in there[1:]]
    stops = [
        pb.DayTripStop(
            destination=view(tx, Shown(store.Found(one), advisory_model.of(told, one.id, one.area))),
            minutes=stop.minutes,
            on=_metres(one, following[number]) if number < len(following) else 0.0,
        )
        for number, (stop, one) in enumerate(there)
    ]
    return pb.GetDayTripResponse(trip=_trip(trip, stops))


async def _in_use(tx: Transaction, codes: list[str]) -> dict[str, Destination]:
    """Those of the places that are not closed for good: nobody is led to the others."""
    return {code: one for code, one in (await store.by_codes(tx, codes)).items() if not one.closed}


def _trip(trip: Trip, stops: list[pb.DayTripStop]) -> pb.DayTrip:
    return pb.DayTrip(
        id=trip.id, name=trip.name, name_en=trip.name_en, about=trip.about, about_en=trip.about_en, stops=stops,
        minutes=sum(one.minutes for one in stops),
    )  # fmt: skip


def _metres(one: Destination, other: Destination) -> float:
    """In a straight line, on a plane that touches the city."""
    across = (other.lon - one.lon) * math.cos(math.radians(one.lat))
    return store.DEGREE * math.hypot(other.lat - one.lat, across)
