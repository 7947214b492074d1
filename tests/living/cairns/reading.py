"""The feed of Cairns as rows, read by the standard library alone."""

import csv
import io
import zipfile
from datetime import date
from functools import cache
from pathlib import Path

from services.living.timetable.model import UNKNOWN, Feed, Route, Service, Stop, StopTimes, Trip

ARCHIVE = Path(__file__).with_name("cairns_gtfs.zip")
WEEKDAY = date(2014, 7, 16)
"""A Wednesday of its service."""
_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

Row = dict[str, str]


@cache
def cairns() -> Feed:
    """All of it."""
    stops, routes, trips = _rows("stops"), _rows("routes"), _rows("trips")
    stop, route, trip = _numbers(stops, "stop_id"), _numbers(routes, "route_id"), _numbers(trips, "trip_id")
    calendar, exceptions = _rows("calendar"), _rows("calendar_dates")
    names = list(dict.fromkeys(row["service_id"] for row in [*calendar, *exceptions]))
    service = {name: number for number, name in enumerate(names)}
    times = sorted(
        (
            (trip[row["trip_id"]], int(row["stop_sequence"])),
            (
                trip[row["trip_id"]],
                stop[row["stop_id"]],
                _seconds(row["arrival_time"]),
                _seconds(row["departure_time"]),
                int(row["pickup_type"] or 0),
                int(row["drop_off_type"] or 0),
            ),
        )
        for row in _rows("stop_times")
    )
    return Feed(
        _rows("agency")[0]["agency_timezone"],
        [Stop(row["stop_id"], row["stop_name"], float(row["stop_lat"]), float(row["stop_lon"])) for row in stops],
        [Route(row["route_id"], row["route_short_name"], row["route_long_name"]) for row in routes],
        [
            Trip(row["trip_id"], route[row["route_id"]], service[row["service_id"]], row["trip_headsign"])
            for row in trips
        ],
        [_service(name, calendar, exceptions) for name in names],
        StopTimes.of([row for _, row in times]),
    )


def _rows(name: str) -> list[Row]:
    with zipfile.ZipFile(ARCHIVE) as archive, archive.open(f"{name}.txt") as file:
        return list(csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig")))


def _numbers(rows: list[Row], column: str) -> dict[str, int]:
    return {row[column]: number for number, row in enumerate(rows)}


def _service(name: str, calendar: list[Row], exceptions: list[Row]) -> Service:
    days = {
        kind: frozenset(
            _day(row["date"]) for row in exceptions if (row["service_id"], row["exception_type"]) == (name, kind)
        )
        for kind in ("1", "2")
    }
    for row in calendar:
        if row["service_id"] == name:
            weekdays = frozenset(number for number, day in enumerate(_WEEK) if row[day] == "1")
            return Service(weekdays, _day(row["start_date"]), _day(row["end_date"]), days["1"], days["2"])
    return Service(added=days["1"], removed=days["2"])


def _day(text: str) -> date:
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _seconds(text: str) -> int:
    if not text:
        return UNKNOWN
    hours, minutes, seconds = map(int, text.split(":"))
    return hours * 3_600 + minutes * 60 + seconds
