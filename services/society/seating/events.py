"""Builds the event messages of seats: how many there are, and nothing of whom."""

from services.society.courses.model import Course
from smartcity.society.v1 import events_pb2


def taken(course: Course, *, moved_up: bool) -> events_pb2.SeatTaken:
    """Somebody was given a seat."""
    return events_pb2.SeatTaken(course=str(course.id), moved_up=moved_up, free=course.free, waiting=course.waiting)


def freed(course: Course) -> events_pb2.SeatFreed:
    """Somebody gave one back."""
    return events_pb2.SeatFreed(course=str(course.id), free=course.free, waiting=course.waiting)
