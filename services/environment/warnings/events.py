"""Builds the event messages of warnings. They say where and how grave, and nothing that people wrote."""

from google.protobuf.message import Message

from services.environment.criteria.model import Step
from services.environment.warnings.model import FloodWarning
from services.kit.city import City
from services.kit.rpc import protos
from smartcity.environment.v1 import events_pb2, warnings_pb2

_TOLD = {Step.RAISE: events_pb2.WarningRaised, Step.UPDATE: events_pb2.WarningUpdated}


def of(warning: FloodWarning, step: Step, city: City) -> Message:
    """What a step tells."""
    if step not in _TOLD:
        return ended(warning, city)
    return _TOLD[step](
        id=str(warning.id),
        hazard=protos.number(warnings_pb2.WarningHazard, warning.hazard),
        level=protos.number(warnings_pb2.WarningLevel, warning.level),
        areas=protos.areas(city, warning.areas),
        zone=warning.zone,
        expires=protos.timestamp(warning.expires_at),
        automatic=warning.automatic,
        message=warning.messages,
    )


def ended(warning: FloodWarning, city: City) -> events_pb2.WarningCleared:
    """It is over, in whatever way."""
    return events_pb2.WarningCleared(
        id=str(warning.id),
        hazard=protos.number(warnings_pb2.WarningHazard, warning.hazard),
        areas=protos.areas(city, warning.areas),
        zone=warning.zone,
        state=protos.number(warnings_pb2.WarningState, warning.state),
        message=warning.messages,
    )
