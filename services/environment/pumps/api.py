"""PumpService over gRPC: proto -> action -> proto."""

from services.environment.datastreams import views
from services.environment.pumps import actions, model
from services.environment.pumps.actions import Station
from services.environment.pumps.model import Command
from services.environment.things.model import Thing
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.environment.v1 import pumps_pb2 as pb


@rpc
async def page(tx: Transaction, request: pb.ListPumpsRequest) -> pb.ListPumpsResponse:
    """Lists pump stations."""
    found = await actions.page(tx, request.agency, request.page_size, request.page_token)
    return pb.ListPumpsResponse(stations=[_station(tx, one) for one in found.rows], next_page_token=found.token)


@rpc
async def read(tx: Transaction, request: pb.GetPumpRequest) -> pb.GetPumpResponse:
    """Reads a pump station."""
    return pb.GetPumpResponse(station=_station(tx, await actions.get(tx, request.id)))


@rpc
async def log(tx: Transaction, request: pb.ListPumpCommandsRequest) -> pb.ListPumpCommandsResponse:
    """Lists who switched what, and why."""
    thing, found = await actions.log(tx, request.id, request.page_size, request.page_token)
    return pb.ListPumpCommandsResponse(
        commands=[_command(thing, one) for one in found.rows], next_page_token=found.token
    )


@rpc
async def switch(tx: Transaction, request: pb.SwitchPumpsRequest) -> pb.SwitchPumpsResponse:
    """Tells a station how many pumps are to run."""
    thing, given = await actions.switch(tx, request.id, request.pumps, request.reason, exercise=request.exercise)
    return pb.SwitchPumpsResponse(command=_command(thing, given))


def _station(tx: Transaction, one: Station) -> pb.PumpStation:
    thing, figures = one.thing, one.figures
    state = model.station_state(one.running, silent=one.silent)
    return pb.PumpStation(
        id=str(thing.id),
        code=thing.code,
        name=thing.name,
        agency=thing.agency,
        area=protos.area(tx.runtime.city, thing.area),
        location=protos.point(thing.lon, thing.lat),
        capacity_lps=figures.capacity,
        pumps=figures.pumps,
        most_pumps=model.most_pumps(figures.pumps),
        made_up=figures.made_up,
        source=figures.source,
        source_en=figures.source_en,
        state=protos.number(pb.PumpStationState, state),
        running=views.reading(one.running) if one.running else None,
        level=views.reading(one.level) if one.level else None,
        level_silent=one.level_silent,
        last_command=_switching(one.last),
        sensor_made_up=one.sensor_made_up,
    )


def _switching(one: Command | None) -> pb.PumpSwitching | None:
    if one is None:
        return None
    state = protos.number(pb.PumpCommandState, one.state)
    return pb.PumpSwitching(pumps=one.pumps, state=state, create_time=protos.timestamp(one.created_at))


def _command(thing: Thing, one: Command) -> pb.PumpCommand:
    return pb.PumpCommand(
        id=str(one.id),
        station=thing.code,
        pumps=one.pumps,
        reason=one.reason,
        by=one.by,
        exercise=one.exercise,
        state=protos.number(pb.PumpCommandState, one.state),
        device=one.device,
        note=one.note,
        create_time=protos.timestamp(one.created_at),
        send_time=protos.timestamp(one.sent_at),
        deadline=protos.timestamp(one.deadline_at),
        answer_time=protos.timestamp(one.answered_at),
        obeyed=one.obeyed,
        update_time=protos.timestamp(one.updated_at),
    )
