"""What followers hear of: steps of the pillar's own proposals. Drills are mailed to nobody."""

from services.kit.database import Transaction
from services.kit.events import Event
from services.kit.rpc import protos
from services.society.following import actions
from services.society.proposals.model import StepKind
from smartcity.society.v1 import events_pb2
from smartcity.society.v1 import proposals_pb2 as pb


async def on_proposal_advanced(tx: Transaction, event: Event[events_pb2.ProposalAdvanced]) -> None:
    """Its followers are told."""
    if not event.exercise:
        told = event.message
        kind = protos.member(pb.ProposalStepKind, told.kind, StepKind)
        await actions.tell(tx, told.code, kind, protos.instant(told.time))
