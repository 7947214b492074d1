"""AirService over gRPC: proto -> action -> proto."""

from services.environment.air import actions, ispu, views
from services.environment.air.actions import Shown
from services.environment.air.ispu import LEAST_HOURS, Table
from services.environment.datastreams.model import Property
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import air_pb2 as pb
from smartcity.environment.v1 import datastreams_pb2


@rpc
async def page(tx: Transaction, request: pb.ListAirStationsRequest) -> pb.ListAirStationsResponse:
    """Lists air stations with their present index."""
    table = actions.table(tx)
    found = await actions.page(tx, request.page_size, request.page_token)
    stations = [_station(tx, one, table) for one in found.rows]
    return pb.ListAirStationsResponse(stations=stations, table=_table(table), next_page_token=found.token)


@rpc
async def read(tx: Transaction, request: pb.GetAirStationRequest) -> pb.GetAirStationResponse:
    """Reads a station with its history."""
    table = actions.table(tx)
    start = protos.instant(request.start_time) if request.HasField("start_time") else None
    end = protos.instant(request.end_time) if request.HasField("end_time") else None
    shown, hours = await actions.get(tx, request.station, start, end)
    history = [pb.AirHour(time=protos.timestamp(one.at), index=views.index(one)) for one in hours]
    return pb.GetAirStationResponse(station=_station(tx, shown, table), history=history, table=_table(table))


def _station(tx: Transaction, shown: Shown, table: Table | None) -> pb.AirStation:
    thing, air = shown
    hour = air.hour if air else None
    made = pb.AirStation(
        id=str(thing.id),
        code=thing.code,
        name=thing.name,
        agency=thing.agency,
        area=protos.area(tx.runtime.city, thing.area),
        location=protos.point(thing.lon, thing.lat),
        made_up=thing.made_up,
        source=thing.source,
        time=protos.timestamp(hour.at) if hour else None,
        index=views.index(hour) if hour else None,
    )
    hours = {one.property: one for one in air.means} if air else {}
    for each in table.nodes if table else ():
        known = hours.get(each)
        if table and known is not None and known.hours >= LEAST_HOURS:
            value = ispu.part(table, each, known.mean)
            made.parts.add(property=_property(each), mean=known.mean, hours=known.hours, value=value)
        else:
            made.missing.add(property=_property(each), hours=known.hours if known else 0)
    return made


def _property(one: Property) -> datastreams_pb2.ObservedProperty:
    number: datastreams_pb2.ObservedProperty = protos.number(datastreams_pb2.ObservedProperty, one)
    return number


def _table(table: Table | None) -> pb.AirTable | None:
    if table is None:
        return None
    return pb.AirTable(
        version=table.version,
        title=table.title,
        source=table.source,
        doubt=table.doubt,
        least_hours=LEAST_HOURS,
    )
