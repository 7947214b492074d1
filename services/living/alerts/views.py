"""Alerts as the contract has them."""

from datetime import UTC, datetime
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.living.alerts.actions import Shown
from services.living.alerts.model import (
    Cause,
    Change,
    Content,
    Detour,
    Effect,
    Entity,
    Origin,
    Period,
    Severity,
)
from services.living.alerts.resolving import Resolved
from smartcity.living.v1 import alerts_pb2 as pb

_SHOWN = 300
"""Entities that are shown of what lies in kelurahan."""


def content(request: pb.CreateServiceAlertRequest | pb.UpdateServiceAlertRequest) -> Content:
    """What an officer says."""
    return Content(
        cause=protos.member(pb.ServiceAlertCause, request.cause, Cause),
        effect=protos.member(pb.ServiceAlertEffect, request.effect, Effect),
        severity=protos.member(pb.ServiceAlertSeverity, request.severity, Severity),
        header=request.header,
        periods=tuple(Period(_second(one, "start_time"), _second(one, "end_time")) for one in request.periods),
        entities=tuple(
            Entity(one.agency, one.route, one.stop, one.from_stop, one.to_stop, one.closes) for one in request.entities
        ),
        detours=tuple(
            Detour(one.route, tuple(one.skipped_stops), tuple(one.added_stops), one.note, one.note_en)
            for one in request.detours
        ),
        header_en=request.header_en,
        description=request.description,
        description_en=request.description_en,
        url=request.url,
    )


def _second(period: pb.ServiceAlertPeriod, field: Any) -> int:
    return int(getattr(period, field).seconds) if period.HasField(field) else 0


def view(tx: Transaction, shown: Shown, *, whole: bool = False) -> pb.ServiceAlert:
    """An alert; with what it touches and its steps where the ``whole`` is asked for."""
    alert, said = shown.alert, shown.alert.said
    return pb.ServiceAlert(
        id=str(alert.id),
        state=protos.number(pb.ServiceAlertState, alert.state),
        origin=protos.number(pb.ServiceAlertOrigin, alert.origin),
        cause=protos.number(pb.ServiceAlertCause, said.cause),
        effect=protos.number(pb.ServiceAlertEffect, said.effect),
        severity=protos.number(pb.ServiceAlertSeverity, said.severity),
        periods=[period(one) for one in alert.periods(tx.now)],
        entities=[_entity(one) for one in (shown.touched.entities or said.entities)[:_SHOWN]],
        detours=[_detour(one) for one in said.detours],
        header=said.header,
        header_en=said.header_en,
        description=said.description,
        description_en=said.description_en,
        url=said.url,
        exercise=alert.exercise,
        now=alert.holds(tx.now),
        closes=alert.closes,
        source=alert.source if alert.origin is not Origin.OFFICERS else "",
        touched=touched(shown.touched) if whole else None,
        changes=[_change(tx, one) for one in shown.changes] if whole else (),
        create_time=protos.timestamp(alert.created_at),
        publish_time=protos.timestamp(alert.published_at),
        end_time=protos.timestamp(alert.ended_at),
        update_time=protos.timestamp(alert.updated_at),
        etag=etag.of(alert.version),
    )


def touched(found: Resolved) -> pb.ServiceAlertTouched:
    """What it touches in the timetable that holds."""
    return pb.ServiceAlertTouched(
        routes=[one.id for one in found.routes],
        stops=[one.id for one in found.stops],
        unknown=found.unknown,
        route_names=[one.short_name or one.long_name for one in found.routes],
        stop_names=[one.name for one in found.stops],
        stations=[one.id for one in found.stations],
        station_names=[one.name for one in found.stations],
    )


def period(one: Period) -> pb.ServiceAlertPeriod:
    return pb.ServiceAlertPeriod(start_time=_stamp(one.start), end_time=_stamp(one.end))


def _stamp(second: int) -> Timestamp | None:
    return protos.timestamp(datetime.fromtimestamp(second, UTC)) if second else None


def _entity(one: Entity) -> pb.ServiceAlertEntity:
    return pb.ServiceAlertEntity(
        agency=one.agency, route=one.route, stop=one.stop, from_stop=one.begin, to_stop=one.finish, closes=one.closes
    )


def _detour(one: Detour) -> pb.ServiceAlertDetour:
    return pb.ServiceAlertDetour(
        route=one.route, skipped_stops=one.skipped, added_stops=one.added, note=one.note, note_en=one.note_en
    )


def _change(tx: Transaction, one: Change) -> pb.ServiceAlertChange:
    return pb.ServiceAlertChange(
        step=one.step.value,
        time=protos.timestamp(one.at),
        automatic=not one.by,
        mine=one.by == tx.caller.subject,
        reason=one.reason,
    )
