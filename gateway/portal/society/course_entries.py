"""What officers enter of a course, and what stands in its form."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from google.protobuf.timestamp_pb2 import Timestamp
from starlette.requests import Request

from gateway.portal.kit.dates import moment_of
from gateway.portal.kit.forms import Fields, lines
from gateway.portal.kit.page import city_words
from smartcity.society.v1 import courses_pb2 as pb
from smartcity.society.v1 import courses_views as views

_WORDS = ("title", "title_en", "summary", "summary_en", "venue")
_SESSION = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})\s+([0-9]{2})[:.]([0-9]{2})\s*-\s*([0-9]{2})[:.]([0-9]{2})", re.ASCII
)
_WHOLE = re.compile(r"[0-9]{1,3}", re.ASCII)
_MOST_SESSIONS = 40
_TIME = "%Y-%m-%dT%H:%M"


def fill(request: Request, form: Fields, asked: pb.CreateCourseRequest | pb.UpdateCourseRequest) -> dict[str, str]:
    """Puts what was entered into a request; answers with what is wrong by entry, as keys of texts."""
    wrong: dict[str, str] = {}
    zone = city_words(request).city.timezone
    for name in _WORDS:
        setattr(asked, name, form[name])
    asked.area = form["area"][:13]
    for name in ("seats", "least_sessions"):
        if _WHOLE.fullmatch(form[name]):
            setattr(asked, name, int(form[name]))
        else:
            wrong[name] = "course_desk.number_wrong"
    closes = moment_of(form["close_time"], zone)
    if closes is None:
        wrong["close_time"] = "course_desk.time_wrong"
    else:
        asked.close_time.CopyFrom(_stamp(closes))
    sessions = _sessions(form["sessions"], zone)
    if not sessions:
        wrong["sessions"] = "course_desk.sessions_wrong"
    asked.sessions.extend(sessions or [])
    return wrong


def entered(request: Request, found: views.Course) -> Fields:
    """A course as its form has it."""
    zone = city_words(request).city.timezone
    made = Fields({name: getattr(found, name) or "" for name in _WORDS})
    made["area"] = found.area.code if found.area else ""
    made["seats"], made["least_sessions"] = str(found.seats), str(found.least_sessions)
    made["close_time"] = found.close_time.astimezone(zone).strftime(_TIME) if found.close_time else ""
    made["sessions"] = "\n".join(
        f"{one.start_time.astimezone(zone):%Y-%m-%d %H:%M}-{one.end_time.astimezone(zone):%H:%M}"
        for one in found.sessions
        if one.start_time and one.end_time
    )
    return made


def _sessions(text: str, zone: tzinfo) -> list[pb.CourseSession] | None:
    """Sessions as officers write them, a line each: ``2027-02-01 09:00-12:00``; None where a line is none."""
    found = []
    for line in lines(text, _MOST_SESSIONS):
        match = _SESSION.fullmatch(line)
        start = moment_of(f"{match[1]}T{match[2]}:{match[3]}", zone) if match else None
        end = moment_of(f"{match[1]}T{match[4]}:{match[5]}", zone) if match else None
        if start is None or end is None:
            return None
        if end < start:
            end += timedelta(days=1)  # over midnight: the contract says how long it may be
        found.append(pb.CourseSession(start_time=_stamp(start), end_time=_stamp(end)))
    return found


def _stamp(at: datetime) -> Timestamp:
    made = Timestamp()
    made.FromDatetime(at)
    return made
