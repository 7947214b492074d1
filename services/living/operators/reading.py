"""A feed message of GTFS Realtime as it is read. Pure.

Trips that are added, replaced or run once more are left out: the timetable does not know where or when they call.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import islice
from typing import Literal, NamedTuple

from google.protobuf.message import DecodeError
from google.transit import gtfs_realtime_pb2 as rt

from services.kit.http.errors import UnreadableError
from services.kit.numbers import typed
from services.living.alerts.model import Cause, Content, Effect, Entity, Period, Severity, leads_somewhere
from services.living.operators.model import (
    MOST_ALERTS,
    MOST_TRIPS,
    StopUpdate,
    TripUpdate,
)

_SKIPPED = rt.TripUpdate.StopTimeUpdate.SKIPPED
_NO_DATA = rt.TripUpdate.StopTimeUpdate.NO_DATA
_CANCELLED = (rt.TripDescriptor.CANCELED, rt.TripDescriptor.DELETED)
_OURS = (rt.TripDescriptor.SCHEDULED, *_CANCELLED)
_DIRECTIONS = {0, 1}
_MOST_SELECTORS, _MOST_PERIODS = 200, 20
_MOST_STOPS, _MOST_STOPS_OF_TRIP = 200_000, 1_000
"""Stops of trips that are read of one feed, and of one trip: an empty one is two bytes on the wire."""
_MOST_ENTITIES = 4 * (MOST_TRIPS + MOST_ALERTS)
"""That are looked at, of whatever kind."""
_MOST_ID, _MOST_LANGUAGES = 255, 20
_LATEST = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())
"""Whoever tells of a time after that counts in milliseconds, or errs otherwise."""
_CAUSES = {one.name: one for one in Cause} | {"UNKNOWN_CAUSE": Cause.UNKNOWN, "OTHER_CAUSE": Cause.OTHER}


Directions = dict[tuple[str, str], set[int]]
"""By line and stop, one of which may be empty."""


class Told(NamedTuple):
    """What a feed tells."""

    at: datetime
    updates: tuple[TripUpdate, ...]
    alerts: dict[str, Content]
    """By the feed's ids."""
    directions: Mapping[str, Directions]
    """Of those without service: lines and stops that are named in one direction and not in the other."""
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
    trips = (one.trip_update for one in _entities(message, "trip_update") if _ours(one.trip_update))
    updates, left_out = _updates(trips)
    alerts = (one for one in _entities(message, "alert") if _is_id(one.id))
    kept = {one.id[:100]: one.alert for one in islice(alerts, MOST_ALERTS)}
    left_out += sum(1 for _ in alerts) + max(0, len(message.entity) - _MOST_ENTITIES)
    made = {key: said for key, one in kept.items() if (said := _alert(one)) is not None}
    one_way = {key: _one_way(_selectors(kept[key])) for key, one in made.items() if one.effect is Effect.NO_SERVICE}
    return Told(told_at, updates, made, one_way, left_out)


def _entities(message: rt.FeedMessage, kind: Literal["trip_update", "alert"]) -> Iterator[rt.FeedEntity]:
    return (one for one in islice(message.entity, _MOST_ENTITIES) if not one.is_deleted and one.HasField(kind))


def _updates(trips: Iterator[rt.TripUpdate]) -> tuple[tuple[TripUpdate, ...], int]:
    """As many as are taken, and how many are left out."""
    found, stops = list[TripUpdate](), 0
    for one in islice(trips, MOST_TRIPS):
        stops += min(len(one.stop_time_update), _MOST_STOPS_OF_TRIP)
        if stops > _MOST_STOPS:
            return tuple(found), 1 + sum(1 for _ in trips)
        found.append(_update(one))
    return tuple(found), sum(1 for _ in trips)


def _is_id(text: str) -> bool:
    """Whether it can be one: the database takes no NUL, and no page shows what cannot be printed."""
    return 0 < len(text) <= _MOST_ID and text.isprintable()


