"""Builds the event messages of certificates: neither whose nor which."""

from services.society.courses.model import Course
from smartcity.society.v1 import events_pb2


def issued(course: Course) -> events_pb2.CertificateIssued:
    """Somebody was given one."""
    return events_pb2.CertificateIssued(course=str(course.id), agency=course.agency)


def withdrawn(course: Course) -> events_pb2.CertificateWithdrawn:
    """One holds no longer."""
    return events_pb2.CertificateWithdrawn(course=str(course.id), agency=course.agency)
