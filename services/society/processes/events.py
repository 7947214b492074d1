"""Builds the event messages of processes."""

from services.kit.city import City
from services.kit.rpc import protos
from services.society.processes.model import Process, Step
from smartcity.society.v1 import events_pb2
from smartcity.society.v1 import processes_pb2 as pb


def moved(city: City, process: Process, step: Step) -> events_pb2.ProcessMoved:
    """One has come to another phase."""
    return events_pb2.ProcessMoved(
        id=str(process.id),
        kind=process.kind,
        area=protos.area(city, process.area),
        agency=process.agency,
        phase=protos.number(pb.ProcessPhase, process.phase),
        before=protos.number(pb.ProcessPhase, step.before),
        automatic=step.automatic,
        due_time=protos.timestamp(process.due_at),
        time=protos.timestamp(step.at),
    )
