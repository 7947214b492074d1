"""What own data do when society's own request arrives, and when a pillar answers one."""

from services.kit import personal
from services.kit.database import Transaction
from services.kit.events import Event
from services.society.own_data import actions, store
from services.society.own_data.model import Told
from smartcity.society.v1 import data_requests_pb2, events_pb2
from smartcity.types.v1 import personal_data_pb2

_REPEATED = (data_requests_pb2.CreateDataRequestRequest.DESCRIPTOR.full_name,)
"""Whoever asked for the erasure may send the form twice."""


async def on_personal_data_requested(tx: Transaction, event: Event[events_pb2.PersonalDataRequested]) -> None:
    """Society looks its own through, as every pillar does."""
    kinds = await actions.look(tx, event.message.subject, erase=event.message.erase)
    await personal.report(tx, event, kinds, store.DEEDS, _REPEATED)


async def on_personal_data_reported(tx: Transaction, event: Event[personal_data_pb2.PersonalDataReported]) -> None:
    """A pillar has answered."""
    kinds = [Told(one.kind, one.held, one.erased, one.reason) for one in event.message.kinds]
    await actions.answered(tx, event.message.request, event.publisher, kinds)
