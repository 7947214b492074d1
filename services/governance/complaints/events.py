"""Builds the event messages of complaints. No free text, no personal data."""

from collections.abc import Callable, Iterator
from typing import Any

from google.protobuf.message import Message

from services.governance.complaints.model import Complaint, State
from services.governance.complaints.moves import Happening, Step
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.governance.v1 import complaints_pb2 as pb
from smartcity.governance.v1 import events_pb2
from smartcity.types.v1 import place_pb2


def type_of(happening: Happening) -> str:
    """The event type of a happening: its proto full name."""
    return f"{events_pb2.DESCRIPTOR.package}.{happening.value}"


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
    return protos.point(complaint.place.lon, complaint.place.lat)


def messages(step: Step, complaint: Complaint, city: City) -> Iterator[Message]:
    """The events of one step, the particular one first; every change of state after the filing is told as such, too."""
    yield _MAKERS[step.happening](step, complaint, city)
    if step.before is not step.after and step.happening not in {Happening.STATUS_CHANGED, Happening.FILED}:
        yield _status_changed(step, complaint, city)


def _filed(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintFiled(
        code=complaint.code,
        category=complaint.category,
        area=protos.area(city, complaint.place.area),
        agency=complaint.agency,
        secret=complaint.secret,
        channel=channel(complaint),
        **{"class": kind(complaint)},
    )


def _assigned(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintAssigned(
        code=complaint.code,
        category=complaint.category,
        area=protos.area(city, complaint.place.area),
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
        area=protos.area(city, complaint.place.area),
        on_time=complaint.on_time,
        refusal=complaint.refusal,
        secret=complaint.secret,
    )


def _reopened(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintReopened(
        code=complaint.code,
        agency=complaint.agency,
        category=complaint.category,
        area=protos.area(city, complaint.place.area),
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
        area=protos.area(city, complaint.place.area),
        agency=complaint.agency,
        secret=complaint.secret,
    )


def _released(step: Step, complaint: Complaint, city: City) -> Message:
    return events_pb2.ComplaintReleased(code=complaint.code, released=complaint.released, secret=complaint.secret)


_MAKERS: dict[Happening, Callable[[Step, Complaint, City], Message]] = {
    Happening.FILED: _filed,
    Happening.ASSIGNED: _assigned,
    Happening.STATUS_CHANGED: _status_changed,
    Happening.ESCALATED: _escalated,
    Happening.RESOLVED: _resolved,
    Happening.REOPENED: _reopened,
    Happening.RATED: _rated,
    Happening.CORRECTED: _corrected,
    Happening.RELEASED: _released,
}
