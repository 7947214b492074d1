"""A feed message of GTFS Realtime as it is read. Pure.

Trips that are added or replaced are left out: the timetable does not know where they call.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as rt

from services.living.alerts.model import Cause, Content, Effect, Entity, Period, Severity
from services.living.operators.model import (
    MOST_ALERTS,
    MOST_TRIPS,
    StopUpdate,
    TripUpdate,
    UnreadableError,
)

_SKIPPED = rt.TripUpdate.StopTimeUpdate.SKIPPED
_NO_DATA = rt.TripUpdate.StopTimeUpdate.NO_DATA
_CANCELLED = (rt.TripDescriptor.CANCELED, rt.TripDescriptor.DELETED)
_MOST_SELECTORS, _MOST_PERIODS = 200, 20
_CAUSES = {one.name: one for one in Cause} | {"UNKNOWN_CAUSE": Cause.UNKNOWN, "OTHER_CAUSE": Cause.OTHER}


class Told(NamedTuple):
    """What a feed tells."""

    at: datetime
    updates: tuple[TripUpdate, ...]
    alerts: dict[str, Content]
    """By the feed's ids."""
    left_out: int
    """Trips and alerts beyond those that are taken."""


def told(content: bytes, now: datetime) -> Told:
    """Reads a message. Raises UnreadableError."""
    message = rt.FeedMessage()
    try:
        message.ParseFromString(content)
    except DecodeError as error:
        raise UnreadableError("it is no feed message of GTFS Realtime") from error
    if not message.header.gtfs_realtime_version:
        raise UnreadableError("it is no feed message of GTFS Realtime")
    if message.header.incrementality != rt.FeedHeader.FULL_DATASET:
        raise UnreadableError("it tells differences alone, which are not read")
    told_at = now if not message.header.timestamp else _moment(message.header.timestamp, now)
    entities = [one for one in message.entity if not one.is_deleted]
    updates = [_update(one.trip_update) for one in entities if one.HasField("trip_update") and _ours(one.trip_update)]
    alerts = {one.id[:100]: _alert(one.alert) for one in entities if one.HasField("alert")}
    left_out = max(0, len(updates) - MOST_TRIPS) + max(0, len(alerts) - MOST_ALERTS)
    kept = {key: one for key, one in list(alerts.items())[:MOST_ALERTS] if one is not None}
    return Told(told_at, tuple(updates[:MOST_TRIPS]), kept, left_out)


def _moment(second: int, now: datetime) -> datetime:
    """Not ahead of our own clock: nobody knows the future."""
    return min(now, datetime.fromtimestamp(min(second, int(now.timestamp()) + 1), UTC))


def _ours(update: rt.TripUpdate) -> bool:
    """Whether it is of a trip that the timetable may have."""
    added = (rt.TripDescriptor.ADDED, rt.TripDescriptor.UNSCHEDULED, rt.TripDescriptor.REPLACEMENT)
    return bool(update.trip.trip_id) and update.trip.schedule_relationship not in added


def _update(update: rt.TripUpdate) -> TripUpdate:
    trip = update.trip
    return TripUpdate(
        trip=trip.trip_id,
        day=trip.start_date if len(trip.start_date) == 8 and trip.start_date.isdecimal() else "",
        start=_second(trip.start_time),
        stops=tuple(_stop(one) for one in update.stop_time_update[:1_000]),
        delay=update.delay if update.HasField("delay") else None,
        cancelled=trip.schedule_relationship in _CANCELLED,
    )


def _second(text: str) -> int:
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdecimal() and len(part) <= 3 for part in parts):
        return -1
    hours, minutes, seconds = map(int, parts)
    return hours * 3_600 + minutes * 60 + seconds


def _stop(one: rt.TripUpdate.StopTimeUpdate) -> StopUpdate:
    arrival, departure = one.arrival, one.departure
    return StopUpdate(
        sequence=one.stop_sequence if one.HasField("stop_sequence") else None,
        stop=one.stop_id,
        arrival_delay=arrival.delay if arrival.HasField("delay") else None,
        arrival_time=arrival.time if arrival.HasField("time") else None,
        departure_delay=departure.delay if departure.HasField("delay") else None,
        departure_time=departure.time if departure.HasField("time") else None,
        skipped=one.schedule_relationship == _SKIPPED,
        no_data=one.schedule_relationship == _NO_DATA,
    )


def _alert(alert: rt.Alert) -> Content | None:
    """None where it says nothing, or is about single trips alone."""
    effect = _effect(alert.effect)
    closes = effect is Effect.NO_SERVICE
    entities = {
        Entity(agency=one.agency_id if not (one.route_id or one.stop_id) else "", route=one.route_id, stop=one.stop_id,
               closes=closes and bool(one.route_id or one.stop_id)): None
        for one in alert.informed_entity[:_MOST_SELECTORS]
        if not one.HasField("trip") and (one.agency_id or one.route_id or one.stop_id)
    }  # fmt: skip
    header, header_en = _words(alert.header_text, 200)
    description, description_en = _words(alert.description_text, 2_000)
    url, url_en = _words(alert.url, 500)
    if not entities or not header:
        return None
    address = url or url_en
    return Content(
        cause=_CAUSES.get(rt.Alert.Cause.Name(alert.cause), Cause.OTHER),
        effect=effect,
        severity=_severity(alert.severity_level),
        header=header,
        periods=tuple(Period(one.start, one.end) for one in alert.active_period[:_MOST_PERIODS]),
        entities=tuple(entities),
        header_en=header_en,
        description=description,
        description_en=description_en,
        url=address if address.startswith("https://") else "",
    )


def _effect(number: int) -> Effect:
    name = rt.Alert.Effect.Name(number)
    return Effect[name] if name in Effect.__members__ else Effect.UNKNOWN_EFFECT


def _severity(number: int) -> Severity:
    name = rt.Alert.SeverityLevel.Name(number)
    return Severity[name] if name in Severity.__members__ else Severity.INFO


def _words(text: rt.TranslatedString, most: int) -> tuple[str, str]:
    """In Indonesian, else in whatever there is; and in English. Control characters are blanks."""
    found = {one.language.partition("-")[0].lower(): _plain(one.text, most) for one in text.translation}
    if not found:
        return "", ""
    english = found.get("en", "")
    return found.get("id") or found.get("") or next(iter(found.values())), english


def _plain(text: str, most: int) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:most]
