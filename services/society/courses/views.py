"""Courses as the contract has them, and plans as requests do."""

from collections.abc import Sequence

from services.kit.database import Transaction
from services.kit.rpc import etag, protos
from services.society.courses import actions
from services.society.courses.model import Change, Course, Plan
from services.society.terms.profile import of_begun, terms_of
from smartcity.society.v1 import courses_pb2 as pb


def plan(tx: Transaction, request: pb.CreateCourseRequest | pb.UpdateCourseRequest) -> Plan:
    """What a request says of a course. Errors: AREA_UNKNOWN."""
    at = request.point if request.HasField("point") else None
    lon, lat = (at.lon, at.lat) if at else (None, None)
    return Plan(
        title=" ".join(request.title.split()),
        title_en=" ".join(request.title_en.split()),
        summary=request.summary,
        summary_en=request.summary_en,
        venue=" ".join(request.venue.split()),
        area=actions.placed(tx, request.area, lon, lat),
        lon=lon,
        lat=lat,
        session_starts=tuple(protos.instant(one.start_time) for one in request.sessions),
        session_ends=tuple(protos.instant(one.end_time) for one in request.sessions),
        least_sessions=request.least_sessions,
        seats=request.seats,
        closes_at=protos.instant(request.close_time),
    )


def course(tx: Transaction, one: Course, changes: Sequence[Change] = ()) -> pb.Course:
    """A course."""
    return pb.Course(
        id=str(one.id),
        state=protos.number(pb.CourseState, one.state),
        agency=one.agency,
        title=one.title,
        title_en=one.title_en,
        summary=one.summary,
        summary_en=one.summary_en,
        venue=one.venue,
        area=protos.area(tx.runtime.city, one.area),
        point=protos.point(one.lon, one.lat),
        sessions=[
            pb.CourseSession(start_time=protos.timestamp(each.start), end_time=protos.timestamp(each.end))
            for each in one.sessions
        ],
        least_sessions=one.least_sessions,
        seats=one.seats,
        free=one.free,
        waiting=one.waiting,
        close_time=protos.timestamp(one.closes_at),
        move_up_end_time=protos.timestamp(one.move_up_end(of_begun(tx.runtime.city).move_up)),
        open=terms_of(tx.runtime.city) is not None and one.is_open(tx.now),
        changes=[
            pb.CourseChange(
                state=protos.number(pb.CourseState, each.state), reason=each.reason, time=protos.timestamp(each.at)
            )
            for each in changes
        ],
        update_time=protos.timestamp(one.updated_at),
        etag=etag.of(one.version),
    )
