"""Courses going all the ways that they can, with who is enrolled and certified, so that each statement is looked at."""

from datetime import timedelta

from services.society.certificates import timers
from services.society.courses import gauges
from services.society.enrolments import timers as enrolment_timers
from services.society.own_data import reactions
from smartcity.society.v1 import certificates_pb2, courses_pb2, enrolments_pb2
from tests.fixtures.personal import asked
from tests.fixtures.pillars import Served
from tests.society.courses.teaching import DISBUDPAR, REASON, Teaching, somebody
from tests.society.taking_part import BUDI, SITI


async def _live(served: Served) -> None:
    teaching = Teaching(served)
    await teaching.draft()
    mistaken = await teaching.draft()
    await teaching.call(courses_pb2.DeleteCourseRequest(id=mistaken.id, etag=mistaken.etag), DISBUDPAR)
    course, other = await teaching.course(seats=1), await teaching.course(seats=1)
    await teaching.read(course)
    first = await teaching.enrol(course, SITI)
    enrolled = [await teaching.enrol(course, somebody(place)) for place in range(3)]
    await teaching.withdraw(first)
    await teaching.enrol(other, BUDI)
    for caller in (SITI, somebody(1)):
        for size in (1, 0):
            await teaching.call(enrolments_pb2.ListEnrolmentsRequest(page_size=size), caller)
            mine = enrolments_pb2.ListEnrolmentsRequest(page_size=size, course=course.id)
            await teaching.call(mine, caller)
    more = courses_pb2.UpdateCourseRequest(id=course.id, etag=course.etag, reason=REASON, **teaching.plan(seats=2))
    course = (await teaching.call(more, DISBUDPAR)).course
    await teaching.call(courses_pb2.CancelCourseRequest(id=other.id, etag=other.etag, reason=REASON), DISBUDPAR)
    for wanted in ({}, {"agency": "disbudpar"}, {"state": courses_pb2.COURSE_STATE_DRAFT}):
        page = await teaching.call(courses_pb2.ListCoursesRequest(page_size=1, **wanted), DISBUDPAR)
        further = courses_pb2.ListCoursesRequest(page_size=1, page_token=page.next_page_token, **wanted)
        await teaching.call(further, DISBUDPAR)
    served.pass_time(days=7, hours=1)
    people = [one.id for one in (await _participants(teaching, course)).enrolments]
    await teaching.mark(course, 1, people[0], absent=people[1:])
    await teaching.mark(course, 1, people[1], note="Datang terlambat.")
    one = await teaching.enrolment(enrolments_pb2.Enrolment(id=people[1]), DISBUDPAR)
    for size in (1, 0):
        page = await teaching.call(enrolments_pb2.ListAttendanceMarksRequest(id=one.id, page_size=size), DISBUDPAR)
    served.pass_time(days=2)
    await teaching.mark(course, 2, *people)
    await teaching.issue(course)
    await teaching.call(enrolments_pb2.ShowEnrolmentNameRequest(id=people[0], name_shown=True), somebody(0))
    code = (await teaching.enrolment(one, DISBUDPAR)).certificate
    await teaching.verified(code)
    gone = certificates_pb2.WithdrawCertificateRequest(code=code, etag="1", reason=REASON)
    await teaching.call(gone, DISBUDPAR)
    named = enrolments_pb2.ShowEnrolmentNameRequest(id=one.id, name="Siti Aminah B.")
    await teaching.call(named, somebody([one.id for one in enrolled].index(one.id)))
    await teaching.call(certificates_pb2.ReissueCertificateRequest(code=code), DISBUDPAR)
    await asked(served, reactions, somebody(0).subject, erase=True)
    late = await teaching.course(days=(1,), close_time=teaching.at(hours=20))
    await teaching.enrol(late, BUDI)
    served.pass_time(days=120)
    await gauges.read(served.runtime)
    await timers.due(served.runtime)
    served.pass_time(days=120)
    await enrolment_timers.forget(served.runtime)
    served.now -= timedelta(days=249, hours=1)


async def _participants(teaching: Teaching, course: courses_pb2.Course) -> enrolments_pb2.ListParticipantsResponse:
    page = await teaching.call(enrolments_pb2.ListParticipantsRequest(course=course.id, page_size=1), DISBUDPAR)
    further = enrolments_pb2.ListParticipantsRequest(course=course.id, page_size=1, page_token=page.next_page_token)
    await teaching.call(further, DISBUDPAR)
    waiting = enrolments_pb2.ENROLMENT_STATE_WAITING
    await teaching.call(enrolments_pb2.ListParticipantsRequest(course=course.id, state=waiting), DISBUDPAR)
    found: enrolments_pb2.ListParticipantsResponse = await teaching.call(
        enrolments_pb2.ListParticipantsRequest(course=course.id), DISBUDPAR
    )
    return found


LIVES = {"courses": _live}
