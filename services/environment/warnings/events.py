"""Builds the event messages of warnings. They say where and how grave, and nothing that people wrote."""

from google.protobuf.message import Message

from services.environment.criteria.model import Step
from services.environment.warnings.model import FloodWarning
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2, warnings_pb2


def of(warning: FloodWarning, step: Step, city: City) -> Message:
    """What a step tells."""
    areas = [area for code in warning.areas if (area := protos.area(city, code)) is not None]
    level = protos.number(warnings_pb2.WarningLevel, warning.level)
    hazard = protos.number(warnings_pb2.WarningHazard, warning.hazard)
    if step is Step.RAISE:
        return events_pb2.WarningRaised(
            id=str(warning.id),
            hazard=hazard,
            level=level,
            areas=areas,
            zone=warning.zone,
            expires=protos.timestamp(warning.expires_at),
            automatic=warning.automatic,
            message=warning.messages,
        )
    if step is Step.UPDATE:
        return events_pb2.WarningUpdated(
            id=str(warning.id),
            hazard=hazard,
            level=level,
            areas=areas,
            zone=warning.zone,
            expires=protos.timestamp(warning.expires_at),
            automatic=warning.automatic,
            message=warning.messages,
        )
    return ended(warning, city)


def ended(warning: FloodWarning, city: City) -> events_pb2.WarningCleared:
    """It is over, in whatever way."""
    return events_pb2.WarningCleared(
        id=str(warning.id),
        hazard=protos.number(warnings_pb2.WarningHazard, warning.hazard),
        areas=[area for code in warning.areas if (area := protos.area(city, code)) is not None],
        zone=warning.zone,
        state=protos.number(warnings_pb2.WarningState, warning.state),
        message=warning.messages,
    )
