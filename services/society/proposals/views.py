"""Proposals and what happened to them, as the contract has it."""

from collections.abc import Sequence
from dataclasses import replace

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.society.proposals.model import Proposal, State, Step
from smartcity.society.v1 import proposals_pb2 as pb
from smartcity.types.v1 import place_pb2
from smartcity.types.v1.money_pb2 import Money


def view(tx: Transaction, one: Proposal, steps: Sequence[Step] = (), *, own: bool = False) -> pb.Proposal:
    """A proposal as the contract has it; what is kept back has its words for its author and the agency alone."""
    city = tx.runtime.city
    if one.state is State.REFUSED and not own and not tx.allows(one.agency):
        one = replace(one, title="", words="", lon=None, lat=None)
    return pb.Proposal(
        code=one.code,
        process=str(one.process),
        state=protos.number(pb.ProposalState, one.state),
        title=one.title,
        words=one.words,
        area=protos.area(city, one.area) or place_pb2.Area(code=one.area, name=one.area),
        point=protos.point(one.lon, one.lat),
        cost=Money(currency=city.currency, units=one.cost) if one.cost else None,
        supporters=one.supporters,
        agency=one.agency,
        answer=one.answer,
        answer_time=protos.timestamp(one.answered_at),
        due_time=protos.timestamp(one.due_at),
        own=own,
        steps=[step(each) for each in steps],
        create_time=protos.timestamp(one.created_at),
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
        ballot=str(one.ballot or ""),
        approvals=one.approvals,
        votes=one.votes,
    )


def step(one: Step) -> pb.ProposalStep:
    """Something that happened, as the contract has it."""
    return pb.ProposalStep(
        kind=protos.number(pb.ProposalStepKind, one.kind),
        state=protos.number(pb.ProposalState, one.state),
        agency=one.agency,
        note=one.note,
        reference=one.reference,
        time=protos.timestamp(one.at),
    )
