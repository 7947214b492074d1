"""Builds the event messages of alerts: which lines and stops, and nothing that people wrote."""

from collections.abc import Sequence

from services.kit.rpc import protos
from services.living.alerts.model import Alert, State
from smartcity.living.v1 import alerts_pb2 as pb
from smartcity.living.v1 import events_pb2

MOST = 200
"""Lines and stops that an event names."""

Told = events_pb2.ServiceAlertPublished | events_pb2.ServiceAlertUpdated | events_pb2.ServiceAlertEnded


def told(alert: Alert, routes: Sequence[str], stops: Sequence[str]) -> Told:
    """It is told, or says something else now."""
    said = alert.said
    first = alert.published_at == alert.updated_at
    make = events_pb2.ServiceAlertPublished if first else events_pb2.ServiceAlertUpdated
    return make(  # the two have the same fields
        id=str(alert.id),
        origin=protos.number(pb.ServiceAlertOrigin, alert.origin),
        cause=protos.number(pb.ServiceAlertCause, said.cause),
        effect=protos.number(pb.ServiceAlertEffect, said.effect),
        severity=protos.number(pb.ServiceAlertSeverity, said.severity),
        routes=routes[:MOST],
        stops=stops[:MOST],
        closes=alert.closes,
        time=protos.timestamp(alert.updated_at),
    )


def ended(alert: Alert, *, automatic: bool) -> events_pb2.ServiceAlertEnded:
    """It is over."""
    assert alert.state is State.ENDED
    return events_pb2.ServiceAlertEnded(
        id=str(alert.id),
        origin=protos.number(pb.ServiceAlertOrigin, alert.origin),
        automatic=automatic,
        time=protos.timestamp(alert.ended_at),
    )
