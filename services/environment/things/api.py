"""ThingService over gRPC: proto -> action -> proto."""

from collections.abc import Sequence

from services.environment.things import actions
from services.environment.things.model import Kind, Location, Thing
from services.kit.database import Transaction
from services.kit.rpc import etag, one_statement, protos, rpc
from smartcity.environment.v1 import things_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetThingRequest) -> pb.GetThingResponse:
    """Reads a thing, and where it stands and stood."""
    thing, locations = await actions.get(tx, request.id)
    return pb.GetThingResponse(thing=_view(tx, thing, locations))


@rpc
@one_statement
async def page(tx: Transaction, request: pb.ListThingsRequest) -> pb.ListThingsResponse:
    """Lists things by their codes."""
    kinds = protos.members(pb.ThingKind, request.kinds, Kind)
    found = await actions.page(
        tx, kinds, request.area, request.page_size, request.page_token, agency=request.agency, retired=request.retired
    )
    return pb.ListThingsResponse(things=[_view(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
@one_statement
async def page_locations(tx: Transaction, request: pb.ListThingLocationsRequest) -> pb.ListThingLocationsResponse:
    """Lists where all things stand and stood."""
    found = await actions.page_locations(tx, request.page_size, request.page_token)
    locations = [_location(tx, one) for one in found.rows]
    return pb.ListThingLocationsResponse(locations=locations, next_page_token=found.token)


@rpc
async def register(tx: Transaction, request: pb.RegisterThingRequest) -> pb.RegisterThingResponse:
    """Registers a thing."""
    kind = protos.member(pb.ThingKind, request.kind, Kind)
    name, at = " ".join(request.name.split()), request.location
    made = await actions.register(tx, request.code, kind, name, request.description, at.lon, at.lat)
    return pb.RegisterThingResponse(thing=_view(tx, made))


@rpc
async def move(tx: Transaction, request: pb.MoveThingRequest) -> pb.MoveThingResponse:
    """Says where a thing stands."""
    at = request.location
    moved = await actions.move(tx, request.id, request.etag, at.lon, at.lat, request.note)
    return pb.MoveThingResponse(thing=_view(tx, moved))


@rpc
async def retire(tx: Transaction, request: pb.RetireThingRequest) -> pb.RetireThingResponse:
    """Retires a thing."""
    retired = await actions.retire(tx, request.id, request.etag, request.reason)
    return pb.RetireThingResponse(thing=_view(tx, retired))


def _view(tx: Transaction, thing: Thing, locations: Sequence[Location] = ()) -> pb.Thing:
    city = tx.runtime.city
    return pb.Thing(
        id=str(thing.id),
        code=thing.code,
        kind=protos.number(pb.ThingKind, thing.kind),
        name=thing.name,
        description=thing.description,
        agency=thing.agency,
        area=protos.area(city, thing.area),
        location=protos.point(thing.lon, thing.lat),
        made_up=thing.made_up,
        source=thing.source,
        locations=[_location(tx, one) for one in locations],
        retire_time=protos.timestamp(thing.retired_at),
        retire_reason=thing.retire_reason,
        create_time=protos.timestamp(thing.created_at),
        update_time=protos.timestamp(thing.updated_at),
        etag=etag.of(thing.version),
    )


def _location(tx: Transaction, one: Location) -> pb.ThingLocation:
    return pb.ThingLocation(
        area=protos.area(tx.runtime.city, one.area),
        location=protos.point(one.lon, one.lat),
        since=protos.timestamp(one.since),
        note=one.note,
        thing=str(one.thing),
    )
