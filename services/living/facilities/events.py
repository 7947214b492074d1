"""Builds the event messages of facilities. They are public, so no words are in them."""

from services.kit.city import City
from services.kit.rpc import protos
from services.living.facilities.model import Change, Facility
from smartcity.living.v1 import events_pb2
from smartcity.living.v1 import facilities_pb2 as pb


def changed(facility: Facility, change: Change, city: City) -> events_pb2.FacilityChanged:
    """What is said of a facility has changed."""
    return events_pb2.FacilityChanged(
        id=str(facility.id),
        code=facility.code,
        kind=protos.number(pb.FacilityKind, facility.kind),
        area=protos.area(city, facility.area),
        fields=[protos.number(pb.FacilityField, one) for one in change.fields],
        use=pb.FACILITY_USE_CLOSED if facility.closed else pb.FACILITY_USE_IN_USE,
        time=protos.timestamp(change.at),
    )
