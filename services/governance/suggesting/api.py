"""SuggestForIncident of IncidentService over gRPC: proto -> action -> proto."""

from services.governance.suggesting import actions
from services.governance.suggesting.model import Similar, Suggestion
from services.kit.database import Transaction
from services.kit.rpc import rpc
from smartcity.governance.v1 import incidents_pb2 as pb


@rpc
async def suggest(tx: Transaction, request: pb.SuggestForIncidentRequest) -> pb.SuggestForIncidentResponse:
    """Advises."""
    units, similar = await actions.advise(tx, request.id)
    return pb.SuggestForIncidentResponse(units=map(_unit, units), similar=map(_similar, similar))


def _unit(one: Suggestion) -> pb.SuggestedUnit:
    return pb.SuggestedUnit(
        unit=one.unit.code,
        service=one.unit.service,
        metres=round(one.metres) if one.metres is not None else None,
        age_seconds=max(0, int(one.age.total_seconds())) if one.age is not None else None,
        reasons=[reason.value for reason in one.reasons],
    )


def _similar(one: Similar) -> pb.SimilarIncident:
    return pb.SimilarIncident(
        id=str(one.incident.id),
        number=one.incident.number,
        metres=round(one.metres) if one.metres is not None else None,
        seconds=int(one.apart.total_seconds()),
        kind=one.incident.kind,
    )
