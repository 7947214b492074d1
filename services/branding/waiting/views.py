"""Places as messages."""

from services.branding.sales.model import Sale
from services.branding.waiting.model import Place, Room, State
from services.kit.rpc import protos
from smartcity.branding.v1 import waiting_pb2 as pb


def view(one: Place, sale: Sale, room: Room | None, order: str = "") -> pb.WaitingPlace:
    """A place; without its room before it is known how far that has come."""
    waits = one.state is State.WAITING
    before = max(0, one.number - 1 - (room.turn if room else 0)) if waits else 0
    return pb.WaitingPlace(
        id=str(one.id),
        state=protos.number(pb.WaitingPlaceState, one.state),
        sale=str(sale.id),
        title_id=sale.title_id,
        title_en=sale.title_en,
        number=one.number,
        before=before,
        open_time=protos.timestamp(sale.opens_at),
        order=order,
        reason=one.reason,
    )
