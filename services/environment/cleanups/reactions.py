"""What clean-ups do when governance tells of a complaint. The same news twice changes nothing."""

from datetime import UTC, datetime

from services.environment.cleanups import actions
from services.environment.cleanups.model import Need
from services.kit.city import City
from services.kit.city.model import WASTE
from services.kit.city.routing import cleaners
from services.kit.database import Transaction
from services.kit.events import Event
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2

_ENDED = frozenset(
    {
        pb.COMPLAINT_STATE_RESOLVED,
        pb.COMPLAINT_STATE_CLOSED,
        pb.COMPLAINT_STATE_REJECTED,
        pb.COMPLAINT_STATE_TRANSFERRED,
        pb.COMPLAINT_STATE_DUPLICATE,
        pb.COMPLAINT_STATE_WITHDRAWN,
    }
)

_Told = Event[events_pb2.ComplaintAssigned] | Event[events_pb2.ComplaintReopened]


async def on_complaint_assigned(tx: Transaction, event: Event[events_pb2.ComplaintAssigned]) -> None:
    """Waste that lies with an agency that cleans up gets a job; what went elsewhere loses it."""
    message = event.message
    if not _is_ours(tx.runtime.city, message.category, message.agency):
        await actions.drop(tx, event.aggregate)
        return
    known = message.HasField("location")
    lon, lat = (message.location.lon, message.location.lat) if known else (None, None)
    await actions.want(tx, _need(event, lon, lat))


async def on_complaint_reopened(tx: Transaction, event: Event[events_pb2.ComplaintReopened]) -> None:
    """The reporter was not content: another round."""
    message = event.message
    if _is_ours(tx.runtime.city, message.category, message.agency):
        await actions.want(tx, _need(event, None, None))


async def on_complaint_status_changed(tx: Transaction, event: Event[events_pb2.ComplaintStatusChanged]) -> None:
    """A complaint that ended, in whatever way, needs no crew any more; of one that goes on the job is due as it is."""
    if event.message.after in _ENDED:
        await actions.drop(tx, event.aggregate)
    else:
        waits = event.message.after == pb.COMPLAINT_STATE_WAITING_FOR_REPORTER
        await actions.keep_pace(tx, event.aggregate, _due(event), waiting=waits)


def _need(event: _Told, lon: float | None, lat: float | None) -> Need:
    message = event.message
    return Need(
        complaint_id=event.aggregate,
        complaint=message.code,
        correlation=event.correlation,
        category=message.category,
        agency=message.agency,
        area=message.area.code,
        lon=lon,
        lat=lat,
        due_at=_due(event),
        secret=message.secret,
        exercise=event.exercise,
    )


def _due(event: _Told | Event[events_pb2.ComplaintStatusChanged]) -> datetime | None:
    return event.message.due.ToDatetime(UTC) if event.message.HasField("due") else None


def _is_ours(city: City, category: str, agency: str) -> bool:
    """Whether a complaint is about waste and lies with an agency to which a rule of the city sends waste."""
    found = city.category(category)
    return found is not None and found.group == WASTE and agency in cleaners(city.rules, city.categories)
