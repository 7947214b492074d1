"""What floods do when complaints are filed meanwhile: those about water where the city warns belong to them."""

from uuid import UUID

from services.governance.flood_cases import actions
from services.governance.protocol.model import found_of
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.governance.v1 import events_pb2


async def on_complaint_filed(tx: Transaction, event: Event[events_pb2.ComplaintFiled]) -> None:
    """Links it, if it is one of them; most are not, and cost nothing."""
    told, protocol = event.message, found_of(tx.runtime.city)
    about = protocol.flood.complaints if protocol is not None and protocol.flood is not None else ()
    if told.category in about and told.area.code and not told.secret:
        await actions.filed(tx, UUID(event.aggregate), told.area.code, exercise=event.exercise)
