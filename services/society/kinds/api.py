"""ProcessService over gRPC: the kinds of processes."""

from services.kit.database import Transaction
from services.kit.rpc import rpc
from services.society.kinds.model import Kind
from services.society.kinds.profile import participation_of
from smartcity.society.v1 import processes_pb2 as pb
from smartcity.types.v1.money_pb2 import Money


@rpc
async def kinds(tx: Transaction, request: pb.ListProcessKindsRequest) -> pb.ListProcessKindsResponse:
    """Lists them, as the city's profile has them; none in a city without."""
    known = participation_of(tx.runtime.city)
    if known is None:
        return pb.ListProcessKindsResponse()
    currency = tx.runtime.city.currency
    return pb.ListProcessKindsResponse(
        kinds=[view(one, currency) for one in known.kinds], answer_days=known.answer_days, made_up=known.made_up
    )


def view(one: Kind, currency: str) -> pb.ProcessKind:
    """A kind as the contract has it."""
    return pb.ProcessKind(
        id=one.id,
        name=one.name_id,
        name_en=one.name_en,
        about=one.about_id,
        about_en=one.about_en,
        level=one.level,
        basis=one.basis,
        moves_on=one.moves_on,
        votes=one.votes,
        min_age=one.min_age,
        budget=Money(currency=currency, units=one.budget) if one.budget else None,
        winners=one.winners,
        per_rt=one.per_rt,
        collect_days=one.days.collect,
        review_days=one.days.review,
        vote_days=one.days.vote,
        carry_out_days=one.days.carry_out,
    )
