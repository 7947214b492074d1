"""The pillar's section: what residents can take part in now."""

from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.society.courses import store as courses
from services.society.kinds.profile import participation_of
from services.society.processes import store as processes
from services.society.processes.model import Phase
from services.society.proposals import store as proposals
from services.society.proposals.model import State
from services.society.terms.profile import terms_of
from smartcity.society.v1 import overview_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """What the pillar serves, and how much of it there is."""
    counted, proposed = await processes.counted(tx), await proposals.counted(tx)
    return pb.GetOverviewResponse(
        nouns=[
            *(["courses"] if terms_of(tx.runtime.city) else []),
            *(["processes"] if participation_of(tx.runtime.city) else []),
            "residents",
        ],
        collecting=counted.get(Phase.COLLECT, 0),
        reviewing=counted.get(Phase.REVIEW, 0),
        voting=counted.get(Phase.VOTE, 0),
        carried_out=counted.get(Phase.CARRY_OUT, 0),
        proposals_open=proposed.get(State.OPEN, 0),
        proposals_in_progress=proposed.get(State.IN_PROGRESS, 0),
        proposals_done=proposed.get(State.DONE, 0),
        courses_open=await courses.open_now(tx),
    )
