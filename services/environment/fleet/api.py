"""PickupService over gRPC: proto -> the city's profile -> proto."""

from services.environment.fleet import listing
from services.environment.fleet.listing import Pickup
from services.environment.fleet.profile import fleet_of
from services.kit.rpc import Call, protos, rpc
from smartcity.environment.v1 import pickups_pb2 as pb
from smartcity.types.v1 import place_pb2


@rpc
async def page(call: Call, request: pb.ListPickupsRequest) -> pb.ListPickupsResponse:
    """Lists kelurahan with their pick-up days."""
    city = call.runtime.city
    fleet = fleet_of(city)
    found = listing.pickups(city, fleet, request.area, request.q, request.page_size, request.page_token)
    return pb.ListPickupsResponse(
        pickups=[_pickup(one) for one in found.rows], made_up=fleet.made_up, next_page_token=found.token
    )


def _pickup(one: Pickup) -> pb.Pickup:
    return pb.Pickup(
        area=place_pb2.Area(code=one.area.code, name=one.area.name, district=one.area.district),
        days=[protos.number(pb.Weekday, day) for day in one.days],
        since=f"{one.window.since:%H:%M}" if one.window else "",
        until=f"{one.window.until:%H:%M}" if one.window else "",
    )
