"""Builds the event messages of proposals."""

from services.kit.city import City
from services.kit.rpc import protos
from services.society.proposals.model import Proposal, Step
from smartcity.society.v1 import events_pb2
from smartcity.society.v1 import proposals_pb2 as pb


def advanced(city: City, one: Proposal, step: Step) -> events_pb2.ProposalAdvanced:
    """Something happened to one."""
    return events_pb2.ProposalAdvanced(
        code=one.code,
        process=str(one.process),
        area=protos.area(city, one.area),
        kind=protos.number(pb.ProposalStepKind, step.kind),
        state=protos.number(pb.ProposalState, one.state),
        agency=one.agency,
        time=protos.timestamp(step.at),
    )
