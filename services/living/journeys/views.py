"""Journeys as the contract has them."""

from datetime import datetime

from services.kit.rpc import protos
from services.living.alerts.actions import Shown as Alerted
from services.living.alerts.views import period
from services.living.departures.model import Basis
from services.living.departures.views import access, boarding, stamp
from services.living.feeds.lines import worded
from services.living.journeys.actions import Shown
from services.living.journeys.fares import Price, prices
from services.living.journeys.model import Answer, Call, Journey, Leg, Missing, Spot
from services.living.timetable.kinds import WayKind
from smartcity.living.v1 import alerts_pb2, departures_pb2
from smartcity.living.v1 import journeys_pb2 as pb
from smartcity.types.v1 import money_pb2, place_pb2

_WALKS = {
    WayKind.STRAIGHT: pb.WALK_BASIS_STRAIGHT_LINE,
    WayKind.FEED: pb.WALK_BASIS_TIMETABLE,
    WayKind.STATION: pb.WALK_BASIS_STATION,
    WayKind.PATHWAY: pb.WALK_BASIS_PATHWAY,
}
_MISSING = {
    Missing.ORIGIN_FAR: pb.NO_JOURNEY_ORIGIN_FAR,
    Missing.TARGET_FAR: pb.NO_JOURNEY_DESTINATION_FAR,
    Missing.SAME_PLACE: pb.NO_JOURNEY_SAME_PLACE,
    Missing.OUTSIDE: pb.NO_JOURNEY_OUTSIDE_SERVICE,
    Missing.NO_SERVICE: pb.NO_JOURNEY_NO_SERVICE,
    Missing.NOT_ACCESSIBLE: pb.NO_JOURNEY_NOT_ACCESSIBLE,
    Missing.NO_WAY: pb.NO_JOURNEY_NO_WAY,
    Missing.CLOSED: pb.NO_JOURNEY_CLOSED,
}


def response(shown: Shown, at: datetime) -> pb.SearchJourneysResponse:
    """All that was found for a time."""
    feed, answer = shown.feed, shown.answer
    first, last = _days(answer)
    return pb.SearchJourneysResponse(
        journeys=[_journey(shown, one) for one in answer.journeys],
        missing=_MISSING[answer.missing] if answer.missing else pb.NO_JOURNEY_UNSPECIFIED,
        first_day=first,
        last_day=last,
        at=protos.timestamp(at.replace(microsecond=0)),
        origin=_place(shown, answer.origin) if answer.origin else None,
        destination=_place(shown, answer.target) if answer.target else None,
        made_up=feed.made_up,
        source=feed.source,
        imported_time=protos.timestamp(feed.imported_at),
        alerts=[_alert(one, at, avoided=str(one.alert.id) in answer.avoided) for one in shown.alerts],
    )


def _days(answer: Answer) -> tuple[str, str]:
    if answer.missing is not Missing.OUTSIDE or not answer.among:
        return "", ""
    return answer.among[0], answer.among[-1]


def _journey(shown: Shown, journey: Journey) -> pb.Journey:
    return pb.Journey(
        start_time=stamp(journey.start),
        end_time=stamp(journey.end),
        transfers=journey.transfers,
        walking_metres=journey.metres,
        legs=[_leg(shown, leg) for leg in journey.legs],
        fares=[_fare(shown, one) for one in prices(shown.fares, journey) if one.amount == int(one.amount)],
        estimated=any(leg.headway for leg in journey.legs),
        choice=protos.number(pb.JourneyChoice, journey.choice),
        further=journey.further,
    )


def _leg(shown: Shown, leg: Leg) -> pb.JourneyLeg:
    line = shown.lines.get(leg)
    points = line or [(spot.lon, spot.lat) for spot in _on_the_way(leg)]
    return pb.JourneyLeg(
        start_time=stamp(leg.start),
        end_time=stamp(leg.end),
        origin=_place(shown, leg.origin),
        destination=_place(shown, leg.target),
        ride=_ride(shown, worded(leg, shown.words.routes, shown.words.trips, shown.words.signs)) if leg.rides else None,
        metres=leg.metres,
        walk_basis=pb.WALK_BASIS_UNSPECIFIED if leg.rides else _WALKS[WayKind(leg.basis)],
        line=place_pb2.Line(lons=[lon for lon, _ in points], lats=[lat for _, lat in points]),
        line_basis=pb.LINE_BASIS_SHAPE if line else pb.LINE_BASIS_STRAIGHT,
    )


def _on_the_way(leg: Leg) -> list[Spot]:
    return [call.spot for call in leg.calls] if leg.rides else [leg.origin, leg.target]


def _ride(shown: Shown, leg: Leg) -> pb.JourneyRide:
    return pb.JourneyRide(
        route=leg.route,
        line=leg.line,
        line_name=leg.line_name,
        color=leg.color,
        vehicle_kind=leg.kind,
        headsign=leg.headsign,
        trip=leg.trip,
        basis=protos.number(departures_pb2.DepartureBasis, Basis.HEADWAY if leg.headway else Basis.SCHEDULED),
        headway_seconds=leg.headway,
        ready_time=stamp(leg.ready),
        tight=leg.tight,
        last=leg.last,
        boarding=boarding(leg.arrange_pickup),
        alighting=boarding(leg.arrange_drop_off),
        calls=[_call(shown, one) for one in leg.calls],
        live=leg.live,
        delay_seconds=leg.late,
    )


def _call(shown: Shown, call: Call) -> pb.JourneyCall:
    return pb.JourneyCall(
        place=_place(shown, call.spot), arrival_time=stamp(call.arrival), departure_time=stamp(call.departure)
    )


def _place(shown: Shown, spot: Spot) -> pb.JourneyPlace:
    return pb.JourneyPlace(
        stop=spot.id,
        name=shown.words.stops.of("stop_name", spot.id, spot.name) if spot.id else spot.name,
        platform=spot.platform,
        location=protos.point(spot.lon, spot.lat),
        accessible=access(spot.wheelchair),
    )


def _fare(shown: Shown, one: Price) -> pb.JourneyFare:
    return pb.JourneyFare(
        rider=one.rider,
        rider_name=shown.fares.riders.get(one.rider, one.rider),
        medium=one.medium,
        medium_name=shown.fares.media.get(one.medium, one.medium),
        price=money_pb2.Money(currency=one.currency, units=int(one.amount)),
    )


def _alert(one: Alerted, at: datetime, *, avoided: bool) -> pb.JourneyAlert:
    said = one.alert.said
    return pb.JourneyAlert(
        id=str(one.alert.id),
        header=said.header,
        header_en=said.header_en,
        effect=protos.number(alerts_pb2.ServiceAlertEffect, said.effect),
        severity=protos.number(alerts_pb2.ServiceAlertSeverity, said.severity),
        avoided=avoided,
        periods=[period(each) for each in one.alert.periods(at)],
    )
