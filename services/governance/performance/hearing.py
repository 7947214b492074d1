"""What an event of a case says of performance; drills say nothing. Pure."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from google.protobuf.message import Message

from services.governance.performance.model import EXPLAINED, Heard, What
from smartcity.economy.v1 import events_pb2 as economy
from smartcity.economy.v1 import permits_pb2 as permits
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2 as events

COUNTED: tuple[type[Message], ...] = (
    events.ComplaintAssigned,
    events.ComplaintStatusChanged,
    events.ComplaintEscalated,
    events.ComplaintResolved,
    events.ComplaintReopened,
    events.ComplaintRated,
    economy.PermitAdvanced,
    economy.PermitGranted,
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

_DECIDABLE = frozenset({permits.PERMIT_STATE_CHECKING, permits.PERMIT_STATE_DECIDING})
"""In which a permit's agency is at it, so that its silence counts."""
_UNDECIDED = frozenset({permits.PERMIT_STATE_ASKED, permits.PERMIT_STATE_WITHDRAWN})


def _by_silence(message: economy.PermitAdvanced) -> bool:
    """Whether silence moved it: it was granted, or lapsed where the days that it was for are over by then."""
    lapsed = message.state == permits.PERMIT_STATE_LAPSED and message.from_state in _DECIDABLE
    return message.deemed or lapsed


def hear(message: Any, *, id_: UUID, complaint: UUID, version: int, at: datetime, heard_at: datetime) -> Heard | None:
    """What there is to count; None for nothing."""
    said = _said(message)
    if said is None:
        return None
    what, value = said
    return Heard(id_, complaint, version, what, at, heard_at, _shown(message), _whose(message), value, _due(message))


def _shown(message: Any) -> str:
    """The code that its case is shown by; a permit's number is for its holder to show."""
    return "" if isinstance(message, economy.PermitAdvanced | economy.PermitGranted) else message.code


def _whose(message: Any) -> str:
    """The agency that it counts for: of a permit that is checked, or that silence moved while it was, who checks."""
    checked = (
        isinstance(message, economy.PermitAdvanced)
        and (message.from_state if _by_silence(message) else message.state) == permits.PERMIT_STATE_CHECKING
    )
    agency: str = message.checker if checked and message.checker else message.agency
    return agency


def _due(message: Any) -> datetime | None:
    """Until when a permit's agency has to decide."""
    if not isinstance(message, economy.PermitAdvanced) or message.state not in _DECIDABLE:
        return None
    return message.due_time.ToDatetime(UTC) if message.HasField("due_time") else None


def _said(message: Any) -> tuple[What, int] | None:
    match message:
        case events.ComplaintAssigned():
            return What.ASSIGNED, 0
        case events.ComplaintStatusChanged():
            return (what, 0) if (what := _AFTER.get(message.after)) else None
        case events.ComplaintEscalated():
            return (what, 0) if (what := _MISSED.get(message.clock)) else None
        case events.ComplaintResolved():
            return What.RESOLVED, (EXPLAINED if message.refusal else 1) if message.on_time else 0
        case events.ComplaintReopened():
            return What.REOPENED, 0
        case events.ComplaintRated():
            return What.RATED, message.rating
        case economy.PermitAdvanced():
            return (found, 0) if (found := _of_permit(message)) else None
        case economy.PermitGranted():
            return What.PERMIT_GRANTED, 0
        case _:
            return None


def _of_permit(message: economy.PermitAdvanced) -> What | None:
    """What a permit's move means. Objections, suspensions and fees are no decision of the application."""
    if message.state in _DECIDABLE:
        return What.PERMIT_WAITS
    if message.from_state not in _DECIDABLE:
        return None
    if message.state in _UNDECIDED:
        return What.PERMIT_RESTS
    return What.PERMIT_DEEMED if _by_silence(message) else What.PERMIT_DECIDED
