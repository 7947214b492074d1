"""Builds the event messages of courses: nothing of anybody in them."""

from services.kit.city import City
from services.kit.rpc import protos
from services.society.courses.model import Course
from smartcity.society.v1 import events_pb2


def published(city: City, one: Course) -> events_pb2.CoursePublished:
    """People can enrol."""
    return events_pb2.CoursePublished(
        id=str(one.id), agency=one.agency, area=protos.area(city, one.area), seats=one.seats,
        start_time=protos.timestamp(one.starts_at), end_time=protos.timestamp(one.ends_at),
        close_time=protos.timestamp(one.closes_at),
    )  # fmt: skip


def changed(city: City, one: Course) -> events_pb2.CourseChanged:
    """It was written anew."""
    return events_pb2.CourseChanged(
        id=str(one.id), agency=one.agency, area=protos.area(city, one.area), seats=one.seats,
        start_time=protos.timestamp(one.starts_at), end_time=protos.timestamp(one.ends_at),
        close_time=protos.timestamp(one.closes_at),
    )  # fmt: skip


def cancelled(before: Course) -> events_pb2.CourseCancelled:
    """It was called off; it is told as it was before."""
    return events_pb2.CourseCancelled(
        id=str(before.id), agency=before.agency, seated=before.taken, waiting=before.waiting
    )


def finished(one: Course, certificates: int) -> events_pb2.CourseFinished:
    """It is over."""
    return events_pb2.CourseFinished(id=str(one.id), agency=one.agency, seated=one.taken, certificates=certificates)
