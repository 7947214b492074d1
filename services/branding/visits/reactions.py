"""What visits do when a ticket lets somebody in: it counts by itself, once for each ticket and day."""

from datetime import date
from uuid import UUID

from services.branding.city_events import store as events
from services.branding.destinations import store as destinations
from services.branding.visits import store
from services.branding.visits.model import Channel, Origin, Visit
from services.kit import ids
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.branding.v1 import ticket_events_pb2


async def on_ticket_admitted(tx: Transaction, event: Event[ticket_events_pb2.TicketAdmitted]) -> None:
    """One came. The event is of the first scan of a ticket on a day, whose id stands for the visit."""
    told, scan = event.message, ids.parse(event.aggregate)
    place = await _place(tx, told)
    if scan is None or place is None:
        return
    at = told.time.ToDatetime(tx.now.tzinfo)
    await store.add_all(tx, [Visit(scan, place, date.fromisoformat(told.day), Origin.UNKNOWN, Channel.TICKET, 1, at)])


async def _place(tx: Transaction, told: ticket_events_pb2.TicketAdmitted) -> UUID | None:
    """The destination or the event that the ticket was for."""
    found = await (destinations.find(tx, told.destination) if told.destination else events.find(tx, told.event))
    return found.id if found else None