def _moment(second: int, now: datetime) -> datetime:
    """Not ahead of our own clock: nobody knows the future."""
    return min(now, datetime.fromtimestamp(min(second, int(now.timestamp()) + 1), UTC))


def _ours(update: rt.TripUpdate) -> bool:
    """Whether it is of a trip that the timetable may have: the copy of one that runs once more names that one, too."""
    return _is_id(update.trip.trip_id) and update.trip.schedule_relationship in _OURS


def _update(update: rt.TripUpdate) -> TripUpdate:
    trip = update.trip
    return TripUpdate(
        trip=trip.trip_id,
        day=trip.start_date if len(trip.start_date) == 8 and trip.start_date.isdecimal() else "",
        start=_second(trip.start_time),
        stops=tuple(_stop(one) for one in update.stop_time_update[:_MOST_STOPS_OF_TRIP]),
        delay=update.delay if update.HasField("delay") else None,
        cancelled=trip.schedule_relationship in _CANCELLED,
    )


def _second(text: str) -> int:
    parts = text.split(":")
    told = [number for number in (typed(part, 3) for part in parts) if number is not None]
    if not len(told) == len(parts) == 3:
        return -1
    hours, minutes, seconds = told
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
        for one in _selectors(alert)
    }  # fmt: skip
    header, header_en = _words(alert.header_text, 200)
    description, description_en = _words(alert.description_text, 2_000)
    url, url_en = _words(alert.url, 500)
    periods = tuple(one for one in map(_period, alert.active_period[:_MOST_PERIODS]) if one is not None)
    if not entities or not header or (alert.active_period and not periods):
        return None
    address = url or url_en
    return Content(
        cause=_CAUSES.get(rt.Alert.Cause.Name(alert.cause), Cause.OTHER),
        effect=effect,
        severity=_severity(alert.severity_level),
        header=header,
        periods=periods,
        entities=tuple(entities),
        header_en=header_en,
        description=description,
        description_en=description_en,
        url=address if leads_somewhere(address) else "",
    )


def _selectors(alert: rt.Alert) -> list[rt.EntitySelector]:
    """What it is about, without single trips."""
    return [one for one in alert.informed_entity[:_MOST_SELECTORS] if not one.HasField("trip") and _names(one)]


def _one_way(selectors: Iterable[rt.EntitySelector]) -> Directions:
    """Lines and stops that are named in one direction and not in the other."""
    told: Directions = defaultdict(set)
    for one in selectors:
        told[one.route_id, one.stop_id] |= {one.direction_id} if one.HasField("direction_id") else _DIRECTIONS
    return {pair: directions for pair, directions in told.items() if not directions >= _DIRECTIONS}


def _names(one: rt.EntitySelector) -> bool:
    """Whether it names something, by ids that can be such."""
    ids = [each for each in (one.agency_id, one.route_id, one.stop_id) if each]
    return bool(ids) and all(map(_is_id, ids))


def _period(one: rt.TimeRange) -> Period | None:
    """None where a time of it cannot be meant, or it ends before it begins: that would close what it meets between."""
    meant = max(one.start, one.end) < _LATEST and (not one.end or one.start < one.end)
    return Period(one.start, one.end) if meant else None


def _effect(number: int) -> Effect:
    name = rt.Alert.Effect.Name(number)
    return Effect[name] if name in Effect.__members__ else Effect.UNKNOWN_EFFECT


def _severity(number: int) -> Severity:
    name = rt.Alert.SeverityLevel.Name(number)
    return Severity[name] if name in Severity.__members__ else Severity.INFO


def _words(text: rt.TranslatedString, most: int) -> tuple[str, str]:
    """In Indonesian, else in whatever there is; and in English. Control characters are blanks."""
    found = {
        one.language.partition("-")[0].lower(): _plain(one.text, most) for one in text.translation[:_MOST_LANGUAGES]
    }
    if not found:
        return "", ""
    english = found.get("en", "")
    return found.get("id") or found.get("") or next(iter(found.values())), english


def _plain(text: str, most: int) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in text[: 4 * most]).split())[:most]
