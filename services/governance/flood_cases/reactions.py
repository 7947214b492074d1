"""What floods do when complaints are filed or corrected meanwhile: those about water where the city warns belong to
them."""

from uuid import UUID

from services.governance.flood_cases import actions
from services.governance.protocol.model import found_of
from services.kit.city import City
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.governance.v1 import events_pb2


async def on_complaint_filed(tx: Transaction, event: Event[events_pb2.ComplaintFiled]) -> None:
    """Links it, if it is one of them; most are not, and cost nothing."""
    area = _under_water(tx.runtime.city, event.message)
    if area:
        await actions.filed(tx, UUID(event.aggregate), area, exercise=event.exercise)


async def on_complaint_corrected(tx: Transaction, event: Event[events_pb2.ComplaintCorrected]) -> None:
    """Links it, or takes it off: it is of another category or another place than was said."""
    area = _under_water(tx.runtime.city, event.message)
    await actions.corrected(tx, UUID(event.aggregate), area, exercise=event.exercise)


def _under_water(city: City, told: events_pb2.ComplaintFiled | events_pb2.ComplaintCorrected) -> str:
    """The kelurahan of a complaint that a flood may be behind; empty for others."""
    protocol = found_of(city)
    about = protocol.flood.complaints if protocol is not None and protocol.flood is not None else ()
    return told.area.code if told.category in about and not told.secret else ""
