"""Builds the event messages of incidents. None of them tells a place closer than its kecamatan."""

from datetime import datetime

from google.protobuf.message import Message

from services.governance.incidents.model import Clock, Incident
from services.kit.city import City
from services.kit.database import Transaction
from smartcity.governance.v1 import events_pb2 as pb


def emit(tx: Transaction, one: Incident, message: Message) -> None:
    """Puts an event about an incident into the outbox, as of its version now."""
    tx.emit(message, aggregate=str(one.id), version=one.version, correlation=one.story, exercise=one.exercise)


def opened(city: City, one: Incident) -> pb.IncidentOpened:
    """It was opened."""
    return pb.IncidentOpened(
        id=str(one.id), kind=one.kind, priority=one.priority, district=_district(city, one), warning=one.warning
    )


def graded(one: Incident) -> pb.IncidentGraded:
    """It was graded anew."""
    return pb.IncidentGraded(id=str(one.id), kind=one.kind, priority=one.priority)


def merged(one: Incident) -> pb.IncidentMerged:
    """It is the same matter as another."""
    return pb.IncidentMerged(id=str(one.id), into=str(one.merged_into))


def unmerged(one: Incident) -> pb.IncidentUnmerged:
    """It is a matter of its own again."""
    return pb.IncidentUnmerged(id=str(one.id))


def closed(city: City, one: Incident) -> pb.IncidentClosed:
    """It has ended."""
    return pb.IncidentClosed(id=str(one.id), kind=one.kind, district=_district(city, one))


def responded(one: Incident, clock: Clock, called: datetime, agency: str) -> pb.IncidentResponded:
    """The first unit of a service is there; ``called`` is when the call of the clock's own incident came."""
    assert clock.arrived_at is not None
    return pb.IncidentResponded(
        incident=str(one.id),
        service=clock.service,
        agency=agency,
        seconds=max(0, int((clock.arrived_at - called).total_seconds())),
        target_seconds=int((clock.due_at - called).total_seconds()),
        paper=clock.paper,
    )


def _district(city: City, one: Incident) -> str:
    area = city.area(one.area)
    return (area.parent or "") if area else ""
