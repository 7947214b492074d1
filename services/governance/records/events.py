"""Builds the event messages of complaints. No free text, no personal data."""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import Message

from services.governance.cases.model import Complaint
from services.governance.records.model import EventKind, Step
from services.governance.states.model import State
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import place_pb2


def type_of(kind: EventKind) -> str:
    """The event's type: its proto full name."""
    return f"{events_pb2.DESCRIPTOR.package}.{kind.value}"


def state(value: State) -> Any:
    """A state as the contract names it."""
    return protos.number(pb.ComplaintState, value)


def kind(complaint: Complaint) -> Any:
    """The class of a complaint as the contract names it."""
    return protos.number(pb.ComplaintClass, complaint.kind)


def channel(complaint: Complaint) -> Any:
    """The channel of a complaint as the contract names it."""
    return protos.number(pb.ChannelKind, complaint.channel)


def point(complaint: Complaint) -> place_pb2.Point | None:
    """The position of a complaint; None when not known."""
    return protos.point(complaint.location.lon, complaint.location.lat)


def messages(step: Step, complaint: Complaint, city: City) -> Iterator[Message]:
    """The events of one step, the particular one first; every change of state after the filing is told as such, too.

    An answer to a case that went on before changes no state: it stands in the history alone.
    """
    if step.kind is EventKind.STATUS_CHANGED and step.before is step.after:
        return
    yield _MAKERS[step.kind](step, complaint, city)
    if step.before is not step.after and step.kind not in {EventKind.STATUS_CHANGED, EventKind.FILED}:
        yield _status_changed(step, complaint, city)


def _filed(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintFiled(
        code=complaint.code,
        category=complaint.category,
        area=protos.area(city, complaint.location.area),
        agency=complaint.agency,
        secret=complaint.secret,
        channel=channel(complaint),
        **{"class": kind(complaint)},
    )


def _assigned(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintAssigned(
        code=complaint.code,
        category=complaint.category,
        area=protos.area(city, complaint.location.area),
        location=point(complaint),
        agency=complaint.agency,
        due=protos.timestamp(complaint.deadlines.resolution),
        secret=complaint.secret,
    )


def _status_changed(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintStatusChanged(
        code=complaint.code,
        before=state(step.before),
        after=state(step.after),
        agency=complaint.agency,
        category=complaint.category,
        secret=complaint.secret,
        due=protos.timestamp(complaint.deadlines.resolution),
    )


def _escalated(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintEscalated(
        code=complaint.code,
        clock=str(step.clock),
        step=complaint.escalation,
        agency=complaint.agency,
        secret=complaint.secret,
    )


def _resolved(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintResolved(
        code=complaint.code,
        agency=complaint.agency,
        category=complaint.category,
        area=protos.area(city, complaint.location.area),
        on_time=complaint.on_time,
        refusal=complaint.refusal,
        secret=complaint.secret,
    )


def _reopened(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintReopened(
        code=complaint.code,
        agency=complaint.agency,
        category=complaint.category,
        area=protos.area(city, complaint.location.area),
        due=protos.timestamp(complaint.deadlines.resolution),
        secret=complaint.secret,
    )


def _rated(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintRated(
        code=complaint.code, rating=complaint.rating, agency=complaint.agency, secret=complaint.secret
    )


def _corrected(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintCorrected(
        code=complaint.code,
        category=complaint.category,
        area=protos.area(city, complaint.location.area),
        agency=complaint.agency,
        secret=complaint.secret,
    )


def _released(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintReleased(code=complaint.code, released=complaint.released, secret=complaint.secret)


def _redacted(step: Step, complaint: Complaint, city: City) -> Message:
    assert step.taken_out is not None
    out = step.taken_out
    return events_pb2.ComplaintRedacted(
        code=complaint.code, words=out.words, photos=out.photos, notes=out.notes, secret=complaint.secret
    )


def _evidence_reviewed(step: Step, complaint: Complaint, city: City) -> Message:
    assert step.evidence is not None
    seen = step.evidence
    return events_pb2.ComplaintEvidenceReviewed(
        code=complaint.code, shown=seen.shown, withheld=seen.withheld, secret=complaint.secret
    )


_MAKERS: dict[EventKind, Callable[[Step, Complaint, City], Message]] = {
    EventKind.FILED: _filed,
    EventKind.ASSIGNED: _assigned,
    EventKind.STATUS_CHANGED: _status_changed,
    EventKind.ESCALATED: _escalated,
    EventKind.RESOLVED: _resolved,
    EventKind.REOPENED: _reopened,
    EventKind.RATED: _rated,
    EventKind.CORRECTED: _corrected,
    EventKind.RELEASED: _released,
    EventKind.REDACTED: _redacted,
    EventKind.EVIDENCE_REVIEWED: _evidence_reviewed,
}
