"""PermitService over gRPC, papers: proto -> action -> proto."""

from services.economy.permit_papers import actions
from services.economy.permits.model import Permit
from services.kit import signing
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import permits_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetPermitPaperRequest) -> pb.GetPermitPaperResponse:
    """Says what a number is."""
    one, paper, genuine = await actions.check(tx, request.code, request.signature)
    shown = pb.PermitPaper(
        code=one.code,
        validity=protos.number(pb.PermitValidity, _validity(tx, one)),
        kind=one.kind,
        name=one.name,
        area=protos.area(tx.runtime.city, one.area),
        place=one.place,
        nib=one.nib,
        agency=one.agency,
        first_day=str(one.first_day or ""),
        last_day=str(one.last_day or ""),
        deemed=one.deemed,
        issue_time=protos.timestamp(paper.issued_at),
        checked=genuine is not None,
        genuine=bool(genuine),
        text=paper.text,
        signature=paper.signature if genuine else "",
        key_id=paper.key_id,
        keys=signing.key_set([paper.jwk]),
        electronic_provider=paper.provider,
        electronic_simulated=paper.simulated,
    )
    return pb.GetPermitPaperResponse(paper=shown)


def _validity(tx: Transaction, one: Permit) -> str:
    """What it is worth today, in the city: one that is issued ahead does not hold before its first day."""
    today = tx.now.astimezone(tx.runtime.city.timezone).date()
    return "coming" if one.shown == "valid" and one.first_day is not None and today < one.first_day else one.shown
