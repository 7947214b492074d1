"""PermitService over gRPC, papers: proto -> action -> proto."""

from services.economy.permit_papers import actions
from services.kit import signing
from services.kit.database import Transaction
from services.kit.rpc import protos, rpc
from smartcity.economy.v1 import permits_pb2 as pb


@rpc
async def read(tx: Transaction, request: pb.GetPermitPaperRequest) -> pb.GetPermitPaperResponse:
    """Says what a number is."""
    one, paper, genuine = await actions.check(tx, request.code, request.signature)
    today = tx.now.astimezone(tx.runtime.city.timezone).date()
    shown = pb.PermitPaper(
        code=one.code,
        validity=protos.number(pb.PermitValidity, one.validity(today)),
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
