"""The pillar's section: what residents can take part in now."""

from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from services.society.ballots import store as ballots
from services.society.courses import store as courses
from services.society.kinds.profile import participation_of
from services.society.processes import store as processes
from services.society.processes.model import Phase
from services.society.proposals import store as proposals
from services.society.proposals.model import State
from services.society.satisfaction import model as satisfaction
from services.society.satisfaction.profile import surveys_of
from services.society.terms.profile import terms_of
from services.society.years import store as years
from smartcity.society.v1 import overview_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetOverviewRequest) -> pb.GetOverviewResponse:
    """What the pillar serves, and how much of it there is."""
    counted, proposed = await processes.counted(tx), await proposals.counted(tx)
    terms, year = surveys_of(tx.runtime.city), await years.latest(tx)
    index = (
        terms.formula_of(year.formula).index(satisfaction.sums(year.counts), year.answers) if terms and year else None
    )
    return pb.GetOverviewResponse(
        nouns=[
            "ballots",
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
        satisfaction=str(index) if index is not None else "",
        satisfaction_year=year.year if year and index is not None else 0,
        satisfaction_answers=year.answers if year and index is not None else 0,
        open_ballots=[
            pb.OpenBallot(
                id=str(one.id), title=one.title, title_en=one.title_en, close_time=protos.timestamp(one.closes_at)
            )
            for one in await ballots.open_now(tx)
        ],
    )
