"""What clean-ups do when governance tells of a complaint. The same news twice changes nothing."""

from dataclasses import replace
from typing import Any

from services.environment.cleanups import actions
from services.environment.cleanups.model import WASTE, Cleanup
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


async def on_complaint_assigned(tx: Transaction, event: Event[events_pb2.ComplaintAssigned]) -> None:
    """Waste that its agency has to clean up gets a job; what went elsewhere loses it."""
    message = event.message
    if not _is_waste(tx, message.category, message.agency):
        await actions.drop(tx, event.aggregate)
        return
    position = message.location if message.HasField("location") else None
    wanted = replace(
        _draft(tx, event, message.code, message.category, message.agency),
        area=message.area.code,
        lon=position.lon if position else None,
        lat=position.lat if position else None,
        secret=message.secret,
    )
    if message.HasField("due"):
        wanted = replace(wanted, due_at=message.due.ToDatetime(tx.now.tzinfo))
    await actions.want(tx, wanted)


async def on_complaint_reopened(tx: Transaction, event: Event[events_pb2.ComplaintReopened]) -> None:
    """The reporter was not content: another round, at the place of the last one."""
    message = event.message
    if not _is_waste(tx, message.category, message.agency):
        return
    before = await actions.last(tx, message.code)
    wanted = replace(
        _draft(tx, event, message.code, message.category, message.agency),
        area=message.area.code,
        lon=before.lon if before else None,
        lat=before.lat if before else None,
        secret=message.secret,
    )
    if message.HasField("due"):
        wanted = replace(wanted, due_at=message.due.ToDatetime(tx.now.tzinfo))
    await actions.want(tx, wanted)


async def on_complaint_status_changed(tx: Transaction, event: Event[events_pb2.ComplaintStatusChanged]) -> None:
    """A complaint that ended, in whatever way, needs no crew any more."""
    if event.message.after in _ENDED:
        await actions.drop(tx, event.aggregate)


def _draft(tx: Transaction, event: Event[Any], code: str, category: str, agency: str) -> Cleanup:
    return replace(actions.draft(tx, event.aggregate, code, category, agency), exercise=event.exercise)


def _is_waste(tx: Transaction, category: str, agency: str) -> bool:
    """Whether the complaint is about waste and lies with the agency that its category leads to."""
    found = tx.runtime.city.category(category)
    if found is None or found.group != WASTE:
        return False
    return tx.runtime.city.route(category, None).agency.id == agency
