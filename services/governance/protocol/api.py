"""GetEmergencyProtocol of IncidentService over gRPC."""

from services.governance.protocol.model import Kind, Protocol, found_of, none_here
from services.kit.database import Transaction
from services.kit.rpc import one_statement, rpc
from smartcity.governance.v1 import incidents_pb2 as pb


@rpc
@one_statement
async def read(tx: Transaction, request: pb.GetEmergencyProtocolRequest) -> pb.GetEmergencyProtocolResponse:
    """Reads it from memory."""
    found = found_of(tx.runtime.city)
    if found is None:
        raise none_here()
    return pb.GetEmergencyProtocolResponse(protocol=_view(found))


def _view(one: Protocol) -> pb.EmergencyProtocol:
    return pb.EmergencyProtocol(
        version=one.version,
        source=one.source,
        source_en=one.source_en,
        kinds=map(_kind, one.kinds),
        services=[
            pb.EmergencyService(id=each.id, name=each.name_id, name_en=each.name_en, agency=each.agency)
            for each in one.services
        ],
        priorities=[
            pb.EmergencyPriority(level=each.level, minutes=each.minutes, name=each.name_id, name_en=each.name_en)
            for each in one.priorities
        ],
        parties=[
            pb.HandOffParty(id=each.id, name=each.name_id, name_en=each.name_en, phone=each.phone, minutes=each.minutes)
            for each in one.parties
        ],
    )


def _kind(one: Kind) -> pb.IncidentKind:
    return pb.IncidentKind(
        id=one.id,
        name=one.name_id,
        name_en=one.name_en,
        priority=one.priority,
        services=one.services,
        card=pb.RunCard(steps=one.steps_id, steps_en=one.steps_en),
    )
