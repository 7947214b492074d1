"""What merchants do when the permit that they rest on moves. The same event twice changes nothing."""

from services.economy.merchants import actions
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.economy.v1 import events_pb2, permits_pb2

_HOLDS = (permits_pb2.PERMIT_STATE_GRANTED, permits_pb2.PERMIT_STATE_DEEMED_GRANTED)
_ENDS = (permits_pb2.PERMIT_STATE_SUSPENDED, permits_pb2.PERMIT_STATE_REVOKED, permits_pb2.PERMIT_STATE_ENDED)


async def on_permit_advanced(tx: Transaction, event: Event[events_pb2.PermitAdvanced]) -> None:
    """A suspended permit stops taking payments, one that holds again lets them go on, and so does an extension."""
    told = event.message
    if told.state in (*_HOLDS, *_ENDS):
        await actions.permit_extended(tx, told.code)
        await actions.permit_moved(tx, told.code, holds=told.state in _HOLDS)
