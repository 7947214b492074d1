"""What an event of a case says of performance; drills say nothing. Pure."""

from datetime import datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from services.governance.performance.model import Heard, What
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2 as events

COUNTED: tuple[type[Message], ...] = (
    events.ComplaintAssigned,
    events.ComplaintStatusChanged,
    events.ComplaintEscalated,
    events.ComplaintResolved,
    events.ComplaintReopened,
    events.ComplaintRated,
)
"""The events that performance is counted from."""

_AFTER = {
    pb.COMPLAINT_STATE_ASSIGNED: What.ASSIGNED,
    pb.COMPLAINT_STATE_IN_PROGRESS: What.ANSWERED,
    pb.COMPLAINT_STATE_WAITING_FOR_REPORTER: What.ANSWERED,
    pb.COMPLAINT_STATE_TRANSFERRED: What.MOVED,
    pb.COMPLAINT_STATE_REJECTED: What.ENDED,
    pb.COMPLAINT_STATE_DUPLICATE: What.ENDED,
    pb.COMPLAINT_STATE_WITHDRAWN: What.ENDED,
}
"""What a change of state means; of the others a particular event tells."""
_MISSED = {"response": What.RESPONSE_MISSED, "resolution": What.RESOLUTION_MISSED}
"""Of the other deadlines: verification and evidence are not the agency's to keep."""


def hear(message: Any, *, id_: UUID, complaint: UUID, version: int, at: datetime, heard_at: datetime) -> Heard | None:
    """What there is to count; None for nothing."""
    said = _said(message)
    if said is None:
        return None
    what, value = said
    return Heard(id_, complaint, version, what, at, heard_at, message.code, message.agency, value)


def _said(message: Any) -> tuple[What, int] | None:
    match message:
        case events.ComplaintAssigned():
            return What.ASSIGNED, 0
        case events.ComplaintStatusChanged():
            return (what, 0) if (what := _AFTER.get(message.after)) else None
        case events.ComplaintEscalated():
            return (what, 0) if (what := _MISSED.get(message.clock)) else None
        case events.ComplaintResolved():
            return What.RESOLVED, int(message.on_time)
        case events.ComplaintReopened():
            return What.REOPENED, 0
        case events.ComplaintRated():
            return What.RATED, message.rating
        case _:
            return None
