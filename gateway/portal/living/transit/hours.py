"""When a line runs today, in each of its directions, and what comes to a stop every so often."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

import grpc.aio
from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request

from gateway.answers.problems import from_grpc
from gateway.callers.session import current_caller
from gateway.gateway import current_gateway
from gateway.portal.kit.page import city_words, texts_of
from smartcity.living.v1 import departures_pb2 as pb
from smartcity.living.v1 import departures_views as views
from smartcity.living.v1 import routes_views

_MOST, _DAY = 50, 1_440
"""Departures that an answer has, and the minutes that it looks ahead."""
_NIGHT = timedelta(hours=3)
"""So long after midnight what the timetable has is the evening's: a service day runs past 24:00, and begins later."""


_now = datetime.now


@dataclass(frozen=True)
class Hours:
    """From the first to the last departure at the first stop of a direction."""

    first: datetime
    last: datetime | None
    """None where there are more departures than an answer has, or the night's cannot be read now."""
    every: int = 0
    """Seconds between two by headway; 0 by a schedule."""


async def hours(request: Request, line: routes_views.Route) -> list[list[Hours] | None]:
    """Of each direction, in their order: empty where nothing runs today, None where that cannot be read now."""
    return list(await asyncio.gather(*(_of(request, line.id, way) for way in line.directions)))


async def every_so_often(request: Request, stop: str) -> list[views.Departure]:
    """What comes to a stop by headway today, from the first to the last: stays true on paper. Empty if not known."""
    zone = city_words(request).city.timezone
    today = _now(zone).date()
    board = await _of_today(request, stop) or ()
    return [one for one in board if one.basis == "headway" and one.first_time and _on(one.first_time, zone) == today]


async def first_after(request: Request, stop: str, reopens: datetime | None = None) -> views.Departure | None:
    """What leaves first on this day or the next, where nothing does soon; None if nothing does, or nobody can tell now.

    From now on, or from when a closed stop opens again; without what is closed then still.
    """
    zone = city_words(request).city.timezone
    since = max(_now(zone), reopens.astimezone(zone)) if reopens else _now(zone)
    midnight = (since + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    for start in (since, midnight):
        found = await _board(request, stop, start, 1)
        if found:
            return found[0]
    return None


async def _of_today(request: Request, stop: str) -> Sequence[views.Departure] | None:
    """All departures that the timetable has of today, as far as an answer holds them; None where they cannot be read
    now.
    """
    return await _board(request, stop, _midnight(request), _MOST, timetable_only=True)


async def _after_midnight(request: Request, stop: str) -> Sequence[views.Departure] | None:
    """What leaves in the night that follows today: nothing after the timetable's end; None if nobody can tell now."""
    tomorrow = _midnight(request) + timedelta(days=1)
    minutes = _NIGHT // timedelta(minutes=1)
    return await _board(request, stop, tomorrow, _MOST, minutes, beyond=(), timetable_only=True)


def _midnight(request: Request) -> datetime:
    """When today began."""
    return _now(city_words(request).city.timezone).replace(hour=0, minute=0, second=0, microsecond=0)


async def _board(
    request: Request,
    stop: str,
    start: datetime,
    most: int,
    minutes: int = _DAY,
    beyond: Sequence[views.Departure] | None = None,
    *,
    timetable_only: bool = False,
) -> Sequence[views.Departure] | None:
    """Departures of the day from a moment on, ``beyond`` the timetable these; None where they cannot be read now."""
    since = Timestamp()
    since.FromDatetime(start)
    asked = pb.ListDeparturesRequest(
        stop=stop,
        start_time=since,
        minutes=minutes,
        page_size=most,
        language=texts_of(request).language,
        timetable_only=timetable_only,
    )
    try:
        answer = await current_gateway(request).pillars.call(asked, current_caller(request))
    except grpc.aio.AioRpcError as error:  # the page is about more than that, and tells the rest
        return beyond if from_grpc(error).reason == "OUTSIDE_SERVICE" else None
    return views.list_departures_response(answer).departures


async def _of(request: Request, line: str, way: routes_views.RouteDirection) -> list[Hours] | None:
    if not way.calls:
        return []
    now = _now(city_words(request).city.timezone)
    board, night = await asyncio.gather(
        _of_today(request, way.calls[0].stop), _after_midnight(request, way.calls[0].stop)
    )
    return None if board is None else told(board, line, way.headsign, now, night)


def told(
    board: Sequence[views.Departure],
    line: str,
    headsign: str,
    now: datetime,
    night: Sequence[views.Departure] | None = (),
) -> list[Hours]:
    """A line's hours of today, by what leaves its first stop today, and in the ``night`` that follows (None: it cannot
    be read now); where several run, by their first departures.
    """
    zone, today = now.tzinfo, now.date()
    ours = [one for one in (*board, *(night or ())) if one.route == line and one.time]
    # Where both directions begin at one stop, that of most trips tells them apart.
    ours = [one for one in ours if (one.trip_headsign or one.headsign) == headsign] or ours
    found = [
        Hours(one.first_time, one.last_time, one.headway_seconds)
        for one in ours
        if one.basis == "headway" and one.first_time and _on(one.first_time, zone) == today
    ]
    # A bus that tells where it is has left, or will leave, when the timetable has it; by headway nobody has said when.
    planned = [one.scheduled_time or (one.time if one.basis == "scheduled" else None) for one in ours]
    if times := [one for one in planned if one and _on(one - _NIGHT, zone) == today]:
        last = max(times)
        all_of_it = night is not None and len(night if _on(last, zone) > today else board) < _MOST
        found.append(Hours(min(times), last if all_of_it else None))
    # What comes every so often past midnight stands in both.
    return sorted(dict.fromkeys(found), key=lambda one: one.first)


def _on(moment: datetime, zone: tzinfo | None) -> date:
    return moment.astimezone(zone).date()
