"""Courses at work in this process, for the tests of several rooms: an agency, people who enrol, sessions that pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from services.kit.caller import Caller
from smartcity.society.v1 import certificates_pb2, courses_pb2, enrolments_pb2
from tests.fixtures.pillars import Served
from tests.governance.conftest import officer
from tests.society.taking_part import DLH, SITI, Society

DISBUDPAR = officer("disbudpar")
DISDIK = officer("disdik")
BOTH = Caller(DISBUDPAR.subject, frozenset({"officer", "citizen"}), "disbudpar")
"""An officer of the tourism agency who takes part like everybody."""
OTHERS = (DISDIK, DLH)
BANDARHARJO = "33.74.03.1004"
REASON = "Ruangan lebih besar tersedia."


def somebody(place: int) -> Caller:
    """One of many people."""
    return Caller(f"citizen-{place:04}", frozenset({"citizen"}))


@dataclass
class Teaching:
    """The running pillar."""

    served: Served

    async def call(self, request: Any, caller: Caller = SITI) -> Any:
        """Calls the RPC of a request. Raises RefusedError."""
        return await Society(self.served).call(request, caller)

    def at(self, **later: float) -> Timestamp:
        """An instant so much later than now."""
        stamp = Timestamp()
        stamp.FromDatetime(self.served.now + timedelta(**later))
        return stamp

    def plan(self, days: Sequence[float] = (7, 8), seats: int = 2, **more: Any) -> dict[str, Any]:
        """What a course says: a session on each of those days."""
        sessions = [
            courses_pb2.CourseSession(start_time=self.at(days=day), end_time=self.at(days=day, hours=3)) for day in days
        ]
        good: dict[str, Any] = {
            "title": "Pemandu wisata Kota Lama", "summary": "Menyambut tamu, bercerita, dan keselamatan.",
            "venue": "Aula Kelurahan Bandarharjo", "area": BANDARHARJO, "sessions": sessions, "least_sessions": 1,
            "seats": seats, "close_time": self.at(days=days[0] - 1),
        }  # fmt: skip
        return {**good, **more}

    async def draft(self, caller: Caller = DISBUDPAR, **more: Any) -> courses_pb2.Course:
        """A draft."""
        request = courses_pb2.CreateCourseRequest(**self.plan(**more))
        made: courses_pb2.Course = (await self.call(request, caller)).course
        return made

    async def course(self, **more: Any) -> courses_pb2.Course:
        """A course that people can enrol in."""
        made = await self.draft(**more)
        request = courses_pb2.PublishCourseRequest(id=made.id, etag=made.etag)
        done: courses_pb2.Course = (await self.call(request, DISBUDPAR)).course
        return done

    async def read(self, course: courses_pb2.Course, caller: Caller = SITI) -> courses_pb2.Course:
        """It as it is now."""
        found: courses_pb2.Course = (await self.call(courses_pb2.GetCourseRequest(id=course.id), caller)).course
        return found

    async def enrol(
        self, course: courses_pb2.Course, caller: Caller = SITI, name: str = "Siti Aminah", **more: Any
    ) -> enrolments_pb2.Enrolment:
        """Somebody asks for a seat."""
        request = enrolments_pb2.CreateEnrolmentRequest(course=course.id, name=name, **more)
        made: enrolments_pb2.Enrolment = (await self.call(request, caller)).enrolment
        return made

    async def withdraw(self, one: enrolments_pb2.Enrolment, caller: Caller = SITI) -> enrolments_pb2.Enrolment:
        """Somebody gives it back."""
        request = enrolments_pb2.WithdrawEnrolmentRequest(id=one.id)
        done: enrolments_pb2.Enrolment = (await self.call(request, caller)).enrolment
        return done

    async def enrolment(self, one: enrolments_pb2.Enrolment, caller: Caller = SITI) -> enrolments_pb2.Enrolment:
        """It as it is now."""
        found: enrolments_pb2.Enrolment = (
            await self.call(enrolments_pb2.GetEnrolmentRequest(id=one.id), caller)
        ).enrolment
        return found

    async def participants(self, course: courses_pb2.Course) -> enrolments_pb2.ListParticipantsResponse:
        """Who has a seat."""
        request = enrolments_pb2.ListParticipantsRequest(course=course.id)
        found: enrolments_pb2.ListParticipantsResponse = await self.call(request, DISBUDPAR)
        return found

    async def mark(
        self, course: courses_pb2.Course, session: int, *present: str, absent: Sequence[str] = (), note: str = "",
        caller: Caller = DISBUDPAR,
    ) -> enrolments_pb2.MarkAttendanceResponse:  # fmt: skip
        """An officer notes who is there."""
        request = enrolments_pb2.MarkAttendanceRequest(
            course=course.id, session=session, present=present, absent=absent, note=note
        )
        done: enrolments_pb2.MarkAttendanceResponse = await self.call(request, caller)
        return done

    async def issue(
        self, course: courses_pb2.Course, caller: Caller = DISBUDPAR
    ) -> certificates_pb2.IssueCertificatesResponse:
        """The certificates of a course that is over."""
        request = certificates_pb2.IssueCertificatesRequest(course=course.id)
        done: certificates_pb2.IssueCertificatesResponse = await self.call(request, caller)
        return done

    async def certified(self, caller: Caller = SITI, **more: Any) -> enrolments_pb2.Enrolment:
        """Somebody who has a certificate."""
        course = await self.course(days=(7,))
        one = await self.enrol(course, caller, **more)
        self.served.pass_time(days=8)
        await self.mark(course, 1, one.id)
        await self.issue(course)
        return await self.enrolment(one, caller)

    async def verified(self, code: str, caller: Caller = SITI) -> certificates_pb2.Certificate:
        """What a number is."""
        request = certificates_pb2.GetCertificateRequest(code=code)
        found: certificates_pb2.Certificate = (await self.call(request, caller)).certificate
        return found

    async def told(self) -> list[str]:
        """Names of the events that were emitted, oldest first."""
        return [row["type"].rpartition(".")[2] for row in await self.served.outbox()]


def when(stamp: Timestamp) -> Any:
    """The instant of a stamp."""
    return stamp.ToDatetime(UTC)
